# ---- certificates of one's own ----------------------------------------------------------------------------------

# What is public of them is kept, so that later releases are checked too: a certificate itself, of a key its public half.
# Without openssl the load balancer alone knows, which refuses what does not fit.

# Where it is kept: as the value itself, of which a new version is another one. A rollback is checked by those that it goes back to.
public_part() { # name
  public_options=$(options_of "$1")
  # shellcheck disable=SC2086 # options are words
  printf '%s\n' "$home/certificates/$(option file $public_options)$(option name $public_options)"
}

# Whether a value that is a certificate or its key is one; it is kept then.
check_value() { # name file
  command -v openssl >/dev/null 2>&1 || return 0
  mkdir -p "$home/certificates"
  value_public=$(public_part "$1")
  plan certificate | while read -r value_certificate value_options; do
    case $1 in
      "$value_certificate")
        openssl x509 -in "$2" -out "$value_public.new" 2>/dev/null ||
          die "the value of '$1' is no certificate: give a PEM file with it first, then its chain. Nothing was changed"
        check_hosts "$1" "$value_public.new" "$value_options"
        ;;
      "$(option key $value_options)")
        openssl pkey -pubout -in "$2" -out "$value_public.new" -passin pass: 2>/dev/null ||
          die "the value of '$1' is no private key: give a PEM file with it, without a password. Nothing was changed"
        ;;
      *) continue ;;
    esac
    mv "$value_public.new" "$value_public"
  done
}

check_hosts() { # name file options
  printf '%s\n' "$3" | tr ' ' '\n' | sed -n 's/^hosts=//p' | tr ',' '\n' | while read -r host_name; do
    case $(openssl x509 -noout -checkhost "$(printf '%s' "$host_name" | sed 's/^\*/any/')" -in "$2") in
      *'does NOT match'*)
        host_names=$(openssl x509 -noout -ext subjectAltName -in "$2" 2>/dev/null | sed -n 's/^ *DNS:/DNS:/p' | sed 's/DNS://g')
        die "the certificate '$1' is not for $host_name${host_names:+, but for $host_names}. Nothing was changed. Give one that is: $0 secrets set $1"
        ;;
    esac
  done || exit 1
  openssl x509 -noout -checkend 0 -in "$2" >/dev/null || say "the certificate '$1' has ended: browsers refuse it"
}

check_certificates() {
  command -v openssl >/dev/null 2>&1 || return 0
  plan certificate | while read -r pair_certificate pair_options; do
    pair_key=$(option key $pair_options)
    pair_one=$(public_part "$pair_certificate") pair_public=$(public_part "$pair_key")
    [ -e "$pair_one" ] || continue
    check_hosts "$pair_certificate" "$pair_one" "$pair_options"
    [ ! -e "$pair_public" ] || [ "$(openssl x509 -noout -pubkey -in "$pair_one")" = "$(cat "$pair_public")" ] ||
      die "the certificate '$pair_certificate' and the key '$pair_key' do not belong together. Nothing was changed. Set the one that is wrong: $0 secrets set $pair_key"
  done || exit 1
}
