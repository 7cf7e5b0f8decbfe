# ---- before anything is touched ---------------------------------------------------------------------------------

check_engine() {
  check_docker
  case $(docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}' 2>/dev/null) in
    'active true') ;;
    'active '*) die 'this host is a worker of its swarm: run it on a manager' ;;
    *) die 'this host is in no swarm: docker swarm init, or docker swarm join' ;;
  esac
}

# Without a leader the swarm knows of no secret and of no label, which are not missing for that.
check_leader() {
  check_reason=$(docker node ls -q 2>&1 >/dev/null) || die "the swarm does not answer. Nothing was changed: $check_reason"
}

# A Compose project of this name has its volumes under the same names: two databases would write to one disk.
check_alone() {
  [ -z "$(docker ps -q --filter "label=com.docker.compose.project=$project")" ] ||
    die "the Compose project $project runs on this host, and its data must not be opened twice. Nothing was changed. Stop it first: its deploy.sh down"
}

missing_secrets() {
  check_leader
  plan secret | while read -r missing_name missing_options; do
    docker secret inspect "$(option name $missing_options)" >/dev/null 2>&1 || echo "$missing_name"
  done
}

# Whether a variable has a value.
has_variable() { # name
  (if [ -e "$home/.env" ]; then export_variables "$home/.env"; fi
    eval "[ -n \"\${$1:-}\" ]")
}

# Where a label decides which nodes may run something, some node must have it and be there; where data lies there, one node
# alone: on another one a database would start with an empty disk.
check_labels() {
  plan label >"$home/labels"
  # shellcheck disable=SC2046 # one word for each node
  docker node inspect -f "{{\$state := .Status.State}}{{range \$k, \$v := .Spec.Labels}}{{\$state}} {{\$k}}={{\$v}}{{\"\n\"}}{{end}}" $(docker node ls -q) >"$home/nodes"
  while read -r label_for label_nodes label_name <&3; do
    label_count=$(cut -d' ' -f2- "$home/nodes" | grep -cxF -- "$label_name" || true)
    [ "$label_count" -gt 0 ] || die "no node has the label $label_name, so $label_for cannot run. Nothing was changed. Give it to a node:
  docker node update --label-add '$label_name' NODE"
    [ "$label_nodes" = any ] || [ "$label_count" -eq 1 ] ||
      die "$label_count nodes have the label $label_name, and the data of $label_for lies on one of them: on another it would start empty. Nothing was changed. Leave it on one:
  docker node update --label-rm ${label_name%%=*} NODE"
    has_line "$(cat "$home/nodes")" "ready $label_name" ||
      die "no node with the label $label_name is ready, so $label_for cannot run. Nothing was changed. See which are lost:
  docker node ls"
  done 3<"$home/labels"
}

# Swarm takes a host's name in any case.
check_nodes() {
  plan host >"$home/placed"
  [ -s "$home/placed" ] || return 0
  # shellcheck disable=SC2046 # one word for each node
  docker node inspect -f '{{.Status.State}} {{.Description.Hostname}}' $(docker node ls -q) >"$home/hosts"
  while read -r host_for host_name <&3; do
    cut -d' ' -f2- "$home/hosts" | grep -qixF -- "$host_name" || die "no node is called $host_name, so $host_for cannot run. Nothing was changed. See what they are called:
  docker node ls"
    grep -qixF -- "ready $host_name" "$home/hosts" || die "the node $host_name is not ready, so $host_for cannot run. Nothing was changed. See which are lost:
  docker node ls"
  done 3<"$home/placed"
}

check_options() {
  case " ${CDK8S_HA_STACK_OPTIONS:-} " in
    *' --prune'*) die 'CDK8S_HA_STACK_OPTIONS cannot have --prune: a stack is deployed in parts, and each would remove all others. Nothing was changed. Leave it out: what is no longer declared is removed anyway' ;;
  esac
}

# A stack is deployed in parts: a value that a later one needs must not be missed only then. And what tells docker where to work,
# or the shell where docker is, is no variable of a stack.
check_variables() {
  check_taken=$(sed -n 's/=.*//p' "$release/.env" | grep -xE 'PATH|HOME|IFS|UID|EUID|PPID|(DOCKER|LD)_.*' | head -n 1)
  [ -z "$check_taken" ] ||
    die "$home/.env sets $check_taken, by which docker itself is run. Nothing was changed. Give it another name there, and in the definition"
  check_names=$(sed 's/\$\$//g' "$release/stack.yml" | grep -o '\${[A-Za-z_][A-Za-z0-9_]*:?' | tr -d '${:?' | sort -u)
  # shellcheck disable=SC2086 # one word for each name
  check_missing=$(set -- $check_names; export_variables
    for check_name; do eval "[ -n \"\${$check_name:-}\" ]" || echo "$check_name"; done)
  [ -z "$check_missing" ] ||
    die "required variable $(lines "$check_missing" | head -n 1) is missing a value. Nothing was changed. Give it in $home/.env, see .env.example"
}

# What a "down" before removed, that was interrupted for one, may still have the data open.
check_ended() {
  ended_until=$(($(date +%s) + $(plan wait))) ended_said=''
  while ended_left=$(left_on removed); [ -n "$ended_left" ]; do
    [ "$ended_left" = "$ended_said" ] || say "waiting until what was removed has ended on $ended_left"
    ended_said=$ended_left
    [ "$(date +%s)" -lt "$ended_until" ] || die "what was removed has not ended on $ended_left, so its data may still be open there. Nothing was changed. See what is left: docker stack ps $project"
    sleep 1
  done
}
