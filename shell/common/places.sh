# ---- where things are -------------------------------------------------------------------------------------------

unset CDPATH
here=$(cd "$(dirname "$0")" && pwd -P)

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

# A file is there whole or not at all.
put() { # from to
  mkdir -p "$(dirname "$2")" && chmod 755 "$(dirname "$2")" && cp "$1" "$2.new" && chmod 644 "$2.new" && mv "$2.new" "$2"
}

note() { printf '%s release %s %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$1" "$2" >>"$home/history"; }
