# ---- volumes ----------------------------------------------------------------------------------------------------

# Volumes of the release that are there.
volumes() {
  volumes_there=$(docker volume ls -q)
  plan volume | sort | while read -r volumes_name; do
    case $volumes_name in =*) volumes_name=${volumes_name#=} ;; *) volumes_name=${project}_$volumes_name ;; esac
    ! has_line "$volumes_there" "$volumes_name" || echo "$volumes_name"
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
