#!/bin/sh
# Starts PostgreSQL with the conventions of the published image, as far as a deployment can notice them:
# as root it hands the data to user postgres and becomes him; as anybody else it stays what it is. An empty
# data directory is made into a cluster first.
set -eu

die() {
  echo "entrypoint: $*" >&2
  exit 1
}

# NAME is taken from the file in NAME_FILE. Read while still root: a secret may be root's alone.
from_file() { # name default
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  [ -z "$value" ] || [ -z "$file" ] || die "both $1 and $1_FILE are set"
  [ -z "$file" ] || value=$(cat "$file")
  [ -n "$value" ] || value=$2
  export "$1=$value"
  unset "$1_FILE"
}

# initdb wants a name for its user id. One that is not in /etc/passwd gets it from this library.
lend_a_name() {
  if ! id -un >/dev/null 2>&1; then
    NSS_WRAPPER_PASSWD=$(mktemp)
    NSS_WRAPPER_GROUP=$(mktemp)
    echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" >"$NSS_WRAPPER_PASSWD"
    echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
    export LD_PRELOAD=/usr/lib/libnss_wrapper.so NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
  fi
}

return_the_name() {
  [ -z "${NSS_WRAPPER_PASSWD:-}" ] || rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
  unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
}

run_scripts() {
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sql)
        echo "entrypoint: $script"
        query --dbname "$POSTGRES_DB" <"$script"
        ;;
      *.sh)
        echo "entrypoint: $script"
        # shellcheck disable=SC1090
        if [ -x "$script" ]; then "$script"; else . "$script"; fi
        ;;
    esac
  done
}

query() { psql -X -q -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"; }

make_cluster() {
  [ -n "$POSTGRES_PASSWORD" ] || [ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ] ||
    die 'an empty data directory needs POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE'
  lend_a_name
  # The password goes through a pipe: it must not lie on a disk.
  # shellcheck disable=SC2086 # several arguments
  if [ -n "$POSTGRES_PASSWORD" ]; then
    printf '%s\n' "$POSTGRES_PASSWORD" |
      initdb --username="$POSTGRES_USER" --pwfile=/dev/stdin ${POSTGRES_INITDB_ARGS:-}
  else
    initdb --username="$POSTGRES_USER" ${POSTGRES_INITDB_ARGS:-}
  fi
  return_the_name
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"

  # Not to be reached by anybody before all of it is there.
  pg_ctl -w -s -o "-c listen_addresses=''" start
  if [ "$POSTGRES_DB" != postgres ]; then
    query --dbname postgres -v name="$POSTGRES_DB" <<'SQL'
CREATE DATABASE :"name";
SQL
  fi
  run_scripts
  pg_ctl -w -s -m fast stop
  echo 'entrypoint: the cluster is made'
}

case ${1:-} in '' | -*) set -- postgres "$@" ;; esac

if [ "$1" = postgres ]; then
  from_file POSTGRES_PASSWORD ''
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  mkdir -p "$PGDATA"
  # A mount may belong to somebody else and refuse; what matters then shows below.
  chmod 700 "$PGDATA" 2>/dev/null || :
  mkdir -p /var/run/postgresql 2>/dev/null || :
  chmod 3777 /var/run/postgresql 2>/dev/null || :
  if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
    exec gosu postgres "$0" "$@"
  fi
  export PGDATA
  [ -s "$PGDATA/PG_VERSION" ] || make_cluster
  unset POSTGRES_PASSWORD
fi
exec "$@"
