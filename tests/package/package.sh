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

# The compiler's words for a program on an installed library; --static as an argument for the
# static one, which the linker only takes where there is no shared one.
package_config() {
    PKG_CONFIG_PATH="$WORK/prefix/$LIBDIR/pkgconfig" pkg-config "$@" --cflags --libs
}

# pkg-config's name of a library, its file's name, and the consumer that is its user.
LIBRARIES=('pocketable-engine pocketable_engine engine.c' 'pocketable pocketable facade.c'
    'pocketable-server pocketable_server server.c')

# Copies the prefix, so that a test may move it and take from it.
copy_prefix() {
    rm -rf "$WORK"
    mkdir -p "$WORK"
    cp -a "$PREFIX" "$WORK/prefix"
}

# Someone who has only the package can follow the help of `pocketable bench` and do what it shows.
workload_is_installed() {
    local file folder=$PREFIX/share/doc/pocketable/workload
    for file in "$SOURCE"/tools/workload/{*.md,prices.yaml,examples/*.yaml}; do
        cmp "$file" "$folder/${file#"$SOURCE/tools/workload/"}" || fail "$file"
    done
    "$PREFIX/bin/pocketable" bench "$folder/examples/quick_photos.yaml" --calls 1000 \
        --http-calls 0 --prices "$folder/prices.yaml" --check >/dev/null ||
        fail "the installed example does not run"
}

install_() {
    rm -rf "$PREFIX"
    cmake --install "$BUILD" --prefix "$PREFIX" >/dev/null
    local header library name
    for header in "$SOURCE"/engine/include/pocketable/engine.h \
        "$SOURCE"/engine/include/pocketable/engine/*.h "$SOURCE"/api/include/pocketable.h; do
        cmp "$header" "$PREFIX/include/${header#"$SOURCE"/*/include/}" || fail "$header"
    done
    for library in "${LIBRARIES[@]}"; do
        read -r _ name _ <<<"$library"
        [ -f "$PREFIX/$LIBDIR/lib$name.a" ] || fail "no static library lib$name.a"
        [ -L "$PREFIX/$LIBDIR/lib$name.so" ] || fail "no shared library lib$name.so"
    done
    if [ -d "$SOURCE/tools" ] && [ -e "$SOURCE/tools/CMakeLists.txt" ]; then
        "$PREFIX/bin/pocketable" --help >/dev/null || fail "the installed program does not run"
        # The sanitizers bring libraries of their own.
        [ -n "$FLAGS" ] ||
            ! readelf -d "$PREFIX/bin/pocketable" | grep -E 'NEEDED.*lib(crypto|m|ssl|yaml)[-.]' ||
            fail "the program loads what it has no use for"
        workload_is_installed
    fi
}

# The programs find one another where the tree was moved to, whatever is at its old place.
moved_programs() {
    copy_prefix
    mv "$WORK/prefix" "$WORK/moved here"
    local workload="$WORK/moved here/share/doc/pocketable/workload/examples/quick_photos.yaml"
    (cd / && PATH="$WORK/moved here/bin:$PATH" pocketable bench "$workload" --calls 1000 \
        --http-calls 10 --check >/dev/null) || fail "pocketable bench does not run where it was moved to"
    rm "$WORK/moved here/bin/pocketable-bench"
    local said
    ! said=$("$WORK/moved here/bin/pocketable" bench "$workload" --check 2>&1) ||
        fail "pocketable bench runs without pocketable-bench"
    grep -qF "expected as $WORK/moved here/bin/pocketable-bench" <<<"$said" || fail "it said '$said'"
}

find_package() {
    copy_prefix
    cmake -S "$SOURCE/tests/package/consumer" -B "$WORK/build" -G "$GENERATOR" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$FLAGS" -DCMAKE_PREFIX_PATH="$WORK/prefix" \
        >"$WORK/log" || { cat "$WORK/log"; fail "find_package(pocketable)"; }
    cmake --build "$WORK/build" >"$WORK/log" || { cat "$WORK/log"; fail "the build"; }
    local pair program
    for pair in 'engine engine_shared' 'pocketable shared' 'server server_shared'; do
        for program in $pair; do
            expect_success_text "$WORK/build/with_$program"
        done
        ! readelf -d "$WORK/build/with_${pair% *}" | grep -q libpocketable ||
            fail "with_${pair% *} needs a shared library"
        readelf -d "$WORK/build/with_${pair#* }" | grep -q libpocketable ||
            fail "with_${pair#* } does not need the shared library"
    done
}

pkg_config_shared() {
    copy_prefix
    local version library package name source
    for library in "${LIBRARIES[@]}"; do
        read -r package name source <<<"$library"
        version=$(PKG_CONFIG_PATH="$WORK/prefix/$LIBDIR/pkgconfig" pkg-config --modversion "$package")
        [ "$version" = "$VERSION" ] || fail "pkg-config says version $version, not $VERSION"
        # shellcheck disable=SC2046,SC2086 # these are words for the compiler
        "$CC" $FLAGS "$SOURCE/tests/package/consumer/$source" -o "$WORK/main" \
            $(package_config "$package")
        LD_LIBRARY_PATH="$WORK/prefix/$LIBDIR" expect_success_text "$WORK/main"
        readelf -d "$WORK/main" | grep -q "lib$name.so" || fail "the program is not dynamic"
    done
}

pkg_config_static() {
    copy_prefix
    local library package name source
    rm "$WORK/prefix/$LIBDIR"/libpocketable*.so*
    for library in "${LIBRARIES[@]}"; do
        read -r package name source <<<"$library"
        # What GnuTLS, below libmicrohttpd, needs to be linked statically Debian does not install
        # with it; find_package() links this library statically and the others not.
        [ "$package" != pocketable-server ] || continue
        # All of the library is taken in, so that nothing it needs can be missing from the file.
        # shellcheck disable=SC2046,SC2086
        "$CC" $FLAGS "$SOURCE/tests/package/consumer/$source" -o "$WORK/main" \
            -Wl,--whole-archive "$WORK/prefix/$LIBDIR/lib$name.a" -Wl,--no-whole-archive \
            $(package_config --static "$package")
        expect_success_text "$WORK/main"
    done
}

# The shared libraries export what the public headers declare with PTE_API, and nothing else.
# (Names of the sanitizers' own are theirs.)
symbols() {
    local library name symbol count
    mkdir -p "$WORK"
    find "$PREFIX/include" -name '*.h' -exec cat {} + >"$WORK/headers"
    for library in "${LIBRARIES[@]}"; do
        read -r _ name _ <<<"$library"
        count=0
        for symbol in $(nm -D --defined-only "$PREFIX/$LIBDIR/lib$name.so" | awk '{ print $NF }'); do
            case $symbol in
            pte__* | pt__*) fail "$symbol is private and exported" ;;
            pte_* | pt_*)
                grep -qw "$symbol" "$WORK/headers" || fail "$symbol is exported but not declared"
                ;;
            __asan_* | __odr_asan* | __sancov_* | __start_* | __stop_*)
                [ -n "$FLAGS" ] || fail "$symbol"
                ;;
            *) fail "$symbol is exported" ;;
            esac
            count=$((count + 1))
        done
        [ "$count" -gt 0 ] || fail "lib$name.so exports nothing"
    done
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

# example NUMBER PACKAGE: the C example of that number in the README is a whole program; it compiles
# as its reader would compile it, and runs.
example() {
    local number=$1 package=$2
    awk -v wanted="$number" \
        '/^```c$/ { inside = ++seen == wanted; next } /^```/ { inside = 0 } inside' \
        "$SOURCE/README.md" >"$WORK/example$number.c"
    [ -s "$WORK/example$number.c" ] || fail "README.md has no example $number after a line \`\`\`c"
    grep -q 'main(' "$WORK/example$number.c" || fail "C example $number of README.md has no main()"
    # shellcheck disable=SC2046,SC2086
    "$CC" -std=c11 -Wall -Wextra -Werror $FLAGS "$WORK/example$number.c" \
        -o "$WORK/example$number" $(package_config "$package")
    mkdir "$WORK/run$number"
    (cd "$WORK/run$number" && LD_LIBRARY_PATH="$WORK/prefix/$LIBDIR" "../example$number") ||
        fail "example $number ended with status $?"
}

readme() {
    copy_prefix
    example 1 pocketable
    example 2 pocketable-engine
}

case ${1-} in
install) install_ ;;
find_package | moved_programs | pkg_config_shared | pkg_config_static | symbols | readme) "$1" ;;
headers_c) headers c c11 "$CC" ;;
headers_cxx) headers c++ c++17 "$CXX" ;;
*) fail "package.sh: no command '${1-}'" ;;
esac
