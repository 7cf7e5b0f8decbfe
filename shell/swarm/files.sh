# ---- what the swarm reads ---------------------------------------------------------------------------------------

# Variables of the release, for what stands as ${NAME} in its files. A value is taken as it is, without quotes around.
export_variables() { # [file]
  while IFS= read -r variable_line || [ -n "$variable_line" ]; do
    variable_name=${variable_line%%=*}
    case $variable_name in '' | '#'* | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    variable_value=${variable_line#*=}
    case $variable_value in \"*\") variable_value=${variable_value#\"} variable_value=${variable_value%\"} ;; \'*\') variable_value=${variable_value#\'} variable_value=${variable_value%\'} ;; esac
    export "$variable_name=$variable_value"
  done <"${1:-$release/.env}"
}

stack() { # file [option...]
  stack_file=$1
  shift
  # Before variables are set, which may have the names of those of this script.
  # shellcheck disable=SC2086 # options are words
  set -- docker stack deploy --with-registry-auth ${CDK8S_HA_STACK_OPTIONS:-} "$@" -c "$stack_file" "$project"
  (cd "$release" && export_variables && "$@") >"$home/stack.log" 2>&1 </dev/null || {
    sed 's/^/    /' "$home/stack.log" >&2
    return 1
  }
}

# A file of the stack without some of its services. YAML quotes a name such as "on".
without() { # file services
  awk -v without=" $2 " '
    /^[^ ]/ { section = $1; skip = 0 }
    section == "services:" && /^  [^ ]/ { name = $1; gsub(/[":]/, "", name); skip = index(without, " " name " ") }
    !skip' "$1"
}
only() { without "$1" "$(services_in "$1" | grep -vxF -- "$2" | tr '\n' ' ')"; } # file services
services_in() { awk '/^[^ ]/ { section = $1 } section == "services:" && /^  [^ ]/ { gsub(/[":]/, "", $1); print $1 }' "$1"; }
