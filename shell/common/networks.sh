# ---- networks that this project shares with others --------------------------------------------------------------

# Each belongs to nobody: whoever deploys first makes it, and the last one to leave removes it. Its name has the names
# of both projects in it.
shared_networks() {
  docker network ls --filter label=cdk8s-ha.link --filter "driver=$shared_driver" --format '{{.Name}}' | grep -e "^${project}[$shared_dot]" -e "[$shared_dot]to[$shared_dot]${project}[$shared_dot]" || true
}

network_ids() { docker network ls --no-trunc --format '{{.ID}} {{.Name}}' | awk -v name="$1" '$2 == name { print $1 }' | sort; }

make_network() { # name option...
  make_name=$1
  shift
  [ -z "$(network_ids "$make_name")" ] || return 0
  # Another deployment may make it at the same time.
  make_reason=$(docker network create --label cdk8s-ha.link "$@" "$make_name" 2>&1) || [ -n "$(network_ids "$make_name")" ] ||
    die "cannot make the network $make_name, which this project shares: $make_reason. Nothing was changed"
  say "the network $make_name is there"
  # An engine may then have two of one name, which nobody could join (20.10).
  sleep 1
  network_ids "$make_name" | tail -n +2 | while read -r make_twice; do docker network rm "$make_twice" >/dev/null 2>&1 || true; done
}

# A network's name ends with a few digits that change with its options. Of the names on standard input those that one of the release
# takes the place of, and that one. A file has the names of the release, each the last word of a line.
successions() { # file
  awk '
    function base(name) { return name ~ /-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]$/ ? substr(name, 1, length(name) - 7) : "" }
    wanted { if (base($NF) != "") names[base($NF)] = $NF; next }
    base($1) in names && names[base($1)] != $1 { print $1, names[base($1)] }
  ' wanted=1 "$1" wanted= -
}
