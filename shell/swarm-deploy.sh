#!/bin/sh
# Deploys this stack to a Docker Swarm, from one of its managers, and waits until it has converged.
#
#   deploy.sh [deploy]              deploys what lies beside this script
#   deploy.sh rollback [RELEASE]    the release before, or the one named: images, configuration and routes
#   deploy.sh status                what runs, and which release
#   deploy.sh history               all releases, and what came of them
#   deploy.sh logs SERVICE          follows the logs of a service
#   deploy.sh secrets               which values are there and which are missing
#   deploy.sh secrets set NAME [--generate]
#                                   takes a value from standard input, or makes up one
#   deploy.sh gc                    removes configs that no release needs any more (each deployment does)
#   deploy.sh down                  removes the stack; volumes and secrets stay
#   deploy.sh help                  this text
#
# It may be interrupted anywhere, even by KILL, and run again: Swarm goes on by itself. It needs docker and nothing
# else. Releases are kept below CDK8S_HA_HOME (/var/lib/cdk8s-ha, or .local/share/cdk8s-ha of a user who may not write
# there) of the manager where it runs. A file .env in that folder's PROJECT.swarm gives variables; see .env.example.
# CDK8S_HA_STACK_OPTIONS are more options of "docker stack deploy", such as "--resolve-image never".
set -eu

main="stack.yml before.yml"
home_suffix=.swarm
shared_driver=overlay shared_dot=_
# A stack is called like its chart, as its secrets, configs and links are.
unset COMPOSE_PROJECT_NAME

#include deploy-common.sh

# ---- Swarm ----------------------------------------------------------------------------------------------------

# Variables of the release, for what stands as ${NAME} in its files. A value is taken as it is, without quotes around.
export_variables() {
  while IFS= read -r variable_line || [ -n "$variable_line" ]; do
    variable_name=${variable_line%%=*}
    case $variable_name in '' | '#'* | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    variable_value=${variable_line#*=}
    case $variable_value in \"*\") variable_value=${variable_value#\"} variable_value=${variable_value%\"} ;; \'*\') variable_value=${variable_value#\'} variable_value=${variable_value%\'} ;; esac
    export "$variable_name=$variable_value"
  done <"$release/.env"
}

stack() { # file [option...]
  stack_file=$1
  shift
  # shellcheck disable=SC2086 # options are words
  (cd "$release" && export_variables && docker stack deploy --with-registry-auth ${CDK8S_HA_STACK_OPTIONS:-} "$@" -c "$stack_file" "$project") >"$home/stack.log" 2>&1 </dev/null || {
    sed 's/^/    /' "$home/stack.log" >&2
    return 1
  }
}

# ---- before anything is touched -------------------------------------------------------------------------------

check_engine() {
  check_docker
  case $(docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}' 2>/dev/null) in
    'active true') ;;
    'active '*) die 'this host is a worker of its swarm: run it on a manager' ;;
    *) die 'this host is in no swarm: docker swarm init, or docker swarm join' ;;
  esac
}

# A Compose project of this name has its volumes under the same names: two databases would write to one disk.
check_alone() {
  [ -z "$(docker ps -q --filter "label=com.docker.compose.project=$project")" ] ||
    die "the Compose project $project runs on this host, and its data must not be opened twice. Nothing was changed. Stop it first: its deploy.sh down"
}

missing_secrets() {
  plan secret | while read -r missing_name missing_options; do
    docker secret inspect "$(option name $missing_options)" >/dev/null 2>&1 || echo "$missing_name"
  done
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

# A stack is deployed in parts: a value that a later one needs must not be missed only then.
check_variables() {
  check_names=$(sed 's/\$\$//g' "$release/stack.yml" | grep -o '\${[A-Za-z_][A-Za-z0-9_]*:?' | tr -d '${:?' | sort -u)
  check_missing=$(export_variables
    for check_name in $check_names; do eval "[ -n \"\${$check_name:-}\" ]" || echo "$check_name"; done)
  [ -z "$check_missing" ] ||
    die "required variable $(lines "$check_missing" | head -n 1) is missing a value. Nothing was changed. Give it in $home/.env, see .env.example"
}

# ---- networks -------------------------------------------------------------------------------------------------

make_networks() {
  plan network >"$home/networks"
  while read -r make_wanted make_options <&4; do
    # shellcheck disable=SC2086 # options are words
    make_network "$make_wanted" $make_options
  done 4<"$home/networks"
}

# Shared networks that no service of any stack has any more, but for those that stay. Tasks of services that are gone
# may take a while to end.
leave_networks() { # networks that stay, one a line
  shared_networks | while read -r leave_name; do
    if has_line "$1" "$leave_name" || is_used "$leave_name"; then continue; fi
    leave_until=$(($(date +%s) + 60))
    until docker network rm "$leave_name" >/dev/null 2>&1 || [ "$(date +%s)" -ge "$leave_until" ]; do sleep 2; done
  done
}

is_used() {
  used_services=$(docker service ls -q)
  [ -n "$used_services" ] || return 1
  used_id=$(docker network inspect -f '{{.ID}}' "$1")
  # shellcheck disable=SC2086 # one word for each service
  docker service inspect -f '{{range .Spec.TaskTemplate.Networks}}{{.Target}} {{end}}' $used_services | grep -qF "$used_id"
}

# ---- services -------------------------------------------------------------------------------------------------

# Whether the swarm says that there is no such service. While it picks another leader it says nothing.
is_gone() { case $(docker service inspect "$1" 2>&1 >/dev/null) in *'no such service'* | *'not found'*) ;; *) return 1 ;; esac; }

# What a service has come to: converged, waiting, or failed with the reason.
state_of() {
  state_update=$(docker service inspect -f '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}} {{if .Spec.Mode.Replicated}}{{.Spec.Mode.Replicated.Replicas}}{{end}}' "$1" 2>/dev/null) || { if is_gone "$1"; then echo 'failed is gone'; else echo 'waiting for an answer'; fi; return; }
  state_wanted=${state_update#* } state_update=${state_update%% *}
  case $state_update in
    rollback_completed | rollback_paused | paused) echo "failed $state_update"; return ;;
    updating | rollback_started) echo "waiting $state_update"; return ;;
  esac
  # Of copies on a node that is lost Swarm still says that they run, but no longer that they are to.
  state_tasks=$(docker service ps --no-resolve --filter desired-state=running --format '{{.CurrentState}}' "$1")
  state_running=$(printf '%s\n' "$state_tasks" | grep -c '^Running' || true)
  # Of one that runs on every host: none at all is none that is fit for it.
  [ -n "$state_wanted" ] || state_wanted=$(printf '%s\n' "${state_tasks:-none}" | grep -c .)
  if [ "$state_running" = "$state_wanted" ]; then echo converged; else echo "waiting $state_running/$state_wanted"; fi
}

# Waits until all services of this release have converged; the outcome of an update before this one does not count.
converge() { # file with services, seconds
  converge_until=$(($(date +%s) + $2)) converge_failed='' converge_said='' converge_steady=0
  # An update begins a moment after it was asked for.
  while [ "$converge_steady" -lt 3 ]; do
    sleep 1
    converge_waiting=''
    while read -r converge_name converge_before <&3; do
      converge_state=$(state_of "${project}_$converge_name")
      case $converge_state in
        converged) ;;
        failed*)
          if [ "$converge_before" = "$(started_at "${project}_$converge_name")" ]; then continue; fi
          has_line "$converge_failed" "$converge_name" || { say "$converge_name: ${converge_state#failed }"; converge_failed="$converge_failed$converge_name
"; } ;;
        *) converge_waiting="$converge_waiting $converge_name (${converge_state#waiting })" ;;
      esac
    done 3<"$1"
    if [ -z "$converge_waiting" ]; then converge_steady=$((converge_steady + 1)); continue; fi
    converge_steady=0
    if [ "$converge_waiting" != "$converge_said" ]; then say "waiting for$converge_waiting"; converge_said=$converge_waiting; fi
    if [ "$(date +%s)" -ge "$converge_until" ]; then
      say "not converged after $2 s:$converge_waiting"
      for converge_name in $(printf '%s' "$converge_waiting" | sed 's/([^)]*)//g'); do explain "$converge_name"; done
      return 1
    fi
  done
  [ -z "$converge_failed" ] || { for converge_name in $converge_failed; do explain "$converge_name"; done; return 1; }
}

started_at() { docker service inspect -f '{{if .UpdateStatus}}{{.UpdateStatus.StartedAt}}{{end}}' "$1" 2>/dev/null || true; }

# Services of a verb, each with the update that it had before.
watch() { # verb...
  for watch_verb; do
    plan "$watch_verb" | while read -r watch_name _; do
      printf '%s %s\n' "$watch_name" "$(started_at "${project}_$watch_name")"
    done
  done
}

# Why tasks did not get ready.
explain() {
  # Of the tasks that are to stand still, the youngest is one of the new version.
  explain_task=$(docker service ps -q --no-trunc --filter desired-state=shutdown "${project}_$1" 2>/dev/null |
    while read -r explain_one; do docker inspect --type task -f '{{.CreatedAt}} {{.ID}}' "$explain_one" 2>/dev/null || true; done | sort | tail -n 1 | cut -d' ' -f5)
  [ -n "$explain_task" ] || explain_task=$(docker service ps -q --no-trunc "${project}_$1" 2>/dev/null | head -n 1)
  [ -n "$explain_task" ] || return 0
  docker inspect --type task -f '    task: {{.Status.State}} {{.Status.Err}} {{.Status.Message}}' "$explain_task" >&2 || true
  docker service logs --raw --tail 8 "$explain_task" 2>&1 | sed 's/^/    log: /' >&2 || true
}

# ---- volumes --------------------------------------------------------------------------------------------------

# Nodes that may start something: none that is lost, drained or paused.
fit_nodes() { docker node ls --format '{{.ID}} {{.Status}} {{.Availability}}' | sed -n 's/ Ready Active$//p' | tr '\n' ' '; }

# On how many of them volumes are handed over, and how the rest stands: done, failed, running or waiting.
handover_state() { # service
  docker service ps --no-resolve --format '{{.CurrentState}} on {{.Node}}' "$1" 2>/dev/null | awk -v nodes=" $hand_nodes " '
    !index(nodes, " " $NF " ") || seen[$NF]++ { next } # the youngest task of a node comes first
    { all++; count[$1]++ }
    END {
      ended = count["Failed"] + count["Rejected"]
      state = "waiting"
      if (all && count["Complete"] == all) state = "done"
      else if (count["Running"]) state = "running"
      else if (ended && count["Complete"] + ended == all) state = "failed"
      printf "%s %d/%d\n", state, count["Complete"], all
    }'
}

# A task that has ended stays so, whatever became of its node or of its volume: each deployment begins anew.
forget_handovers() { plan handover | while read -r forget_name; do docker service rm "${project}_$forget_name" >/dev/null 2>&1 || true; done; }

# Hands volumes over wherever copies may run, before any copy that must write to them is started.
hand_over() {
  plan handover >"$home/handovers"
  [ -s "$home/handovers" ] || return 0
  forget_handovers
  without "$release/stack.yml" "$(services_in "$release/stack.yml" | grep -vxFf "$home/handovers" | tr '\n' ' ')" >"$release/.handover.yml"
  stack .handover.yml || return 1
  hand_until=$(($(date +%s) + $(plan wait))) hand_said='' hand_steady=0 hand_still=0
  # Tasks are made a moment after they were asked for.
  while [ "$hand_steady" -lt 3 ]; do
    sleep 1
    hand_nodes=$(fit_nodes)
    hand_waiting='' hand_running='' hand_failed=''
    while read -r hand_name <&3; do
      hand_state=$(handover_state "${project}_$hand_name")
      case $hand_state in done*) continue ;; running*) hand_running=1 ;; failed*) hand_failed=1 ;; esac
      hand_waiting="$hand_waiting $hand_name (${hand_state#* })"
    done 3<"$home/handovers"
    if [ -z "$hand_waiting" ]; then hand_steady=$((hand_steady + 1)); continue; fi
    hand_steady=0
    if [ "$hand_waiting" != "$hand_said" ]; then say "waiting for$hand_waiting"; hand_said=$hand_waiting; fi
    # As with steps: Swarm tries again a second after a failure, and what runs may take its time.
    if [ -n "$hand_failed" ]; then hand_still=$((hand_still + 1)); else hand_still=0; fi
    [ "$hand_still" -lt "$still" ] && { [ -n "$hand_running" ] || [ "$(date +%s)" -lt "$hand_until" ]; } && continue
    say "volumes are not handed over:$hand_waiting"
    for hand_name in $(printf '%s' "$hand_waiting" | sed 's/([^)]*)//g'); do
      hand_tasks=$(docker service ps --no-trunc --format '    {{.Node}}: {{.CurrentState}} {{.Error}}' "${project}_$hand_name")
      lines "${hand_tasks:-    no node that may run it is ready and active}" | grep -v ': Complete' | head -n 3 >&2
      docker service logs --raw --tail 12 "${project}_$hand_name" 2>&1 | sed 's/^/    log: /' >&2
    done
    return 1
  done
}

# ---- a deployment ---------------------------------------------------------------------------------------------

# Steps of the release that have not ended well yet.
steps_left() { plan step | while read -r left_step _; do [ -e "$release/steps/$left_step" ] || echo "$left_step"; done; }

# A file of the stack without some of its services. YAML quotes a name such as "on".
without() { # file services
  awk -v without=" $2 " '
    /^[^ ]/ { section = $1; skip = 0 }
    section == "services:" && /^  [^ ]/ { name = $1; gsub(/[":]/, "", name); skip = index(without, " " name " ") }
    !skip' "$1"
}
services_in() { awk '/^[^ ]/ { section = $1 } section == "services:" && /^  [^ ]/ { gsub(/[":]/, "", $1); print $1 }' "$1"; }

# Deploys data, and the steps that this release has not started yet. Steps of another release have the same names.
start_steps() {
  start_release=$(cat "$home/stepping" 2>/dev/null || true) start_now='' start_not=''
  for start_step in $(plan step | cut -d' ' -f1); do
    if [ -e "$release/steps/$start_step" ]; then
      start_not="$start_not $start_step"
    elif [ "$start_release" = "$number" ] && ! is_gone "${project}_$start_step"; then
      say "$start_step: it was started before, waiting for its end"
      start_not="$start_not $start_step"
    else
      docker service rm "${project}_$start_step" >/dev/null 2>&1 || true
      start_now=1
    fi
  done
  [ -n "$start_now" ] || return 0
  printf '%s\n' "$number" >"$home/stepping"
  without "$release/before.yml" "$start_not" >"$release/.before.yml"
  stack .before.yml
}

still=10 # seconds

# Whether a step has found no node, or no image, for as long as an update may take. One that runs may take its time.
waits_in_vain() { # state
  case $1 in Running*) return 1 ;; esac
  [ "$(date +%s)" -ge "$step_until" ]
}

# A release step runs to its end once a release, before the new copies.
run_steps() {
  plan step >"$home/steps"
  while read -r step_name step_options <&3; do
    [ ! -e "$release/steps/$step_name" ] || continue
    step_service=${project}_$step_name
    say "$step_name: running"
    step_until=$(($(date +%s) + $(plan wait))) step_still=0
    while :; do
      step_state=$(docker service ps --format '{{.CurrentState}}' "$step_service" 2>/dev/null | head -n 1)
      case $step_state in Complete*) break ;; esac
      # Swarm tries again a second after a failure; when it does no more, that was the last one.
      case $step_state in Failed*) step_still=$((step_still + 1)) ;; Rejected*) step_still=$still ;; *) step_still=0 ;; esac
      step_tasks=$(docker service ps -q "$step_service" | wc -l)
      if [ "$step_tasks" -gt "$(option attempts $step_options)" ] || [ "$step_still" -ge "$still" ] || waits_in_vain "$step_state"; then
        say "$step_name: failed"
        docker service ps --no-trunc --format '    {{.CurrentState}} {{.Error}}' "$step_service" | head -n 3 >&2
        docker service logs --raw --tail 12 "$step_service" 2>&1 | sed 's/^/    log: /' >&2
        rm -f "$home/stepping"
        return 1
      fi
      sleep 1
    done
    : >"$release/steps/$step_name"
    say "$step_name: done"
  done 3<"$home/steps"
}

# Volumes first, then data, then what prepares the release, then all of it.
run_release() {
  hand_over || return 1
  if [ -n "$(steps_left)" ]; then
    watch early >"$home/watched"
    start_steps && converge "$home/watched" "$(plan wait)" && run_steps || return 1
  fi
  watch early service >"$home/watched"
  stack stack.yml --prune || return 1
  converge "$home/watched" "$(plan wait)"
}

# Swarm has brought back the services that failed; the others go back with them. But what keeps data stays with the new
# version, which may have written what the one before cannot read: so no service is pruned that is only left out here.
go_back() {
  say "$project: back to release $was"
  release=$releases/$was
  forget_handovers
  back_data=$(plan early | cut -d' ' -f1)
  without "$release/stack.yml" "$(lines "$back_data" | tr '\n' ' ')" >"$release/.back.yml"
  watch service >"$home/watched"
  [ -z "$(services_in "$release/.back.yml")" ] || stack .back.yml || return 1
  back_declared=$(services_in "$release/stack.yml")
  for back_service in $(docker service ls --filter "label=com.docker.stack.namespace=$project" --format '{{.Name}}'); do
    has_line "$back_declared" "${back_service#"${project}_"}" || docker service rm "$back_service" >/dev/null || return 1
  done
  back_stays=''
  for back_service in $back_data; do
    ! has_line "$(cat "$home/data")" "$back_service $(started_at "${project}_$back_service")" || continue
    back_stays=1
    say "$back_service: left as it is, since it keeps data: with release $number, as far as that had come. To go back with it all the same: $0 rollback $was"
  done
  converge "$home/watched" "$(plan wait)"
}

interrupted() {
  trap '' INT TERM HUP
  say 'interrupted: Swarm goes on by itself. Run it again to see the outcome'
  exit 130
}

deploy() { # number
  number=$1 release=$releases/$1
  trap interrupted INT TERM HUP
  check_alone
  check_secrets
  check_certificates
  check_labels
  check_variables
  make_networks
  if [ "$(current)" = "$number" ]; then say "$project: release $number"; else say "$project: release $number${was:+, after }$was"; fi
  # A service that keeps data does not go back: whether it was updated, tells the update that it had before.
  [ -z "$was" ] || (release=$releases/$was; watch early) >"$home/data"
  if run_release; then
    settle_release "$number"
    leave_networks "$(plan network | cut -d' ' -f1)"
    collect
    say "$project: release $number is deployed"
    return
  fi
  note "$number" failed
  deploy_left="see '$0 status'"
  if [ -n "$was" ] && [ "$was" != "$number" ] && go_back && [ -z "$back_stays" ]; then deploy_left="release $was keeps serving"; fi
  say "$project: release $number FAILED; $deploy_left"
  exit 1
}

# Configs are immutable; those of kept releases stay, so that a rollback finds them.
collect() {
  forget_releases
  cat "$releases"/*/stack.yml >"$home/stacks"
  docker config ls --filter "label=com.docker.stack.namespace=$project" --format '{{.Name}}' | while read -r collect_config; do
    grep -qF "$collect_config" "$home/stacks" || docker config rm "$collect_config" >/dev/null 2>&1 || true
  done
}

# ---- verbs of Swarm -------------------------------------------------------------------------------------------

do_status() {
  use_current
  check_engine
  printf '%s: release %s\n\n' "$project" "$(current)"
  docker stack services --format 'table {{.Name}}\t{{.Replicas}}\t{{.Image}}' "$project"
}

do_logs() {
  use_current
  [ $# -gt 0 ] || die "which service? $(plan early | cut -d' ' -f1 | tr '\n' ' ')$(plan service | cut -d' ' -f1 | tr '\n' ' ')"
  docker service logs --follow --tail 100 "${project}_$1"
}

set_secret() { # name [--generate]
  read_secret "$@"
  set_name=$(option name $secret_options)
  if docker secret inspect "$set_name" >/dev/null 2>&1; then
    rm -f "$secret_file"
    die "$set_name is set, and a secret of a swarm does not change: give it a new version in the definition, synth, and set that"
  fi
  check_value "$1" "$secret_file" || { rm -f "$secret_file"; exit 1; }
  docker secret create "$set_name" "$secret_file" >/dev/null || { rm -f "$secret_file"; exit 1; }
  rm -f "$secret_file"
  say "$1 is set"
}

do_down() {
  use_current
  check_engine
  lock
  docker stack rm "$project"
  # Tasks end after their services: who is told that all is stopped may open the data at once.
  down_until=$(($(date +%s) + $(plan wait)))
  while [ -n "$(docker ps -q --filter "label=com.docker.stack.namespace=$project")" ]; do
    [ "$(date +%s)" -lt "$down_until" ] || die "containers of $project still run on this host: docker ps --filter label=com.docker.stack.namespace=$project"
    sleep 1
  done
  # A deployment would take a network for its own that is about to go; what somebody else still uses stays.
  down_until=$(($(date +%s) + 10))
  while [ -n "$(docker network ls -q --filter "label=com.docker.stack.namespace=$project")" ] && [ "$(date +%s)" -lt "$down_until" ]; do sleep 1; done
  leave_networks ''
  say "$project is removed. Its volumes and secrets stay"
}

run_verb "$@"
