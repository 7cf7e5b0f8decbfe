#!/bin/sh
# Deploys this project with Docker Compose. New copies of a service stand beside the old ones and are healthy
# before those go, so that no request is lost.
#
#   deploy.sh [deploy]              deploys what lies beside this script
#   deploy.sh rollback [RELEASE]    the release before, or the one named: images, configuration and routes
#   deploy.sh status                what runs, and which release
#   deploy.sh history               all releases, and what came of them
#   deploy.sh logs [SERVICE]        follows the logs
#   deploy.sh secrets               which values are there and which are missing
#   deploy.sh secrets set NAME [--generate]
#                                   takes a value from standard input, or makes up one
#   deploy.sh gc                    removes files of old releases (each deployment does)
#   deploy.sh down                  stops everything; data and secrets stay
#   deploy.sh help                  this text
#
# It may be interrupted anywhere, even by KILL, and run again. It needs docker with Compose and nothing else.
# Nothing runs from the folder of this script, since the next synth replaces it: releases, configuration and
# secrets are kept below CDK8S_HA_HOME (/var/lib/cdk8s-ha, or .local/share/cdk8s-ha of a user who may not write
# there). A file .env in that folder's PROJECT gives variables; see .env.example. COMPOSE_PROJECT_NAME deploys
# under another name. What differs between projects stands in deploy.plan; this script is the same for all.
set -eu

# Whatever the caller, or .env, wants of Compose elsewhere: what a release does not have goes last, and by this script.
export COMPOSE_REMOVE_ORPHANS=false COMPOSE_COMPATIBILITY=false

main=compose.yml
home_suffix=
shared_driver=bridge shared_dot=.

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
#include compose/files.sh
#include compose/checks.sh
#include compose/networks.sh
#include compose/copies.sh
#include compose/successors.sh
#include compose/logs.sh
#include compose/volumes.sh
#include compose/steps.sh
#include compose/balancers.sh
#include compose/rollout.sh
#include compose/restore.sh

# ---- a deployment -----------------------------------------------------------------------------------------------

# A project is on one host, as its home is.
lock() { lock_home; }

deploy() { # number
  number=$1 release=$releases/$1 phase='' replacing='' drained=''
  trap interrupted INT TERM HUP
  rm -f "$home/followers"
  trap 'end_logs; unlock_home' EXIT
  without_order "$release/compose.yml" >"$release/.ordered.yml" && kernel_settings >"$release/.kernel.yml" ||
    die "cannot write to $release: is the disk full? Nothing was changed"
  check_alone
  check_home
  check_secrets
  check_certificates
  read_networks
  read_followed
  check_followed
  check_ranges
  check_disks
  pull_images
  lay_files
  make_networks
  if [ "$(current)" = "$number" ]; then say "$project: release $number"; else say "$project: release $number${was:+, after }$(current)"; fi
  if follow && run_plan; then
    drain_all_no_more
    leave_followed
    sweep
    settle_release "$number"
    collect
    hold_volumes
    say "$project: release $number is deployed"
    return
  fi
  deploy_left="see '$0 status'"
  if ! restore; then
    say "not all of it: run '$0 rollback $was', or deploy again"
  elif [ -n "$was" ] && [ "$was" != "$number" ] && [ -z "$restore_stays" ]; then
    deploy_left="release $was keeps serving"
  fi
  note "$number" failed
  say "$project: release $number FAILED; $deploy_left"
  exit 1
}

run_plan() {
  while read -r plan_verb plan_name plan_options <&3; do
    case $plan_verb in '' | '#'*) continue ;; esac
    run_line "$plan_verb" "$plan_name" $plan_options || return 1
  done 3<"$release/deploy.plan"
}

run_line() { # verb name options...
  line_verb=$1 line_name=$2
  shift 2
  case $line_verb in
    once) run_before "$line_name" "$(option for "$@")" ;;
    step) run_step "$line_name" ;;
    single) replace "$line_name" "$(option copies "$@")" "$(option wait "$@")" ;;
    rolling) roll "$line_name" "$(option copies "$@")" "$(option wait "$@")" "$(option settle "$@")" "$(option memory "$@")" ;;
    balancer)
      # It reads names of other projects when it is created.
      # shellcheck disable=SC2034 # eval has it
      line_projects=$(sed -n 's/^COMPOSE_PROJECT_NAME_/,/p' "$release/.env" | sort | tr -d '\n ')
      eval "set -- \"\$line_name\" \"\$(option wait \"\$@\")\" \"\$(option settle \"\$@\")\" \"\$(option body \"\$@\")\$line_projects\" \"\$(option networks \"\$@\")\" $(plan "reload $line_name")"
      feed "$@"
      ;;
  esac
}

# What ran before and is declared no more. No update is under way then.
sweep() {
  rm -f "$home"/rolling/* "$home"/config/*/stand-ins/*
  undeclared | while read -r sweep_service; do say "$sweep_service: removed"; remove "$sweep_service"; done
  leave_networks "$(cut -d' ' -f2 "$release/.networks")"
  leave_unused
}

interrupted() {
  trap '' INT TERM HUP
  patience=0
  if [ -n "$phase" ]; then retire_twin "$phase" || true; fi
  [ -z "$replacing" ] || say "$replacing: it was being replaced, and may be down"
  say 'interrupted: what served before keeps serving. Run it again to go on'
  exit 130
}

# Removes old releases, and files that none of the kept ones has.
collect() {
  forget_releases
  (cd "$home/config" && find . -path '*/stand-ins' -prune -o -type f -print) | while read -r collect_file; do
    collect_kept=
    for collect_release in "$releases"/*; do [ ! -e "$collect_release/config/$collect_file" ] || collect_kept=1; done
    [ -n "$collect_kept" ] || rm -f "$home/config/$collect_file"
  done
}

# ---- verbs of Compose -------------------------------------------------------------------------------------------

do_status() {
  use_current
  check_engine
  printf '%s: release %s\n\n' "$project" "$(current)"
  printf '%-32s %-8s %-10s %s\n' SERVICE READY RUNNING IMAGE
  dc config --services | sort | while read -r status_service; do
    status_ids=$(ids "$status_service")
    [ -n "$status_ids" ] || continue
    case $(docker inspect -f '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}' $status_ids | sort -u) in 'exited on-failure') continue ;; esac
    printf '%-32s %-8s %-10s %s\n' "$status_service" "$(count_good "$status_service")" "$(states "$status_service" | grep -c ^running || true)" \
      "$(docker inspect -f '{{.Config.Image}}' $status_ids | sort -u | tr '\n' ' ')"
  done
  for status_marker in "$home/rolling"/*; do
    [ ! -e "$status_marker" ] || printf '\n%s: an update was interrupted. Run %s again\n' "$(basename "$status_marker")" "$0"
  done
  status_volumes=$(volumes)
  [ -z "$status_volumes" ] || docker inspect "$project-volumes-guard" >/dev/null 2>&1 ||
    printf '\nNothing holds the volumes of %s: docker compose down -v would delete their data. To hold them:\n  %s\n' "$project" "$(guard_command "$status_volumes")"
}

do_logs() {
  use_current
  dc logs --follow --tail 100 "$@"
}

set_secret() { # name [--generate]
  read_secret "$@"
  check_value "$1" "$secret_file" || { rm -f "$secret_file"; exit 1; }
  set_place=$home/secrets/$(option file $secret_options)
  # The folder is closed to others, so a value that several users read may be open inside of it.
  set_user=$(option user $secret_options)
  if [ -n "$set_user" ] && chown "$set_user" "$secret_file" 2>/dev/null; then chmod 400 "$secret_file"; else chmod 444 "$secret_file"; fi
  set_before=
  [ ! -e "$set_place" ] || set_before=1
  mv "$secret_file" "$set_place"
  say "$1 is set"
  [ -z "$set_before" ] || say 'copies that run keep the old value until they start anew: change the version of the secret in the definition'
}

do_down() {
  use_current
  check_engine
  lock
  hold_volumes
  dc down --remove-orphans
  leave_networks ''
  rm -f "$home"/rolling/* "$home"/balancers/* "$home"/config/*/stand-ins/*
  say "$project is stopped. Its volumes and secrets stay"
}

#include common/verbs.sh

run_verb "$@"
