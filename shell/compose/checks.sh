# ---- before anything is touched ---------------------------------------------------------------------------------

check_engine() {
  check_docker
  check_wanted=$(plan compose)
  check_found=$(docker compose version --short 2>/dev/null) ||
    die "docker has no Compose: $check_wanted or later is needed, see https://docs.docker.com/compose/install/"
  at_least "$check_found" "$check_wanted" ||
    die "Compose $check_found is too old: $check_wanted or later is needed, see https://docs.docker.com/compose/install/"
}

missing_secrets() {
  plan secret | while read -r missing_name missing_options; do
    missing_file=$home/secrets/$(option file $missing_options)
    [ -e "$missing_file" ] || echo "$missing_name"
  done
}

# Whether a variable has a value, as Compose reads them: the caller's own is taken first.
has_variable() { # name
  eval "variable_value=\${$1:-}"
  [ -n "$variable_value" ] || [ ! -e "$home/.env" ] ||
    variable_value=$(sed -n "s/^[[:blank:]]*\(export[[:blank:]]\{1,\}\)\{0,1\}$1[[:blank:]]*[=:][[:blank:]]*//p" "$home/.env" | tail -n 1)
  case $variable_value in '' | '#'* | "''" | '""') return 1 ;; esac
}

# A stack of this name has its volumes under the same names: two databases would write to one disk. A task that waits
# runs nowhere yet, and a manager knows of it.
check_alone() {
  [ -z "$(ask ps -q --filter "label=com.docker.stack.namespace=$project")" ] &&
    [ -z "$(docker service ls -q --filter "label=com.docker.stack.namespace=$project" 2>/dev/null)" ] ||
    die "the Swarm stack $project runs on this host, and its data must not be opened twice. Nothing was changed. Stop it first: its deploy.sh down"
}

# What runs was deployed from this home, or by plain "docker compose up", which is replaced.
check_home() {
  docker ps --filter "label=com.docker.compose.project=$project" \
    --format '{{.Label "com.docker.compose.project.config_files"}} {{.Label "com.docker.compose.project.working_dir"}}' |
    sed -n 's/^.*\/\.kernel\.yml //p' | sort -u | while read -r home_other; do
      is_gone "$home_other" || [ "$(cd "$home_other" 2>/dev/null && pwd -P)" = "$(cd "$home" && pwd -P)" ] ||
        die "$project runs from $home_other, and its secrets and releases are not in $home. Nothing was changed. Run this as the user who deployed it, with CDK8S_HA_HOME=$(dirname "$home_other"), or stop it first: $home_other/deploy.sh down"
    done || exit 1
}

# Of a folder below one that is closed to this user nobody knows.
is_gone() { # folder
  [ ! -e "$1" ] || return 1
  gone_above=$(dirname "$1")
  while [ ! -e "$gone_above" ]; do gone_above=$(dirname "$gone_above"); done
  [ -x "$gone_above" ]
}

# Whoever has a volume open that is to be a service's own, such as the container of a project before this one: two databases would
# write to one disk. Services of this project are replaced by those that come.
check_disks() {
  check_known=$(awk '$1 ~ /^(single|rolling|once|step|disk)$/ { print $2 }' "$releases"/*/deploy.plan)
  plan disk | while read -r check_service check_disk; do
    check_disk=$(volume_name "$check_disk")
    for check_id in $(docker ps -q --filter "volume=$check_disk"); do
      check_found=$(docker inspect -f '{{slice .Name 1}} {{index .Config.Labels "com.docker.compose.project"}}/{{index .Config.Labels "com.docker.compose.service"}}{{range .Mounts}}{{if .RW}}{{"\n"}}{{.Name}}{{"\n"}}{{.Source}}{{end}}{{end}}' "$check_id" 2>/dev/null) || continue
      has_line "$check_found" "$check_disk" || continue
      check_by=$(lines "$check_found" | head -n 1)
      check_other=${check_by#* }
      [ "${check_other%%/*}" != "$project" ] || ! has_line "$check_known" "${check_other#*/}" || continue
      die "the container ${check_by%% *} has $check_disk open, and $check_service would open it too: two of them could ruin what is on it. Nothing was changed. Stop it first: docker stop ${check_by%% *}"
    done
  done || exit 1
}

# An image that is not here yet is fetched before the first copy is touched.
pull_images() {
  pull_wanted=$(config --images) || exit 1
  lines "$pull_wanted" | sort -u | while read -r pull_image; do
    docker image inspect "$pull_image" >/dev/null 2>&1 && continue
    say "fetching $pull_image"
    docker pull -q "$pull_image" >/dev/null || die "cannot fetch $pull_image; nothing was changed"
  done
}
