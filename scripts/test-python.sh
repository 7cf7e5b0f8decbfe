#!/usr/bin/env bash
# Builds the Python package, runs examples/shop/main.py with it and compares with what main.ts gives.
# Exits with 0 and says so where there is no Python 3.9 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20 JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1

if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
  echo '!! NOT TESTED: there is no Python 3.9 or newer with venv here'
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -f .jsii ] && [ -d lib ] || npm run --silent build:lib
npx jsii-pacmak --code-only -t python -o "$work/bindings"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check setuptools wheel
# Built in the environment that has the tools already, not in one that is fetched anew.
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-build-isolation "$work/bindings/python"

cd examples/shop
CDK8S_OUTDIR="$work/out" "$work/venv/bin/python" main.py
# The scripts are the same for every project, and no goldens.
diff -r --exclude deploy.sh "$root/examples/shop/expected" "$work/out"
echo 'the shop in Python gives the same bytes'
