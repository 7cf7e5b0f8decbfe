# ---- networks ---------------------------------------------------------------------------------------------------

# Names of shared networks hang on those of other projects, which variables may give.
make_networks() {
  plan network >"$release/.network-plan"
  : >"$release/.networks"
  [ -s "$release/.network-plan" ] || return 0
  make_config=$(config) || exit 1
  lines "$make_config" | awk '/^[^ ]/ { section = $1 } section != "networks:" { next } /^  [^ ]/ { key = $1 } /^    name: / { sub(/:$/, "", key); print key, $2 }' >"$release/.networks"
  while read -r make_key make_options <&4; do
    # shellcheck disable=SC2086 # options are words
    make_network "$(network_name "$make_key")" $make_options
  done 4<"$release/.network-plan"
}

network_name() { awk -v key="$1" '$1 == key { print $2 }' "$release/.networks"; }

# Shared networks that no project has any more but for those of this release. A container that is stopped has them too:
# without its networks it would not start again.
leave_networks() { # networks that stay, one a line
  shared_networks | while read -r leave_name; do
    has_line "$1" "$leave_name" || [ -n "$(docker ps -aq --filter "network=$leave_name")" ] || docker network rm "$leave_name" >/dev/null 2>&1 || true
  done
}
