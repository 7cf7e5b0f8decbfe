# ---- words ------------------------------------------------------------------------------------------------------

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
has_line() { printf '%s\n' "$1" | grep -qxF -- "$2"; }

# The value of KEY=VALUE among the words that follow.
option() {
  option_key=$1
  shift
  for option_word; do
    case $option_word in "$option_key"=*) printf '%s\n' "${option_word#*=}" ;; esac
  done
}
