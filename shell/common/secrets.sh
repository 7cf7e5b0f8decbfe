# ---- secrets ----------------------------------------------------------------------------------------------------

check_secrets() {
  check_missing=$(missing_secrets)
  [ -z "$check_missing" ] && return
  printf 'error: values of secrets are missing, and nothing was changed. Give each:\n' >&2
  for check_name in $check_missing; do printf '  %s secrets set %s --generate   # or from standard input\n' "$0" "$check_name" >&2; done
  exit 1
}

list_secrets() {
  list_missing=$(missing_secrets)
  plan secret | while read -r list_name _; do
    if has_line "$list_missing" "$list_name"; then printf '%-32s missing\n' "$list_name"; else printf '%-32s set\n' "$list_name"; fi
  done
  plan variable | while read -r list_name list_options; do
    list_variable=$(option name $list_options)
    list_state=$(if has_variable "$list_variable"; then echo set; else echo missing; fi)
    printf '%-32s %-8s the variable %s of %s\n' "$list_name" "$list_state" "$list_variable" "$home/.env"
  done
}

# What stands in the plan of secret $1, and the variable that containers get it as, if they do.
options_of() { plan "${2:-secret}" | while read -r options_secret options_rest; do [ "$options_secret" != "$1" ] || printf '%s\n' "$options_rest"; done; }
# shellcheck disable=SC2046 # options are words
variable_of() { option name $(options_of "$1" variable); }

# The value of secret $1 in the file secret_file, from standard input or made up.
read_secret() { # name [--generate]
  [ $# -gt 0 ] || die 'which secret? secrets set NAME [--generate]'
  case ${2:-} in '' | --generate) ;; *) die "secrets set has no '$2': it is 'secrets set NAME [--generate]'" ;; esac
  secret_options=$(options_of "$1")
  secret_variable=$(variable_of "$1")
  if [ -z "$secret_options" ]; then
    [ -z "$secret_variable" ] || die "'$1' is the variable $secret_variable, which deploy.sh only reads. Nothing was changed. Write it to $home/.env, in single quotes, and deploy: $secret_variable='VALUE'"
    die "there is no secret '$1'; there are: $({ plan secret; plan variable; } | cut -d' ' -f1 | tr '\n' ' ')"
  fi
  # Of this process alone: values that are set at the same time must not mix.
  secret_file=$home/secrets/.new.$$ secret_hidden=
  trap 'rm -f "$secret_file"; [ -z "$secret_hidden" ] || stty echo; exit 130' INT TERM HUP
  secret_full="cannot write to $home: is the disk full? '$1' is as it was"
  if [ "${2:-}" = --generate ]; then
    head -c 32 /dev/urandom | base64 | tr -d '\n=' >"$secret_file" || die "$secret_full"
  elif [ -t 0 ]; then
    printf 'value of %s, one line (of several: %s secrets set %s <FILE): ' "$1" "$0" "$1" >&2
    secret_hidden=1
    stty -echo
    IFS= read -r secret_value || true
    stty echo
    secret_hidden=
    printf '\n' >&2
    printf '%s' "$secret_value" >"$secret_file" || die "$secret_full"
  else
    cat >"$secret_file" || { rm -f "$secret_file"; die "$secret_full"; }
  fi
  [ -s "$secret_file" ] || { rm -f "$secret_file"; die "the value of '$1' is empty: nothing was changed"; }
  if [ "$(wc -l <"$secret_file")" -eq 1 ] && [ -z "$(tail -c 1 "$secret_file")" ]; then
    say "the value ends with a line break; if that is not meant: printf %s VALUE | $0 secrets set $1"
  fi
  [ -z "$secret_variable" ] || say "$1 is the variable $secret_variable too, which stays as it is in $home/.env"
}
