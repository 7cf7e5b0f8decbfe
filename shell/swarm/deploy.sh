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
# It may be interrupted anywhere, even by KILL, and run again: Swarm goes on by itself. Deployments from two managers
# wait for each other. It needs docker and nothing else. Releases are kept below CDK8S_HA_HOME (/var/lib/cdk8s-ha, or
# .local/share/cdk8s-ha of a user who may not write there) of the manager where it runs. A file .env in that folder's
# PROJECT.swarm gives variables; see .env.example.
# CDK8S_HA_STACK_OPTIONS are more options of "docker stack deploy", such as "--resolve-image never".
set -eu

main="stack.yml before.yml"
home_suffix=.swarm
shared_driver=overlay shared_dot=_
# A stack is called like its chart, as its secrets, configs and links are.
unset COMPOSE_PROJECT_NAME

# The parts in common ask for what differs: main, the files that are deployed, the first of them always there; home_suffix,
# what the folder of the project ends with; lock, check_engine, missing_secrets, has_variable, set_secret, deploy and collect.

#include common/words.sh
#include common/places.sh
#include common/lock.sh
#include common/docker.sh
#include common/networks.sh
#include common/releases.sh
#include common/secrets.sh
#include common/certificates.sh
#include swarm/lock.sh
#include swarm/files.sh
#include swarm/checks.sh
#include swarm/networks.sh
#include swarm/services.sh
#include swarm/handover.sh
#include swarm/steps.sh

# ---- a deployment -----------------------------------------------------------------------------------------------

deploy() { # number
  number=$1 release=$releases/$1
  trap interrupted INT TERM HUP
  check_alone
  check_secrets
  check_certificates
  check_labels
  check_nodes
  check_options
  check_variables
  end_steps
  check_ended
  make_networks
  if [ "$(current)" = "$number" ]; then say "$project: release $number"; else say "$project: release $number${was:+, after }$was"; fi
  say_followed
  # A service that keeps data does not go back: whether it was updated, tells what it was before.
  [ -z "$was" ] || (release=$releases/$was; data_services) >"$home/data"
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

# Volumes first, then data, then what prepares the release, then all of it.
run_release() {
  hand_over || return 1
  if [ -n "$(steps_left)" ]; then
    deploy_data && run_steps || return 1
  fi
  watch early service >"$home/watched"
  stack stack.yml --prune || return 1
  converge "$home/watched" "$(plan wait)"
}

deploy_data() {
  watch early >"$home/watched"
  without "$release/before.yml" "$(plan step | cut -d' ' -f1 | tr '\n' ' ')" >"$release/.data.yml"
  [ -z "$(services_in "$release/.data.yml")" ] || stack .data.yml || return 1
  converge "$home/watched" "$(plan wait)"
}

# Services that keep data, each with what it is. An update of it says less: Swarm forgets it with the next deployment.
data_services() {
  plan early | while read -r data_name; do
    printf '%s %s\n' "$data_name" "$(docker service inspect -f '{{json .Spec.TaskTemplate}}' "${project}_$data_name" 2>/dev/null || true)"
  done
}

# Swarm has brought back the services that failed; the others go back with them. But what keeps data stays with the new
# version, which may have written what the one before cannot read: so no service is pruned that is only left out here.
go_back() {
  say "$project: back to release $was"
  back_steps=$(plan step | cut -d' ' -f1)
  release=$releases/$was
  forget_handovers
  back_data=$(plan early | cut -d' ' -f1)
  without "$release/stack.yml" "$(lines "$back_data" | tr '\n' ' ')" >"$release/.back.yml"
  watch service >"$home/watched"
  [ -z "$(services_in "$release/.back.yml")" ] || stack .back.yml || return 1
  back_declared=$(services_in "$release/stack.yml")
  for back_service in $(docker service ls --filter "label=com.docker.stack.namespace=$project" --format '{{.Name}}'); do
    back_name=${back_service#"${project}_"}
    ! has_line "$back_declared" "$back_name" || continue
    if has_line "$back_steps" "$back_name" && is_at_work "$back_service"; then
      # It was tried once more.
      say "$back_name: left as it is, since it runs, and is not to be cut off in the middle"
      continue
    fi
    docker service rm "$back_service" >/dev/null || return 1
  done
  back_stays=''
  data_services >"$home/data.now"
  for back_service in $(grep -vxFf "$home/data" "$home/data.now" | cut -d' ' -f1); do
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

# Configs are immutable; those of kept releases stay, so that a rollback finds them.
collect() {
  forget_releases
  cat "$releases"/*/stack.yml >"$home/stacks"
  docker config ls --filter "label=com.docker.stack.namespace=$project" --format '{{.Name}}' | while read -r collect_config; do
    grep -qF "$collect_config" "$home/stacks" || docker config rm "$collect_config" >/dev/null 2>&1 || true
  done
}

# ---- verbs of Swarm ---------------------------------------------------------------------------------------------

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
  down_services=$(docker service ls --filter "label=com.docker.stack.namespace=$project" --format '{{.Name}}')
  # shellcheck disable=SC2086 # one word for each service
  [ -z "$down_services" ] || docker service rm $down_services >/dev/null
  # Who is told that all is stopped may open the data at once.
  down_until=$(($(date +%s) + $(plan wait))) down_said=''
  while :; do
    down_left=$(left_on)
    [ -n "$down_left" ] || [ -z "$(docker ps -q --filter "label=com.docker.stack.namespace=$project")" ] || down_left='this host'
    [ -n "$down_left" ] || break
    [ "$down_left" = "$down_said" ] || say "waiting until all has ended on $down_left"
    down_said=$down_left
    [ "$(date +%s)" -lt "$down_until" ] || die "what ran on $down_left has not ended, so its data may still be open there. See what is left: docker stack ps $project. When it has ended, run this again. A host that is lost for good: docker node rm --force NODE"
    sleep 1
  done
  # Its networks last: a task that ends without one of them keeps its addresses in those that are left.
  docker stack rm "$project"
  # A deployment would take a network for its own that is about to go; what somebody else still uses stays.
  down_until=$(($(date +%s) + 10))
  while [ -n "$(docker network ls -q --filter "label=com.docker.stack.namespace=$project")" ] && [ "$(date +%s)" -lt "$down_until" ]; do sleep 1; done
  leave_networks ''
  say "$project is removed. Its volumes and secrets stay"
}

#include common/verbs.sh

run_verb "$@"
