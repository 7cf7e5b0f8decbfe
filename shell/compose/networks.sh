# ---- networks ---------------------------------------------------------------------------------------------------

# The networks of the release: key, name, and the ranges of addresses that they were given. Names of shared networks hang on those
# of other projects, which variables may give.
read_networks() {
  plan network >"$release/.network-plan"
  read_config=$(config) || exit 1
  lines "$read_config" | tr -d "\"'" | awk '
    function keep() { if (subnet != "") print "range", key, subnet, part; subnet = part = "" }
    /^[^ ]/ { keep(); section = $1 }
    section != "networks:" { next }
    /^  [^ ]/ { keep(); key = $1; sub(/:$/, "", key) }
    /^    name: / { print "name", key, $2 }
    /^ *- / { keep(); sub(/- /, "  ") }
    $1 == "subnet:" { subnet = $2 }
    $1 == "ip_range:" { part = $2 }
    END { keep() }
  ' >"$release/.network-list"
  sed -n 's/^name //p' "$release/.network-list" >"$release/.networks"
  {
    sed -n 's/^range //p' "$release/.network-list"
    awk '{ for (i = 2; i < NF; i++) if ($i == "--subnet") print $1, $(i + 1) }' "$release/.network-plan"
  } >"$release/.ranges"
}

# The engine refuses two networks that have addresses in common, and the one before is there as long as copies use it.
check_ranges() {
  [ -s "$release/.ranges" ] || return 0
  # shellcheck disable=SC2046 # one word for each network
  ranges_there=$(docker network inspect -f '{{$name := .Name}}{{range .IPAM.Config}}{{$name}} {{json .Subnet}} {{json .IPRange}}{{"\n"}}{{end}}' $(docker network ls -q --filter scope=local) 2>/dev/null) || true
  lines "$ranges_there" | tr -d '"' | in_common "$release/.networks" "$release/.ranges" | while read -r ranges_name ranges_wanted ranges_other ranges_has; do
    # It may be that of a release that failed.
    if is_ours "$ranges_other" && [ -z "$(ask ps -aq --filter "network=$ranges_other")" ] && docker network rm "$ranges_other" >/dev/null 2>&1; then continue; fi
    ranges_users=$(docker ps -a --filter "network=$ranges_other" --format '{{.Label "com.docker.compose.project"}}' | sort -u | tr '\n' ' ')
    case $ranges_users in *[!\ ]*) ranges_way="deploy.sh down of ${ranges_users% }" ;; *) ranges_way="docker network rm $ranges_other" ;; esac
    die "the network $ranges_name cannot be made while $ranges_other is there: its subnet $ranges_wanted has addresses in common with $ranges_has. Nothing was changed. Give it another subnet, or the target another addressPool; or remove the other one first: $ranges_way"
  done || exit 1
}

# Networks that are there and have addresses in common with one that is still to be made, which comes first. Two with parts of one
# subnet are left to the engine.
in_common() { # networks ranges
  awk '
    function bits(number, count,   text) { for (; count > 0; count--) { text = number % 2 text; number = int(number / 2) } return text }
    function hexadecimal(text,   i, number) { for (i = 1; i <= length(text); i++) number = 16 * number + index("123456789abcdef", tolower(substr(text, i, 1))); return number }
    function address(text,   halves, left, right, l, r, i, all) {
      if (text !~ /:/) { split(text, left, "[.]"); return bits(left[1], 8) bits(left[2], 8) bits(left[3], 8) bits(left[4], 8) }
      split(text, halves, "::")
      l = split(halves[1], left, ":"); r = split(halves[2], right, ":")
      for (i = 1; i <= l; i++) all = all bits(hexadecimal(left[i]), 16)
      for (i = l + r; i < 8; i++) all = all bits(0, 16)
      for (i = 1; i <= r; i++) all = all bits(hexadecimal(right[i]), 16)
      return all
    }
    function overlap(one, other,   a, b, least) {
      split(one, a, "/"); split(other, b, "/")
      least = a[2] + 0 < b[2] + 0 ? a[2] : b[2]
      return (one ~ /:/) == (other ~ /:/) && substr(address(a[1]), 1, least) == substr(address(b[1]), 1, least)
    }
    file == "networks" { names[$1] = $2; next }
    file == "there" && NF < 2 { next } # the engine ends each network with an empty line, and some have no addresses
    file == "there" { other[++count] = $1; has[count] = $2; part[count] = $3; known[$1] = 1; next }
    names[$1] in known { next }
    { for (i = 1; i <= count; i++) if (overlap($2, has[i]) && !($2 == has[i] && $3 != "" && $3 != part[i]) && !said[other[i]]++) print names[$1], $2, other[i], has[i] }
  ' file=networks "$1" file=there - file=wanted "$2"
}

# Whether a network was made for this project.
is_ours() { has_line "$(docker network ls --filter "label=com.docker.compose.project=$project" --format '{{.Name}}'; shared_networks)" "$1"; }

make_networks() {
  while read -r make_key make_options <&4; do
    # shellcheck disable=SC2086 # options are words
    make_network "$(network_name "$make_key")" $make_options
  done 4<"$release/.network-plan"
}

network_name() { awk -v key="$1" '$1 == key { print $2 }' "$release/.networks"; }

# Of containers.
networks_of() { docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{"\n"}}{{end}}' "$@"; }

# Shared networks that no project has any more but for those of this release. A container that is stopped has them too:
# without its networks it would not start again.
leave_networks() { # networks that stay, one a line
  shared_networks | while read -r leave_name; do
    has_line "$1" "$leave_name" || [ -n "$(docker ps -aq --filter "network=$leave_name")" ] || docker network rm "$leave_name" >/dev/null 2>&1 || true
  done
}

# A container that is about to be started again has its networks, and does not start without one of them.
leave_unused() {
  for unused_network in $(docker network ls --filter "label=com.docker.compose.project=$project" --format '{{.Name}}'); do
    [ -n "$(ask ps -aq --filter "network=$unused_network")" ] || docker network rm "$unused_network" >/dev/null 2>&1 || true
  done
}
