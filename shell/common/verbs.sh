# ---- verbs of both ----------------------------------------------------------------------------------------------

do_deploy() {
  [ -r "$here/${main%% *}" ] && [ -r "$here/deploy.plan" ] || die "there is no ${main%% *} beside $0: run it where cdk8s synth wrote it"
  [ ! -e "$here/.env" ] || die "$here/.env is not read, and the next synth removes it. Nothing was changed. Move it: mv $here/.env $home/.env"
  check_engine
  lock
  was=$(current)
  keep_release
  deploy "$number"
}

do_rollback() {
  use_current
  check_engine
  lock
  was=$(current)
  find_rollback "$@"
  deploy "$number"
}

do_gc() {
  check_docker
  lock
  # What lies there without a release of this home may be another one's.
  if [ -n "$(ls "$releases" 2>/dev/null)" ]; then collect; else say "$project was never deployed: there is nothing to remove"; fi
}

do_history() { cat "$home/history" 2>/dev/null || echo "$project was never deployed"; }

do_secrets() {
  [ -r "$here/deploy.plan" ] || use_current
  case ${1:-list} in
    list) list_secrets ;;
    set) shift; set_secret "$@" ;;
    *) die "secrets cannot '$1': it is 'secrets' or 'secrets set NAME [--generate]'" ;;
  esac
}

run_verb() {
  verb=${1:-deploy}
  [ $# -eq 0 ] || shift
  case $verb in
    help | --help | -h) sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"; return ;;
    deploy | rollback | status | history | logs | secrets | gc | down) ;;
    *) die "there is no '$verb': it is deploy, rollback, status, history, logs, secrets, gc, down or help" ;;
  esac
  find_home
  "do_$verb" "$@"
}
