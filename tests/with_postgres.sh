#!/bin/sh
# Runs a command with a PostgreSQL of its own: a fresh cluster in a private directory, on loopback, stopped and
# removed afterwards. The command finds it in HUIYIN_TEST_POSTGRES (a URL) and its directory in HUIYIN_TEST_POSTGRES_DIR.
#   tests/with_postgres.sh COMMAND [ARGUMENT …]
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed: run script/setup" >&2; exit 1; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/huiyin-postgres.XXXXXX")
as_owner() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}
[ "$(id -u)" != 0 ] || chown postgres: "$dir"
cleanup() {
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
cd "$dir"
as_owner "$bin/initdb" -D "$dir/data" -U huiyin --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$dir/init.log" 2>&1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200" start >/dev/null
cd "$OLDPWD"
export HUIYIN_TEST_POSTGRES="postgres://huiyin@127.0.0.1:$port/postgres"
export HUIYIN_TEST_POSTGRES_DIR="$dir/data"
"$@"
