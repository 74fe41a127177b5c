# Sourced by .ci/run (bash): installs what the tests need, starts Redis and PostgreSQL on free loopback ports with folders of
# their own, exports TEST_REDIS_URL and TEST_DATABASE_URL, and stops both when the shell exits.

services_dir=""
services_redis_pid=""
services_postgres_bin=""

services_log() { printf 'services: %s\n' "$*" >&2; }

services_find_postgres() {
  local dir
  for dir in /usr/lib/postgresql/*/bin; do
    if [ -x "$dir/initdb" ]; then services_postgres_bin=$dir; fi
  done
  if [ -z "$services_postgres_bin" ] && command -v initdb >/dev/null; then
    services_postgres_bin=$(dirname "$(readlink -f "$(command -v initdb)")")
  fi
}

# Installs the Debian packages whose programs are missing; needs root and apt, else the tests of that service skip themselves.
services_install() {
  local packages=()
  command -v git >/dev/null || packages+=(git)
  command -v redis-server >/dev/null || packages+=(redis-server)
  services_find_postgres
  [ -n "$services_postgres_bin" ] || packages+=(postgresql)
  command -v chromium >/dev/null || packages+=(chromium)
  [ ${#packages[@]} -eq 0 ] && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    services_log "missing and not installable here: ${packages[*]}"
    return 0
  fi
  services_log "installing ${packages[*]}"
  # keeps the packages from starting servers of their own
  local policy=/usr/sbin/policy-rc.d made_policy=""
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=1; fi
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >&2 ||
    services_log "installation failed; the tests of what is missing skip themselves"
  [ -z "$made_policy" ] || rm -f "$policy"
  services_find_postgres
}

services_free_port() {
  node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

# Runs a command as a user who may start PostgreSQL, which refuses root.
services_as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

services_start_redis() {
  command -v redis-server >/dev/null || { services_log "no redis-server"; return 0; }
  local port try
  port=$(services_free_port)
  mkdir "$services_dir/redis"
  redis-server --port "$port" --bind 127.0.0.1 --dir "$services_dir/redis" --appendonly yes --save "" \
    --maxmemory-policy noeviction >"$services_dir/redis.log" 2>&1 &
  services_redis_pid=$!
  for try in $(seq 100); do
    if redis-cli -p "$port" ping 2>/dev/null | grep -q PONG; then
      export TEST_REDIS_URL="redis://127.0.0.1:$port"
      services_log "Redis on port $port"
      return 0
    fi
    sleep 0.1
  done
  services_log "Redis did not start:"; cat "$services_dir/redis.log" >&2
  return 1
}

services_start_postgres() {
  [ -n "$services_postgres_bin" ] || { services_log "no PostgreSQL"; return 0; }
  local port data=$services_dir/postgres
  port=$(services_free_port)
  mkdir "$data"
  [ "$(id -u)" != 0 ] || chown postgres: "$data"
  # the folder above must let that user through
  chmod 711 "$services_dir"
  if (cd / && services_as_postgres "$services_postgres_bin/initdb" -D "$data" -U callboard -A trust -E UTF8 --no-locale -N &&
    services_as_postgres "$services_postgres_bin/pg_ctl" -D "$data" -w -t 60 -l "$data/server.log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data" start) >"$services_dir/postgres.log" 2>&1; then
    export TEST_DATABASE_URL="postgres://callboard@127.0.0.1:$port/postgres"
    services_log "PostgreSQL on port $port"
    return 0
  fi
  services_log "PostgreSQL did not start:"; cat "$services_dir/postgres.log" >&2
  return 1
}

# Stops what was started here and removes its folders.
services_stop() {
  [ -n "$services_dir" ] || return 0
  if [ -n "$services_redis_pid" ]; then
    kill "$services_redis_pid" 2>/dev/null
    wait "$services_redis_pid" 2>/dev/null
  fi
  if [ -f "$services_dir/postgres/postmaster.pid" ]; then
    (cd / && services_as_postgres "$services_postgres_bin/pg_ctl" -D "$services_dir/postgres" -m immediate -w stop) >/dev/null 2>&1
  fi
  rm -rf "$services_dir"
  services_dir=""
}

services_start() {
  services_dir=$(mktemp -d "${TMPDIR:-/tmp}/callboard-services.XXXXXX")
  trap services_stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  services_install
  services_start_redis
  services_start_postgres
}
