# ---- what Compose reads -----------------------------------------------------------------------------------------

dc() {
  docker compose --project-name "$project" --project-directory "$home" --env-file "$release/.env" \
    -f "$release/.ordered.yml" -f "$release/.kernel.yml" --profile rollout "$@"
}

# What Compose reads in the release. Why it refuses one it says itself.
config() { dc config "$@" || die "Compose refuses release $number, as it says above; nothing was changed. Variables for it stand in $home/.env"; }

# The plan orders starts. What stands there of the order makes a service look changed: it counts in the hash that
# "config --hash" gives, and not in the one that "up --no-deps" takes (Compose 2.26).
without_order() { awk '/^    depends_on:$/ { skip = 1; next } skip && /^      / { next } { skip = 0; print }' "$1"; }

# Settings of the kernel, where this host's has them: an unknown one keeps a container from starting.
kernel_settings() {
  kernel_version=$(docker info -f '{{.KernelVersion}}')
  kernel_before=
  kernel_lines=$(plan sysctl | while read -r kernel_service kernel_options; do
    at_least "$kernel_version" "$(option kernel $kernel_options)" || continue
    [ "$kernel_service" = "$kernel_before" ] || printf '  %s:\n    sysctls:\n' "$kernel_service"
    kernel_before=$kernel_service
    printf '      %s: "%s"\n' "$(option name $kernel_options)" "$(option value $kernel_options)"
  done)
  # Compose refuses a file with services that has none.
  if [ -n "$kernel_lines" ]; then printf 'services:\n%s\n' "$kernel_lines"; else echo 'services: {}'; fi
}

# Files of workloads are named by their content and never change, so that old copies keep theirs.
lay_files() {
  lay_balancers=$(plan balancer | while read -r lay_name _; do printf ' %s ' "$lay_name"; done)
  (cd "$release/config" && find . -type f) | while read -r lay_file; do
    case $lay_balancers in *" $(printf '%s' "$lay_file" | cut -d/ -f2) "*) continue ;; esac
    [ -e "$home/config/$lay_file" ] || put "$release/config/$lay_file" "$home/config/$lay_file" || exit 1
  done || die "cannot write to $home/config: is the disk full? Nothing was changed"
}
