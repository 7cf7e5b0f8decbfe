# shellcheck shell=bash
# What start-engine.sh and build-images.sh share. To be sourced.

CACHE=${CDK8S_HA_TEST_CACHE:-/var/tmp/cdk8s-ha-test-engine}

say() { printf '%s\n' "$*"; }

# There is no engine, and this machine gives none: a caller counts its tests as skipped.
unavailable() {
  printf 'no engine: %s\n' "$*" >&2
  exit 3
}

FAILURE_EXIT_CODE=1
fail() {
  printf 'error: %s\n' "$*" >&2
  exit "$FAILURE_EXIT_CODE"
}

# The header of a script is its help.
print_help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

# One run at a time: parallel test runs would install and build over each other.
# The descriptor must not leak into a daemon started below, which would hold the lock for ever.
take_lock() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/$1.lock"
  flock -n 9 || { say "waiting for another run of $1"; flock 9; }
}

quietly() { # log-file command...
  local log=$1
  shift
  "$@" 9>&- >"$log" 2>&1 || { tail -n 25 "$log" >&2; fail "failed: $* (whole output: $log)"; }
}

# shellcheck disable=SC2016 # apt's variable
debian_mirror() { apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | sed -n 1p; }

# Runs apt-get for a Debian suite that the machine itself does not use: lists, cache and sources are the
# suite's own, so nothing of it can ever be installed by a later apt-get on this machine.
# With `status=FILE` in front the packages counted as installed are those in FILE.
suite_apt() { # [status=FILE] suite apt-get-argument...
  local extra=()
  if [[ $1 == status=* ]]; then
    extra+=(-o "Dir::State::status=${1#status=}")
    shift
  fi
  local suite=$1 home=$CACHE/apt/$1 mirror
  shift
  if [[ ! -s $home/sources.list ]]; then
    mirror=$(debian_mirror)
    if [[ -z $mirror ]]; then
      apt-get -qq update
      mirror=$(debian_mirror)
    fi
    [[ $mirror ]] || fail 'apt knows no Debian mirror'
    mkdir -p "$home"/{lists,cache/archives}/partial
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$home/sources.list"
  fi
  apt-get -qq -y "${extra[@]}" \
    -o "Dir::Etc::SourceList=$home/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$home/lists" -o "Dir::Cache=$home/cache" \
    -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User=root "$@"
}

is_debian_root() { [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; }
