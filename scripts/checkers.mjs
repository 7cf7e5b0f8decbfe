// Asks programs that others wrote what they think of every example, and prints a table: program x example, with what
// passed, what failed and what is exempted. The exemptions, each with its reason, are the table in docs/checkers.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';

const HELP = `usage: node scripts/checkers.mjs [--write] [EXAMPLE...]

  --write   puts the table into docs/checkers.md

Programs are looked for on PATH and where scripts/install-checkers.sh puts them; one that is missing is said and left out.

Exit code: 0; 1 a check failed, or an exemption exempts nothing; 2 usage.`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'docs', 'checkers.md');
const INSTALLED = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cdk8s-ha', 'checkers');
const CACHE = join(INSTALLED, 'bin');
const MONOKLE = join(INSTALLED, 'monokle');
const KUBERNETES = '1.36';
const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}${delimiter}${CACHE}` };

/** Each gives, for a file, `{ passed, failed: [{ check, object, message }] }`. */
const CHECKERS = { 'kubeconform': kubeconform, 'kube-score': kubeScore, 'trivy': trivy, 'checkov': checkov, 'monokle': monokle, 'istioctl': istioctl, 'egctl': egctl };

const golden = (name) => [name, join(ROOT, 'test', 'targets', 'kubernetes', 'goldens', `${name}.yaml`)];

/** What is asked beside the examples: `{ checker: { name: file } }`. */
const ALSO = {
  istioctl: Object.fromEntries([golden('edges/gateway-istio')]),
  egctl: Object.fromEntries(['edges/gateway', 'streams/gateway'].map(golden)),
};

const write = process.argv.includes('--write');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--write');
const examples = readdirSync(join(ROOT, 'examples'));
if (wanted.includes('--help')) {
  console.log(HELP);
  process.exit(0);
}
if (wanted.some((name) => !examples.includes(name))) {
  console.error(HELP);
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), 'cdk8s-ha-checkers-'));
const exemptions = readExemptions();
const used = new Set();
const rows = [];
const failures = [];
const missing = [];
try {
  for (const [checker, ask] of Object.entries(CHECKERS)) {
    if (!isInstalled(checker)) {
      missing.push(checker);
      continue;
    }
    const files = (wanted.length > 0 ? wanted : examples).map((name) => [name, join(ROOT, 'examples', name, 'expected', `${name}.k8s.yaml`)]);
    for (const [example, file] of [...files, ...wanted.length > 0 ? [] : Object.entries(ALSO[checker] ?? {})]) {
      const { passed, failed } = ask(file);
      const isExempt = ({ check }) => exemptions.has(`${checker} ${check}`);
      failed.filter(isExempt).forEach(({ check }) => used.add(`${checker} ${check}`));
      const left = failed.filter((one) => !isExempt(one));
      failures.push(...left.map(({ check, object, message }) => `${checker} ${check}: ${example}, ${object}: ${message}`));
      rows.push([checker, example, passed, left.length, failed.length - left.length]);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

const table = tableOf(['program', 'example', 'passed', 'failed', 'exempted'], rows);
console.log(table);
if (write) writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(/(?<=<!-- checkers -->\n)[^]*(?=<!-- \/checkers -->)/, () => `${table}\n`));
if (missing.length > 0) console.log(`\nSKIPPED, not installed: ${missing.join(', ')} (scripts/install-checkers.sh --all)`);
if (failures.length > 0) console.error(`\n${failures.join('\n')}`);
const idle = wanted.length > 0 ? [] : [...exemptions].filter((one) => !used.has(one) && !missing.includes(one.split(' ')[0]));
if (idle.length > 0) console.error(`\ndocs/checkers.md exempts what nothing fails: ${idle.join(', ')}`);
process.exit(failures.length + idle.length > 0 ? 1 : 0);

/** The rows of the table: program, check. */
function readExemptions() {
  return new Set([...readFileSync(PAGE, 'utf8').matchAll(/^\| `([\w-]+)` \| `([\w-]+)` \|/gm)].map(([, checker, check]) => `${checker} ${check}`));
}

function isInstalled(checker) {
  return checker === 'monokle' ? existsSync(join(MONOKLE, 'node_modules')) : spawnSync('sh', ['-c', `command -v ${checker}`], { env: ENVIRONMENT }).status === 0;
}

/** JSON, whatever the exit code says: a finding is no error here. */
function run(program, args) {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env: ENVIRONMENT, maxBuffer: 1e9 });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  }
}

function kubeconform(file) {
  const { resources } = run('kubeconform', ['-strict', '-verbose', '-output', 'json', '-schema-location', schemas(), file]);
  // The comment at the top of a file is a document to it.
  const objects = resources.filter(({ kind }) => kind !== '');
  const failed = objects.filter(({ status }) => status !== 'statusValid')
    .map(({ kind, name, status, msg }) => ({ check: status, object: `${kind}/${name}`, message: msg }));
  return { passed: objects.length - failed.length, failed };
}

function kubeScore(file) {
  const checks = run('kube-score', ['score', '--output-format', 'json', '--kubernetes-version', `v${KUBERNETES}`, file])
    .flatMap(({ object_meta: { name }, type_meta: { kind }, checks: all }) => (all ?? []).filter(({ skipped }) => !skipped)
      .map(({ check, grade, comments }) => ({ check: check.id, object: `${kind}/${name}`, grade, message: comments?.[0]?.summary ?? '' })));
  // 10 is its best grade; 7 is a warning.
  return { passed: checks.filter(({ grade }) => grade === 10).length, failed: checks.filter(({ grade }) => grade < 10) };
}

function trivy(file) {
  const checks = run('trivy', ['config', '--format', 'json', '--quiet', '--skip-check-update', '--skip-version-check', '--include-non-failures', file])
    .Results.flatMap(({ Misconfigurations: all = [], MisconfSummary: summary }) => [{ passed: summary?.Successes ?? 0 }, ...all]);
  return {
    passed: checks.reduce((sum, { passed = 0 }) => sum + passed, 0),
    failed: checks.filter(({ Status }) => Status === 'FAIL').map(({ ID, Message }) => ({ check: ID, object: '', message: Message })),
  };
}

function checkov(file) {
  const { summary, results } = run('checkov', ['-f', file, '--framework', 'kubernetes', '-o', 'json', '--quiet', '--compact', '--skip-download']);
  const failed = results.failed_checks.map(({ check_id: check, resource: object, check_name: message }) => ({ check, object, message }));
  return { passed: summary.passed, failed };
}

function monokle(file) {
  return run(process.execPath, [join(ROOT, 'scripts', 'monokle.mjs'), MONOKLE, file]);
}

function istioctl(file) {
  const { stdout } = spawnSync('istioctl', ['analyze', '--list-analyzers'], { encoding: 'utf8', env: ENVIRONMENT });
  const analyzers = stdout.split('\n').filter((line) => line.startsWith('* ')).length;
  // A file that it cannot read is no finding to it.
  const { stderr } = spawnSync('istioctl', ['analyze', '--use-kube=false', '-A', file], { encoding: 'utf8', env: ENVIRONMENT });
  const [unread] = /^Error\(s\) adding files[^]*/m.exec(stderr) ?? [];
  const failed = unread !== undefined ? [{ check: 'unread', object: file, message: unread }]
    : run('istioctl', ['analyze', '--use-kube=false', '-A', '-o', 'json', file]).map(({ code, origin, message }) => ({ check: code, object: origin, message }));
  return { passed: analyzers - new Set(failed.map(({ check }) => check)).size, failed };
}

/** What Envoy Gateway says of each Gateway, listener, route and policy, once there are the certificates that cert-manager makes. */
function egctl(file) {
  const objects = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS()).filter((object) => object !== null);
  const given = [
    { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass', metadata: { name: 'eg' }, spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' } },
    ...objects.filter(({ kind, spec }) => kind === 'Certificate' && spec.dnsNames !== undefined).map(madeCertificate),
    ...objects.filter(({ apiVersion, kind }) => apiVersion.startsWith('gateway.') || kind === 'Service' || kind === 'ConfigMap'),
  ];
  const asked = join(work, 'envoy-gateway.yaml');
  writeFileSync(asked, given.map((object) => stringify(object)).join('---\n'));
  const answer = run('egctl', ['x', 'translate', '--from', 'gateway-api', '--to', 'gateway-api', '--add-missing-resources', '-o', 'json', '-f', asked]);
  const conditions = Object.entries(answer).flatMap(([kind, value]) => [value].flat().flatMap((object) =>
    conditionsIn(object.status).map((condition) => ({ object: `${kind}/${object.metadata.name}`, ...condition }))));
  // These are true where something is wrong.
  const isBad = ({ type, status }) => (['Conflicted', 'OverlappingTLSConfig', 'PartiallyInvalid'].includes(type) ? status === 'True' : status !== 'True');
  const failed = conditions.filter(isBad).map(({ object, reason, message }) => ({ check: reason, object, message }));
  return { passed: conditions.length - failed.length, failed };
}

/** All that a status says, of the object itself, its listeners, or those that it belongs to. */
function conditionsIn(status) {
  if (status === null || typeof status !== 'object') return [];
  return Object.entries(status).flatMap(([key, value]) => key === 'conditions' ? value : conditionsIn(value));
}

function madeCertificate({ metadata: { namespace }, spec: { secretName, dnsNames } }) {
  const [key, certificate] = [join(work, 'key.pem'), join(work, 'certificate.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=test',
    '-addext', `subjectAltName=${dnsNames.map((name) => `DNS:${name}`).join(',')}`, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const base64 = (path) => readFileSync(path).toString('base64');
  return {
    apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace }, type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
  };
}

/** The schemas of the tests, one file a kind, as kubeconform looks for them. */
function schemas() {
  const folder = join(work, 'schemas');
  const pattern = join(folder, '{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json');
  if (readdirSync(work).includes('schemas')) return pattern;
  mkdirSync(folder);
  const read = (...path) => JSON.parse(readFileSync(join(ROOT, 'test', 'schemas', ...path), 'utf8'));
  const { definitions, kinds } = read('kubernetes', `${KUBERNETES}.json`);
  const save = (api, kind, schema) => {
    // Where there is no group, kubeconform takes the version for it.
    const [group, version] = api.includes('/') ? api.split('/') : [api, api];
    writeFileSync(join(folder, `${group}_${version}_${kind.toLowerCase()}.json`), JSON.stringify({ ...schema, definitions }));
  };
  for (const [name, definition] of Object.entries(kinds)) {
    save(name.slice(0, name.lastIndexOf('/')), name.slice(name.lastIndexOf('/') + 1), { $ref: `#/definitions/${definition}` });
  }
  for (const file of readdirSync(join(ROOT, 'test', 'schemas', 'crds'))) {
    const { api, kind, schema } = read('crds', file);
    const metadata = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
    save(api, kind, { ...schema, properties: { ...schema.properties, metadata } });
  }
  return pattern;
}

function tableOf(head, body) {
  const cells = [head, head.map((_, i) => i > 1 ? '---:' : '---'), ...body];
  return cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
}
