#!/bin/bash
# Installs the programs that `npm run checkers` asks for their opinion, from the package registries of Go, Python and npm:
# kubeconform, kube-score, checkov and Monokle, and, since their build is long, trivy, istioctl and egctl with --all. What is
# there already stays.
#
#   install-checkers.sh [--all]
#
# They lie in ~/.cache/cdk8s-ha/checkers (XDG_CACHE_HOME). A program that cannot be had is said; that is no failure.
# With two idle processors: 3 minutes, trivy, istioctl and egctl 10 more each. Exit code: 0; 2 usage.
set -uo pipefail

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/cdk8s-ha/checkers
TRIVY=v0.74.0
ENVOY_GATEWAY=v1.9.1
ISTIO=v0.0.0-20260827124520-eed52ebb66ad
MONOKLE=0.33.0

all=
case ${1:-} in
  '') ;;
  --all) all=1 ;;
  --help | -h) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  *) printf 'unknown argument: %s (see --help)\n' "$1" >&2; exit 2 ;;
esac
mkdir -p "$CACHE/bin"

from_go() { # name module@version
  if command -v "$1" >/dev/null || [[ -x $CACHE/bin/$1 ]]; then
    echo "present: $1"
  elif command -v go >/dev/null && GOBIN=$CACHE/bin GOFLAGS="${GOFLAGS:-} -buildvcs=false" go install -trimpath -ldflags '-s -w' "$2"; then
    echo "installed: $1"
  else
    echo "not installed: $1"
  fi
}

from_go kubeconform github.com/yannh/kubeconform/cmd/kubeconform@latest
from_go kube-score github.com/zegl/kube-score/cmd/kube-score@latest
# It reads JSON by a package that Go still calls an experiment.
[[ -z $all ]] || GOEXPERIMENT=jsonv2 from_go trivy "github.com/aquasecurity/trivy/cmd/trivy@$TRIVY"
# Istio's releases are no versions of its module.
[[ -z $all ]] || from_go istioctl "istio.io/istio/istioctl/cmd/istioctl@$ISTIO"
[[ -z $all ]] || from_go egctl "github.com/envoyproxy/gateway/cmd/egctl@$ENVOY_GATEWAY"

if command -v checkov >/dev/null || [[ -x $CACHE/bin/checkov ]]; then
  echo 'present: checkov'
elif python3 -m venv "$CACHE/python" && "$CACHE/python/bin/pip" install --quiet checkov; then
  ln -sf "$CACHE/python/bin/checkov" "$CACHE/bin/checkov"
  echo 'installed: checkov'
else
  echo 'not installed: checkov'
fi

if [[ -d $CACHE/monokle/node_modules ]]; then
  echo 'present: monokle'
elif npm install --prefix "$CACHE/monokle" --silent --no-audit --no-fund --ignore-scripts "@monokle/validation@$MONOKLE"; then
  echo 'installed: monokle'
else
  rm -rf "$CACHE/monokle"
  echo 'not installed: monokle'
fi
exit 0
