# shellcheck shell=bash
# How programs of this folder are built from Go modules. To be sourced.

PROGRAMS=${XDG_CACHE_HOME:-$HOME/.cache}/cdk8s-ha/cluster

# A module of our own, because `go install` refuses modules with replacements. Those of Kubernetes point at folders that
# are published as modules with the same number.
go_module() { # module@version folder [replacement's version]
  local folder
  folder=$(go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  [[ $folder ]] || return 1
  mkdir -p "$2"
  sed -e 's/^module .*/module example.test\/cluster/' -e "s/=> \.\/staging\/src\/\(.*\)/=> \1 v${3:-}/" -e '/=> \.\.\//d' "$folder/go.mod" >"$2/go.mod"
  cp "$folder/go.sum" "$2/go.sum"
  chmod u+w "$2/go.mod" "$2/go.sum"
  (cd "$2" && go mod edit -require "$1")
}

build() { # folder package...
  local folder=$1
  shift
  mkdir -p "$folder/bin.new"
  (cd "$folder/source" && GOFLAGS="${GOFLAGS:-} -mod=mod -buildvcs=false" CGO_ENABLED=0 \
    go build -trimpath -ldflags '-s -w' -o "$folder/bin.new/" "$@") || return 1
  mv "$folder/bin.new" "$folder/bin"
}
