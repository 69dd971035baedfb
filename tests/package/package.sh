#!/usr/bin/env bash
# What a user of the installed package meets. Each command below is one test of ctest's; all but
# `install` look at the prefix that `install` has filled.
#
#   package.sh COMMAND    with in the environment
#     BUILD    the build tree      PREFIX   the prefix to install to      CC, CXX   compilers
#     SOURCE   the source tree     WORK     a folder of this test's own   FLAGS     sanitizer flags
#     VERSION  the project's       LIBDIR   the libraries' place in it    GENERATOR CMake's
# shellcheck disable=SC2153 # names in capitals come from the environment
set -euo pipefail

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# Runs a program that must say what the consumer says.
expect_success_text() {
    local found
    found=$("$@") || fail "$* ended with status $?"
    [ "$found" = success ] || fail "$* printed '$found', not 'success'"
}

# The compiler's words for a program on the installed engine; --static as an argument for the
# static library, which the linker only takes where there is no shared one.
package_config() {
    PKG_CONFIG_PATH="$WORK/prefix/$LIBDIR/pkgconfig" pkg-config "$@" --cflags --libs \
        pocketable-engine
}

# Copies the prefix, so that a test may move it and take from it.
copy_prefix() {
    rm -rf "$WORK"
    mkdir -p "$WORK"
    cp -a "$PREFIX" "$WORK/prefix"
}

install_() {
    rm -rf "$PREFIX"
    cmake --install "$BUILD" --prefix "$PREFIX" >/dev/null
    local header
    for header in "$SOURCE"/engine/include/pocketable/engine.h \
        "$SOURCE"/engine/include/pocketable/engine/*.h; do
        cmp "$header" "$PREFIX/include/${header#"$SOURCE"/engine/include/}" || fail "$header"
    done
    [ -f "$PREFIX/$LIBDIR/libpocketable_engine.a" ] || fail "no static library"
    [ -L "$PREFIX/$LIBDIR/libpocketable_engine.so" ] || fail "no shared library"
    if [ -d "$SOURCE/tools" ] && [ -e "$SOURCE/tools/CMakeLists.txt" ]; then
        "$PREFIX/bin/pocketable" --help >/dev/null || fail "the installed program does not run"
    fi
}

find_package() {
    copy_prefix
    cmake -S "$SOURCE/tests/package/consumer" -B "$WORK/build" -G "$GENERATOR" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$FLAGS" -DCMAKE_PREFIX_PATH="$WORK/prefix" \
        >"$WORK/log" || { cat "$WORK/log"; fail "find_package(pocketable)"; }
    cmake --build "$WORK/build" >"$WORK/log" || { cat "$WORK/log"; fail "the build"; }
    expect_success_text "$WORK/build/with_engine"
    expect_success_text "$WORK/build/with_engine_shared"
    readelf -d "$WORK/build/with_engine_shared" | grep -q libpocketable_engine.so ||
        fail "with_engine_shared does not need the shared library"
    ! readelf -d "$WORK/build/with_engine" | grep -q libpocketable_engine.so ||
        fail "with_engine needs the shared library"
}

pkg_config_shared() {
    copy_prefix
    local version
    version=$(PKG_CONFIG_PATH="$WORK/prefix/$LIBDIR/pkgconfig" pkg-config --modversion \
        pocketable-engine)
    [ "$version" = "$VERSION" ] || fail "pkg-config says version $version, not $VERSION"
    # shellcheck disable=SC2046,SC2086 # these are words for the compiler
    "$CC" $FLAGS "$SOURCE/tests/package/consumer/main.c" -o "$WORK/main" $(package_config)
    LD_LIBRARY_PATH="$WORK/prefix/$LIBDIR" expect_success_text "$WORK/main"
    readelf -d "$WORK/main" | grep -q libpocketable_engine.so || fail "the program is not dynamic"
}

pkg_config_static() {
    copy_prefix
    rm "$WORK/prefix/$LIBDIR"/libpocketable_engine.so*
    # All of the library is taken in, so that nothing it needs can be missing from the file.
    # shellcheck disable=SC2046,SC2086
    "$CC" $FLAGS "$SOURCE/tests/package/consumer/main.c" -o "$WORK/main" \
        -Wl,--whole-archive "$WORK/prefix/$LIBDIR/libpocketable_engine.a" -Wl,--no-whole-archive \
        $(package_config --static)
    expect_success_text "$WORK/main"
}

# The shared library exports what the public headers declare with PTE_API, and nothing else.
# (Names of the sanitizers' own are theirs.)
symbols() {
    local name count=0
    mkdir -p "$WORK"
    cat "$PREFIX"/include/pocketable/engine/*.h >"$WORK/headers"
    for name in $(nm -D --defined-only "$PREFIX/$LIBDIR/libpocketable_engine.so" |
        awk '{ print $NF }'); do
        case $name in
        pte__*) fail "$name is private and exported" ;;
        pte_*) grep -qw "$name" "$WORK/headers" || fail "$name is exported but not declared" ;;
        __asan_* | __odr_asan* | __sancov_* | __start_* | __stop_*) [ -n "$FLAGS" ] || fail "$name" ;;
        *) fail "$name is exported" ;;
        esac
        count=$((count + 1))
    done
    [ "$count" -gt 0 ] || fail "nothing is exported"
}

# Every public header compiles on its own, twice, without a warning.
headers() {
    local language=$1 standard=$2 compiler=$3 header count=0
    while IFS= read -r header; do
        printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
            "$compiler" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Werror \
                -fsyntax-only -I "$PREFIX/include" - || fail "$header does not stand alone in $standard"
        count=$((count + 1))
    done < <(cd "$PREFIX/include" && find . -name '*.h' | sed 's,^\./,,' | LC_ALL=C sort)
    [ "$count" -gt 0 ] || fail "no headers"
}

# The first C example of the README is a whole program; it compiles as its reader would compile
# it, and runs.
readme() {
    copy_prefix
    awk '/^```c$/ && !seen { seen = 1; inside = 1; next } /^```/ { inside = 0 } inside' \
        "$SOURCE/README.md" >"$WORK/example.c"
    [ -s "$WORK/example.c" ] || fail "README.md has no example that begins with a line \`\`\`c"
    grep -q 'main(' "$WORK/example.c" || fail "the first C example of README.md has no main()"
    # shellcheck disable=SC2046,SC2086
    "$CC" -std=c11 -Wall -Wextra -Werror $FLAGS "$WORK/example.c" -o "$WORK/example" \
        $(package_config)
    mkdir "$WORK/run"
    cd "$WORK/run"
    LD_LIBRARY_PATH="$WORK/prefix/$LIBDIR" ../example || fail "the example ended with status $?"
}

case ${1-} in
install) install_ ;;
find_package | pkg_config_shared | pkg_config_static | symbols | readme) "$1" ;;
headers_c) headers c c11 "$CC" ;;
headers_cxx) headers c++ c++17 "$CXX" ;;
*) fail "package.sh: no command '${1-}'" ;;
esac
