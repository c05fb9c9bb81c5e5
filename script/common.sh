# Sourced by the other scripts: where we are, what to print.
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
[ ! -d /usr/lib/ccache ] || PATH=/usr/lib/ccache:$PATH
export PATH LC_ALL="${LC_ALL:-C.UTF-8}"
say() { printf '%s\n' "$*" >&2; }

# quiet LOG COMMAND …: the output goes to the log and is shown only when it fails.
quiet() {
    log=$1; shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; say "failed: $* (log: $log)"; return 1; }
}

# builddir DIR [MESON OPTION …]: sets it up if it is not, and builds.
builddir() {
    dir=$1; shift
    [ -f "$dir/build.ninja" ] || quiet "$dir/logs/setup.log" meson setup "$dir" "$@"
    quiet "$dir/logs/build.log" ninja -C "$dir" ${targets:-}
}
