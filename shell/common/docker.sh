# ---- docker -----------------------------------------------------------------------------------------------------

check_docker() {
  command -v docker >/dev/null 2>&1 || die 'docker is not installed: see https://docs.docker.com/engine/install/'
  check_reason=$(docker version --format '{{.Server.Version}}' 2>&1 >/dev/null) || die "docker does not answer: $check_reason"
}

at_least() { # found wanted
  printf '%s\n' "$1" | sed 's/^v//' | awk -F '[.-]' -v wanted="$2" '{ split(wanted, w, "."); exit !($1 > w[1] || ($1 == w[1] && $2 >= w[2])) }'
}
