# What the deployments of a Compose project and of a Swarm stack have in common. Before it stands: main, the files
# that are deployed, the first of them always there; home_suffix, what the folder of the project ends with. After it:
# check_engine, missing_secrets, set_secret, deploy and collect, which differ, and the verbs of each.

unset CDPATH
here=$(cd "$(dirname "$0")" && pwd -P)
keep=5 # releases

# ---- words ----------------------------------------------------------------------------------------------------

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
has_line() { printf '%s\n' "$1" | grep -qxF -- "$2"; }

# The value of KEY=VALUE among the words that follow.
option() {
  option_key=$1
  shift
  for option_word; do
    case $option_word in "$option_key"=*) printf '%s\n' "${option_word#*=}" ;; esac
  done
}

# ---- where things are -----------------------------------------------------------------------------------------

# What stands in the plan of the release under a verb.
plan() { sed -n "s/^$1 //p" "$release/deploy.plan"; }

find_home() {
  [ -r "$here/deploy.plan" ] || [ -e "$here/current" ] || die "there is no deploy.plan beside $0: run it where cdk8s synth wrote it"
  if [ -r "$here/deploy.plan" ]; then
    release=$here
    project=${COMPOSE_PROJECT_NAME:-$(plan project)}
    root=${CDK8S_HA_HOME:-/var/lib/cdk8s-ha}
    case $root in /*) ;; *) root=$PWD/$root ;; esac
    mkdir -p "$root" 2>/dev/null || true
    # An administrator may have made the one folder for somebody who may not write beside it.
    if [ ! -w "$root" ] && [ ! -w "$root/$project$home_suffix" ]; then
      [ -z "${CDK8S_HA_HOME:-}" ] || die "cannot write to $root: give CDK8S_HA_HOME a folder of yours"
      # A second home would have neither its secrets nor its releases.
      [ ! -e "$root/$project$home_suffix/current" ] || die "$project was deployed from $root by another user: run this as that user, or with sudo"
      root=${XDG_DATA_HOME:-$HOME/.local/share}/cdk8s-ha
    fi
    home=$root/$project$home_suffix
  else
    home=$here project=$(basename "$here" "$home_suffix") root=$(dirname "$here")
  fi
  releases=$home/releases
  export CDK8S_HA_HOME="$root"
  umask 077
  mkdir -p "$releases" "$home/config" "$home/secrets" "$home/rolling" "$home/balancers" 2>/dev/null || die "cannot write to $home: is the disk full?"
  # Containers read their files as users who are nobody on this host.
  chmod 711 "$home" && chmod 755 "$home/config" && chmod 700 "$home/secrets"
}

current() { cat "$home/current" 2>/dev/null || true; }

# What is there to ask about: the release that was deployed last, else the last one that was to be.
use_current() {
  release=$releases/$(current)
  [ -n "$(current)" ] || release=$releases/$(latest)
  [ -r "$release/deploy.plan" ] || die "$project was never deployed"
}

# ---- one at a time --------------------------------------------------------------------------------------------

# Programs that this script has started keep the lock while they live, though the script itself be killed.
lock() {
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$home/lock"
    flock -n 9 && return
    say "another deployment of $project is at work: waiting for it"
    lock_until=$(($(date +%s) + 900))
    # That of busybox knows no time limit.
    until flock -n 9; do
      [ "$(date +%s)" -lt "$lock_until" ] || die "another deployment of $project did not end in 15 minutes"
      sleep 1
    done
    return
  fi
  if ! mkdir "$home/lock.d" 2>/dev/null; then
    lock_owner=$(cat "$home/lock.d/pid" 2>/dev/null || true)
    # Whoever has only just taken it says who it is a moment later.
    [ -n "$lock_owner" ] || { sleep 1; lock_owner=$(cat "$home/lock.d/pid" 2>/dev/null || true); }
    [ -z "$lock_owner" ] || ! kill -0 "$lock_owner" 2>/dev/null || die "another deployment of $project is at work (process $lock_owner)"
  fi
  echo $$ >"$home/lock.d/pid"
  trap unlock EXIT
}

unlock() { [ "$(cat "$home/lock.d/pid" 2>/dev/null || true)" != $$ ] || rm -rf "$home/lock.d"; }

check_docker() {
  command -v docker >/dev/null 2>&1 || die 'docker is not installed: see https://docs.docker.com/engine/install/'
  check_reason=$(docker version --format '{{.Server.Version}}' 2>&1 >/dev/null) || die "docker does not answer: $check_reason"
}

at_least() { # found wanted
  printf '%s\n' "$1" | sed 's/^v//' | awk -F '[.-]' -v wanted="$2" '{ split(wanted, w, "."); exit !($1 > w[1] || ($1 == w[1] && $2 >= w[2])) }'
}

# ---- networks that this project shares with others ------------------------------------------------------------------------------

# Each belongs to nobody: whoever deploys first makes it, and the last one to leave removes it. Its name has the names
# of both projects in it.
shared_networks() {
  docker network ls --filter label=cdk8s-ha.link --filter "driver=$shared_driver" --format '{{.Name}}' | grep -e "^${project}[$shared_dot]" -e "[$shared_dot]to[$shared_dot]${project}[$shared_dot]" || true
}

network_ids() { docker network ls --no-trunc --format '{{.ID}} {{.Name}}' | awk -v name="$1" '$2 == name { print $1 }' | sort; }

make_network() { # name option...
  make_name=$1
  shift
  [ -z "$(network_ids "$make_name")" ] || return 0
  # Another deployment may make it at the same time.
  make_reason=$(docker network create --label cdk8s-ha.link "$@" "$make_name" 2>&1) || [ -n "$(network_ids "$make_name")" ] ||
    die "cannot make the network $make_name, which this project shares: $make_reason. Nothing was changed"
  say "the network $make_name is there"
  # An engine may then have two of one name, which nobody could join (20.10).
  sleep 1
  network_ids "$make_name" | tail -n +2 | while read -r make_twice; do docker network rm "$make_twice" >/dev/null 2>&1 || true; done
}

# ---- releases -------------------------------------------------------------------------------------------------

latest() { ls "$releases" 2>/dev/null | sort -n | tail -n 1; }

# Whether release $1 is what lies beside this script, with the variables of today.
is_same() {
  for same_file in $(cd "$here" && find $main deploy.plan deploy.sh config -type f 2>/dev/null); do
    cmp -s "$here/$same_file" "$1/$same_file" || return 1
  done
  cmp -s "$home/.env" "$1/.env" || { [ ! -e "$home/.env" ] && [ ! -s "$1/.env" ]; }
}

# Keeps what lies beside this script as a release; one that was kept already goes on where it ended.
keep_release() {
  keep_latest=$(latest)
  if [ -n "$keep_latest" ] && is_same "$releases/$keep_latest"; then number=$keep_latest; return; fi
  number=$(printf '%04d' $(($(printf '%s' "${keep_latest:-0}" | sed 's/^0*//;s/^$/0/') + 1)))
  keep_new=$home/release.new
  rm -rf "$keep_new"
  {
    mkdir -p "$keep_new/config" "$keep_new/logs" "$keep_new/steps" &&
      (cd "$here" && for keep_file in $main deploy.plan deploy.sh; do [ ! -e "$keep_file" ] || cp "$keep_file" "$keep_new/" || exit 1; done) &&
      { [ ! -d "$here/config" ] || cp -R "$here/config/." "$keep_new/config/"; } &&
      if [ -e "$home/.env" ]; then cp "$home/.env" "$keep_new/.env"; else : >"$keep_new/.env"; fi &&
      mv "$keep_new" "$releases/$number"
  } || {
    rm -rf "$keep_new"
    die "cannot write to $home: is the disk full? Nothing was changed"
  }
}

# Removes all but the last releases. A rollback leads to the one that was deployed before, however many have failed since.
forget_releases() {
  forget_current=$(current)
  forget_before=$(deployed_before "${forget_current:-0}")
  ls "$releases" | sort -rn | tail -n +$((keep + 1)) | while read -r forget_old; do
    [ "$forget_old" = "$forget_current" ] || [ "$forget_old" = "$forget_before" ] || rm -rf "${releases:?}/$forget_old"
  done
}

# The last release before one that was deployed.
deployed_before() { # release
  ls "$releases" | sort -n | while read -r before_one; do
    [ "$before_one" -ge "$1" ] || ! grep -q "release $before_one deployed" "$home/history" 2>/dev/null || echo "$before_one"
  done | tail -n 1
}

# The release is deployed: from now on it is the one to ask about, by a script that stays.
settle_release() { # number
  if [ "$(current)" != "$1" ]; then
    # First the history, where a rollback looks for it.
    note "$1" deployed
    printf '%s\n' "$1" >"$home/current.new"
    mv "$home/current.new" "$home/current"
  fi
  cp "$release/deploy.sh" "$home/deploy.sh.new" && chmod 755 "$home/deploy.sh.new" && mv "$home/deploy.sh.new" "$home/deploy.sh"
}

# The release to go back to: the one named, else the last one before the current that was deployed.
find_rollback() { # [release]
  if [ $# -gt 0 ]; then
    case $1 in *[!0-9]*) die "'$1' is no release: '$0 history' lists them" ;; esac
    number=$(printf '%04d' "$(printf '%s' "$1" | sed 's/^0*//')")
    [ -d "$releases/$number" ] || die "release $number is not kept: '$0 history' lists them"
    return
  fi
  [ -n "$was" ] || die "$project was never deployed"
  number=$(deployed_before "$was")
  [ -n "$number" ] || die "no release before $was is kept: '$0 history' lists them"
}

# ---- secrets --------------------------------------------------------------------------------------------------

check_secrets() {
  check_missing=$(missing_secrets)
  [ -z "$check_missing" ] && return
  printf 'error: values of secrets are missing, and nothing was changed. Give each:\n' >&2
  for check_name in $check_missing; do printf '  %s secrets set %s --generate   # or from standard input\n' "$0" "$check_name" >&2; done
  exit 1
}

list_secrets() {
  list_missing=$(missing_secrets)
  plan secret | while read -r list_name _; do
    if has_line "$list_missing" "$list_name"; then printf '%-32s missing\n' "$list_name"; else printf '%-32s set\n' "$list_name"; fi
  done
}

# The value of secret $1 in the file secret_file, from standard input or made up.
read_secret() { # name [--generate]
  [ $# -gt 0 ] || die 'which secret? secrets set NAME [--generate]'
  case ${2:-} in '' | --generate) ;; *) die "secrets set has no '$2': it is 'secrets set NAME [--generate]'" ;; esac
  secret_options=$(plan secret | while read -r secret_name secret_rest; do [ "$secret_name" != "$1" ] || printf '%s\n' "$secret_rest"; done)
  [ -n "$secret_options" ] || die "there is no secret '$1'; there are: $(plan secret | cut -d' ' -f1 | tr '\n' ' ')"
  # Of this process alone: values that are set at the same time must not mix.
  secret_file=$home/secrets/.new.$$ secret_hidden=
  trap 'rm -f "$secret_file"; [ -z "$secret_hidden" ] || stty echo; exit 130' INT TERM HUP
  secret_full="cannot write to $home: is the disk full? '$1' is as it was"
  if [ "${2:-}" = --generate ]; then
    head -c 32 /dev/urandom | base64 | tr -d '\n=' >"$secret_file" || die "$secret_full"
  elif [ -t 0 ]; then
    printf 'value of %s, one line (of several: %s secrets set %s <FILE): ' "$1" "$0" "$1" >&2
    secret_hidden=1
    stty -echo
    IFS= read -r secret_value || true
    stty echo
    secret_hidden=
    printf '\n' >&2
    printf '%s' "$secret_value" >"$secret_file" || die "$secret_full"
  else
    cat >"$secret_file" || { rm -f "$secret_file"; die "$secret_full"; }
  fi
  [ -s "$secret_file" ] || { rm -f "$secret_file"; die "the value of '$1' is empty: nothing was changed"; }
  if [ "$(wc -l <"$secret_file")" -eq 1 ] && [ -z "$(tail -c 1 "$secret_file")" ]; then
    say "the value ends with a line break; if that is not meant: printf %s VALUE | $0 secrets set $1"
  fi
}

# ---- certificates of one's own --------------------------------------------------------------------------------

# What is public of them is kept, so that later releases are checked too: a certificate itself, of a key its public half.
# Without openssl the load balancer alone knows, which refuses what does not fit.

# Whether a value that is a certificate or its key is one; it is kept then.
check_value() { # name file
  command -v openssl >/dev/null 2>&1 || return 0
  mkdir -p "$home/certificates"
  plan certificate | while read -r value_certificate value_options; do
    case $1 in
      "$value_certificate")
        openssl x509 -in "$2" -out "$home/certificates/$1.new" 2>/dev/null ||
          die "the value of '$1' is no certificate: give a PEM file with it first, then its chain. Nothing was changed"
        check_hosts "$1" "$home/certificates/$1.new" "$value_options"
        ;;
      "$(option key $value_options)")
        openssl pkey -pubout -in "$2" -out "$home/certificates/$1.new" -passin pass: 2>/dev/null ||
          die "the value of '$1' is no private key: give a PEM file with it, without a password. Nothing was changed"
        ;;
      *) continue ;;
    esac
    mv "$home/certificates/$1.new" "$home/certificates/$1"
  done
}

check_hosts() { # name file options
  printf '%s\n' "$3" | tr ' ' '\n' | sed -n 's/^hosts=//p' | tr ',' '\n' | while read -r host_name; do
    case $(openssl x509 -noout -checkhost "$(printf '%s' "$host_name" | sed 's/^\*/any/')" -in "$2") in
      *'does NOT match'*)
        host_names=$(openssl x509 -noout -ext subjectAltName -in "$2" 2>/dev/null | sed -n 's/^ *DNS:/DNS:/p' | sed 's/DNS://g')
        die "the certificate '$1' is not for $host_name${host_names:+, but for $host_names}. Nothing was changed. Give one that is: $0 secrets set $1"
        ;;
    esac
  done || exit 1
  openssl x509 -noout -checkend 0 -in "$2" >/dev/null || say "the certificate '$1' has ended: browsers refuse it"
}

check_certificates() {
  command -v openssl >/dev/null 2>&1 || return 0
  plan certificate | while read -r pair_certificate pair_options; do
    pair_one=$home/certificates/$pair_certificate pair_key=$(option key $pair_options)
    [ -e "$pair_one" ] || continue
    check_hosts "$pair_certificate" "$pair_one" "$pair_options"
    [ ! -e "$home/certificates/$pair_key" ] || [ "$(openssl x509 -noout -pubkey -in "$pair_one")" = "$(cat "$home/certificates/$pair_key")" ] ||
      die "the certificate '$pair_certificate' and the key '$pair_key' do not belong together. Nothing was changed. Set the one that is wrong: $0 secrets set $pair_key"
  done || exit 1
}

# ---- files ----------------------------------------------------------------------------------------------------

# A file is there whole or not at all.
put() { # from to
  mkdir -p "$(dirname "$2")" && chmod 755 "$(dirname "$2")" && cp "$1" "$2.new" && chmod 644 "$2.new" && mv "$2.new" "$2"
}

note() { printf '%s release %s %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$1" "$2" >>"$home/history"; }

# ---- verbs ----------------------------------------------------------------------------------------------------

do_deploy() {
  [ -r "$here/${main%% *}" ] && [ -r "$here/deploy.plan" ] || die "there is no ${main%% *} beside $0: run it where cdk8s synth wrote it"
  [ ! -e "$here/.env" ] || die "$here/.env is not read, and the next synth removes it. Nothing was changed. Move it: mv $here/.env $home/.env"
  check_engine
  lock
  was=$(current)
  keep_release
  deploy "$number"
}

do_rollback() {
  use_current
  check_engine
  lock
  was=$(current)
  find_rollback "$@"
  deploy "$number"
}

do_gc() {
  check_docker
  lock
  collect
}

do_history() { cat "$home/history" 2>/dev/null || echo "$project was never deployed"; }

do_secrets() {
  [ -r "$here/deploy.plan" ] || use_current
  case ${1:-list} in
    list) list_secrets ;;
    set) shift; set_secret "$@" ;;
    *) die "secrets cannot '$1': it is 'secrets' or 'secrets set NAME [--generate]'" ;;
  esac
}

run_verb() {
  verb=${1:-deploy}
  [ $# -eq 0 ] || shift
  case $verb in
    help | --help | -h) sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"; return ;;
    deploy | rollback | status | history | logs | secrets | gc | down) ;;
    *) die "there is no '$verb': it is deploy, rollback, status, history, logs, secrets, gc, down or help" ;;
  esac
  find_home
  "do_$verb" "$@"
}
