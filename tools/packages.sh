# shellcheck shell=bash
# What the set-up scripts share: installing Debian packages, for bash scripts to source.

say() {
    printf '== %s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

package_is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Prints what to install for each argument that is missing. "a|b" is a name and the one that a later
# Debian has for it.
missing_packages() {
    local names name
    for names in "$@"; do
        for name in ${names//|/ }; do
            package_is_installed "$name" && continue 2
        done
        printf '%s\n' "$names"
    done
}

# The first of the names "a|b" that this Debian has.
package_to_install() {
    local name
    for name in ${1//|/ }; do
        if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then
            printf '%s\n' "$name"
            return
        fi
    done
    printf '%s\n' "${1%%|*}"
}

# Installs those of the packages that are missing; does nothing at all if none is.
ensure_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "no apt-get here, so nothing is installed; needed is what Debian calls ${*%%|*}"
        return
    fi
    local missing names=() as_root=() one
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "these packages are missing, and there is no sudo to install them with. As root:
    apt-get update && apt-get install --no-install-recommends ${missing[*]%%|*}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]%%|*}"
    # -E would need permission; env carries the setting through sudo.
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
        apt-get -q -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update >/dev/null || die "apt-get update failed"
    for one in "${missing[@]}"; do
        names+=("$(package_to_install "$one")")
    done
    # apt's long account is of use only if it fails.
    local log
    log=$(mktemp)
    if ! "${apt[@]}" install -y --no-install-recommends "${names[@]}" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        die "apt-get could not install: ${names[*]}"
    fi
    rm -f "$log"
}

# Runs a command whose output matters only if it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || cat "$log" >&2
    rm -f "$log"
    return "$status"
}
