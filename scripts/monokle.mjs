// What Monokle says of a file of manifests, as JSON: `{ passed, failed: [{ check, object, message }] }`; `passed` counts
// rules. Every rule is asked that needs no download: Pod Security Standards, common practices, links between objects, YAML.
//
//   node scripts/monokle.mjs FOLDER FILE      FOLDER: where @monokle/validation was installed
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

const PLUGINS = {
  'pod-security-standards': true, 'practices': true, 'resource-links': true, 'yaml-syntax': true,
  'kubernetes-schema': false, 'open-policy-agent': false, 'metadata': false,
};

const [folder, file] = process.argv.slice(2);
const library = createRequire(join(folder, 'package.json')).resolve('@monokle/validation');
const { createDefaultMonokleValidator, processRefs, ResourceParser } = await import(pathToFileURL(library));

const texts = readFileSync(file, 'utf8').split(/^---\n/m).filter((text) => parse(text) !== null);
const objects = texts.map((text) => parse(text));
const resources = [...texts.map((text, i) => resource(text, i, file)), ...outside(objects).map((object, i) => resource(JSON.stringify(object), i, 'outside'))];
processRefs(resources, new ResourceParser());

const validator = createDefaultMonokleValidator();
await validator.preload({ plugins: PLUGINS });
const rules = (await run()).tool.extensions.flatMap(({ name, rules: all }) => all.map((rule) => `${name}/${rule.name}`));
// Many are off until they are asked for.
await validator.preload({ plugins: PLUGINS, rules: Object.fromEntries(rules.map((name) => [name, 'err'])) });
const failed = (await run()).results.map(({ ruleId, message, locations }) => ({ check: ruleId, object: objectOf(locations), message: message.text }))
  .filter(({ object }) => !object.endsWith('@outside'));
console.log(JSON.stringify({ passed: rules.length - new Set(failed.map(({ check }) => check)).size, failed }));

async function run() {
  return (await validator.validate({ resources })).runs[0];
}

function resource(text, i, path) {
  const content = parse(text);
  const { apiVersion, kind, metadata: { name, namespace } } = content;
  return { id: `${path}-${i}`, fileId: path, filePath: path, fileOffset: 0, apiVersion, kind, name, namespace, content, text };
}

/** What manifests name and others bring: the name servers, a Gateway's proxies, solvers of challenges, Secrets. */
function outside(all) {
  const pod = (labels) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: Object.values(labels)[0], labels }, spec: { containers: [] } });
  const gateways = all.filter(({ kind }) => kind === 'Gateway').map(({ metadata: { name } }) => name);
  const secrets = JSON.stringify(all).matchAll(/"secret":\{"items":\[[^\]]*\],"name":"([^"]+)"/g);
  return [
    pod({ 'k8s-app': 'kube-dns' }), pod({ 'k8s-app': 'node-local-dns' }), pod({ 'acme.cert-manager.io/http01-solver': 'true' }),
    ...gateways.map((name) => pod({ 'gateway.envoyproxy.io/owning-gateway-name': name })),
    ...[...new Set([...secrets].map(([, name]) => name))].map((name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } })),
  ];
}

function objectOf(locations) {
  return locations.flatMap(({ logicalLocations = [] }) => logicalLocations).map(({ fullyQualifiedName }) => fullyQualifiedName)[0] ?? '';
}
