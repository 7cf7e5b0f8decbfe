# ---- volumes ----------------------------------------------------------------------------------------------------

# Volumes that are there, of all releases that are kept: one of a service that is declared no more has its data still.
volumes() {
  volumes_there=$(docker volume ls -q)
  sed -n 's/^volume //p' "$releases"/*/deploy.plan | while read -r volumes_name; do
    volumes_name=$(volume_name "$volumes_name")
    ! has_line "$volumes_there" "$volumes_name" || echo "$volumes_name"
  done | sort -u
}

volume_name() { case $1 in =*) printf '%s\n' "${1#=}" ;; /*) printf '%s\n' "$1" ;; *) printf '%s\n' "${project}_$1" ;; esac; }

# What a service has for itself.
disks() { # service plans...
  disks_service=$1
  shift
  sed -n "s/^disk $disks_service //p" "$@" | while read -r disks_name; do volume_name "$disks_name"; done
}

# Services that are declared no more and had for themselves what this one has: what it was called before.
rivals() { # service
  rivals_disks=$(disks "$1" "$release/deploy.plan")
  [ -n "$rivals_disks" ] || return 0
  for rivals_service in $(undeclared); do
    ! disks "$rivals_service" "$releases"/*/deploy.plan | grep -qxF -e "$rivals_disks" || echo "$rivals_service"
  done
}

# Two programs on one disk could ruin what is on it.
remove_rivals() { # service
  for rival in $(rivals "$1"); do
    say "$rival: removed, since $1 has its data now"
    remove "$rival"
    [ -z "$(ids "$rival")" ] || { say "$rival: cannot be removed, and its data must not be opened twice"; return 1; }
  done
}

# A volume that a container holds is not removed: neither by "docker compose down -v" nor by pruning volumes. To prune
# containers removes that one.
guard_volumes() {
  guard_wanted=$(volumes)
  [ -n "$guard_wanted" ] || return 0
  [ "$(docker inspect -f '{{index .Config.Labels "cdk8s-ha.volumes"}}' "$project-volumes-guard" 2>/dev/null || true)" != "$(guard_label "$guard_wanted")" ] || return 0
  docker rm -f "$project-volumes-guard" >/dev/null 2>&1 || true
  guard_words=$(guard_command "$guard_wanted")
  $guard_words >/dev/null
}

hold_volumes() { guard_volumes || say "cannot make $project-volumes-guard, which holds the volumes: take care that nothing removes them"; }

guard_label() { lines "$1" | tr '\n' ','; }

guard_command() { # volumes
  printf 'docker create --name %s --label cdk8s-ha.volumes=%s --network none --entrypoint guard' "$project-volumes-guard" "$(guard_label "$1")"
  for guard_volume in $1; do printf ' -v %s:/volumes/%s:ro' "$guard_volume" "$guard_volume"; done
  printf ' %s\n' "$(dc config --images | sort | head -n 1)"
}
