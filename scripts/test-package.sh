#!/usr/bin/env bash
# Packs the package, installs it into an empty project beside nothing but its peers, and uses it there as a stranger
# would: from TypeScript with a target and a back end of a third party, and from JavaScript.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
[ -f .jsii ] && [ -d lib ] || npm run --silent build:lib
npm pack --silent --pack-destination "$work" >/dev/null
cp test/package/* "$work"/
cd "$work"
echo '{ "name": "stranger", "private": true }' > package.json
npm install --silent --no-audit --no-fund ./cdk8s-ha-*.tgz cdk8s@^2.70.0 constructs@^10.3.0 tsx typescript@~6.0.3 @types/node@^20
[ ! -d node_modules/cdk8s-plus-28 ] || { echo 'cdk8s-plus-28 was installed: it must be optional'; exit 1; }

for file in nomad-target.ts pound-backend.ts; do
  lines=$(wc -l < "$file")
  [ "$lines" -lt 60 ] || { echo "$file has $lines lines: the seam asks too much of a third party"; exit 1; }
done

check() { # what FILE must hold
  grep -q -- "$2" "$1" || { echo "$1 does not hold '$2'"; exit 1; }
}

echo 'TypeScript: types, then synth'
npx tsc --noEmit --strict --module node16 --moduleResolution node16 --types node main.ts
CDK8S_OUTDIR=ts node --import tsx main.ts
check ts/site.k8s.yaml 'kind: Deployment'
check ts/compose/site/compose.yml 'image: ghcr.io/graygnuorg/pound:4.16'
check ts/swarm/site/stack.yml 'image: ghcr.io/graygnuorg/pound:4.16'
check ts/nomad/site/web.json '"Driver": "docker"'
check ts/report/report.md 'nomad'

echo 'JavaScript: a part is read when something of it is first used'
cat > lazy.js <<'END'
const { basename } = require('node:path');
const library = require('cdk8s-ha');
const read = () => Object.keys(require.cache).filter((file) => file.includes('/cdk8s-ha/lib/')).map((file) => basename(file, '.js')).sort().join(' ');
const expect = (what, is, wanted) => { if (is !== wanted) throw new Error(`${what}: ${is}, not ${wanted}`); };
expect('files read with the package', read(), 'index');
library.Cpu.millis(100);
expect('files read for a choice', read(), 'index');
const target = new library.ComposeTarget();
expect('files read for a target', read(), 'compose index loadbalancers synth');
library.LoadBalancerBackend.traefik();
expect('files read for a back end', read(), 'compose index loadbalancers synth traefik');
expect('a target is one of the core\'s', target instanceof library.Target, true);
END
node lazy.js

echo 'JavaScript: synth'
CDK8S_OUTDIR=js node main.js
check js/site.k8s.yaml 'kind: HTTPRoute'
check js/compose/site/compose.yml 'image: caddy:'
echo 'ES modules: every name can be imported'
cat > names.mjs <<'END'
import { createRequire } from 'node:module';
import * as imported from 'cdk8s-ha';
const missing = Object.keys(createRequire(import.meta.url)('cdk8s-ha')).filter((name) => !(name in imported));
if (missing.length > 0) throw new Error(`cannot be imported: ${missing.join(', ')}`);
END
node names.mjs

echo 'the package works from TypeScript, JavaScript and ES modules'
