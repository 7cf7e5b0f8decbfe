import { GOOD_MANIFESTS } from './kubernetes-fixtures';
import { celReport, celSkipped, KUBERNETES_VERSIONS, validateManifests, validateSchemas } from './kubernetes-schemas';
import { expectNoProblems } from './problem';

/** One change that breaks the good file, and the rule that must notice. */
type Case = [rule: string, from: string, to: string];

function broken([, from, to]: Case): string {
  if (!GOOD_MANIFESTS.includes(from)) throw new Error(`the fixture has no ${from}`);
  return GOOD_MANIFESTS.replace(from, to);
}

afterAll(() => {
  const skipped = celSkipped();
  if (skipped !== undefined) process.stderr.write(`${skipped}\n`);
});

test.each(KUBERNETES_VERSIONS)('a good file passes with %s', (version) => {
  expectNoProblems(validateManifests(GOOD_MANIFESTS, version));
});

test('an unknown version is an error', () => {
  expect(() => validateManifests(GOOD_MANIFESTS, '1.2')).toThrow('no schemas for Kubernetes 1.2: there are 1.30');
});

test('a field is known from its version on', () => {
  const restart = broken(['', 'imagePullPolicy: IfNotPresent', 'restartPolicyRules: []\n          restartPolicy: Always']);
  expect(validateSchemas(restart, '1.33').map(({ message }) => message)).toEqual(["unknown field 'restartPolicyRules'"]);
  expect(validateSchemas(restart, '1.36')).toEqual([]);
});

test('problems are printed with object, path and rule', () => {
  const text = broken(['', 'imagePullPolicy:', 'imagePulPolicy:']);
  expect(() => expectNoProblems(validateManifests(text)))
    .toThrow("1 problem(s)\nDeployment/web /spec/template/spec/containers/0: unknown field 'imagePulPolicy' [schema]");
});

const WEB_EGRESS = 'egress: [{ to: [{ podSelector: { matchLabels: { app: db } } }], ports: [{ port: 5432, protocol: TCP }] }]';
const DB_INGRESS = 'ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: sql, protocol: TCP }] }]';

test.each<Case>([
  ['yaml', 'metadata: { name: web }', 'metadata: { name: web, name: web }'],
  ['yaml-1.1', 'metadata: { name: web }', 'metadata: { name: web, annotations: { a.example/since: 2026-01-01 } }'],
  ['yaml-1.1', 'name: config, mountPath: /etc/app', 'name: config, mountPath: /etc/app, subPath: 0440'],
  ['no-name', 'metadata: { name: web }', 'metadata: { labels: {} }'],
  ['no-schema', 'apiVersion: policy/v1', 'apiVersion: policy/v1beta1'],
  ['duplicate-object', 'metadata: { name: db }', 'metadata: { name: web }'],
  ['schema', 'maxReplicas: 5', 'maxReplicas: five'],
  ['schema', 'image: nginx:1.29', 'imgage: nginx:1.29'],
  ['schema', 'schedule: 0 3 * * *', 'suspend: false'],
  ['schema', 'protocol: HTTPS', 'protocol: "not a protocol"'],
  ['schema', 'kind: ClusterSecretStore', 'kind: Vault'],
  ['duplicate-list-key', 'ports: [{ name: http, containerPort: 8080, protocol: TCP }]', 'ports: [{ name: http, containerPort: 8080 }, { containerPort: 8080 }]'],
  ['selector-template', 'selector: { matchLabels: { app: web } }', 'selector: { matchLabels: { app: wed } }'],
  ['selector-template', 'selector: { matchLabels: { app: web } }', 'selector: {}'],
  ['selector-overlap', 'metadata: { labels: { app: backup } }', 'metadata: { labels: { app: db } }'],
  ['rolling-update', 'maxSurge: 1', 'maxSurge: 0'],
  ['rolling-update', 'type: RollingUpdate', 'type: Recreate'],
  ['choice', 'type: RollingUpdate', 'type: Rolling'],
  ['choice', 'IfNotPresent', 'IfNeeded'],
  ['choice', 'ReadWriteOnce', 'ReadWrite'],
  ['grace-period', 'terminationGracePeriodSeconds: 45', 'terminationGracePeriodSeconds: 12'],
  ['grace-period', 'sleep: { seconds: 10 }', 'exec: { command: [sh, -c, sleep 60] }'],
  ['probe', 'timeoutSeconds: 2', 'timeoutSeconds: 6'],
  ['probe', 'port: http }, period', 'port: htp }, period'],
  ['volume-mount', '{ name: config, mountPath', '{ name: conf, mountPath'],
  ['volume-mount', 'mountPath: /etc/app, readOnly: true }', 'mountPath: /etc/app }, { name: config, mountPath: /etc/app }'],
  ['headless-service', 'serviceName: db', 'serviceName: database'],
  ['headless-service', 'clusterIP: None', 'type: ClusterIP'],
  ['restart-policy', 'restartPolicy: Never', 'restartPolicy: Always'],
  ['reference', 'configMap: { name: web-config-3f2a9c', 'configMap: { name: web-config-000000'],
  ['reference', 'key: app.conf', 'key: app.cfg'],
  ['reference', 'serviceAccountName: web', 'serviceAccountName: wed'],
  ['reference', 'issuerRef: { name: letsencrypt', 'issuerRef: { name: buypass'],
  ['reference', 'kind: Role, name: web', 'kind: Role, name: wed'],
  ['reference', 'kind: ServiceAccount, name: web', 'kind: ServiceAccount, name: wed'],
  ['service-target', 'targetPort: http', 'targetPort: web'],
  ['service-target', 'selector: { app: web }', 'selector: { app: wed }'],
  ['route-backend', 'backendRefs: [{ name: web, port: 80 }]', 'backendRefs: [{ name: web, port: 8080 }]'],
  ['route-backend', 'backendRefs: [{ name: web, port: 80 }]', 'backendRefs: [{ name: wed, port: 80 }]'],
  ['route-backend', 'backendRefs: [{ name: web, port: 80 }]', 'backendRefs: [{ name: web, namespace: other, port: 80 }]'],
  ['route-backend', 'port: { name: http } } } }', 'port: { name: web } } } }'],
  ['route-parent', 'sectionName: https', 'sectionName: http'],
  ['route-parent', 'parentRefs: [{ name: edge', 'parentRefs: [{ name: edges'],
  ['route-parent', 'hostnames: [shop.acme.example]', 'hostnames: [www.acme.example]'],
  ['certificate', 'secretName: shop-tls', 'secretName: shop-cert'],
  ['certificate', 'dnsNames: [shop.acme.example]', 'dnsNames: [www.acme.example]'],
  ['disruption-budget', 'selector: { matchLabels: { app: web } } }', 'selector: { matchLabels: { app: wed } } }'],
  ['disruption-budget', 'maxUnavailable: 1, unhealthy', 'minAvailable: 2, unhealthy'],
  ['scale-target', 'kind: Deployment, name: web', 'kind: Deployment, name: wed'],
  ['scale-target', 'strategy: { type', 'replicas: 3\n  strategy: { type'],
  ['policy-symmetry', DB_INGRESS, 'ingress: []'],
  ['policy-symmetry', WEB_EGRESS, 'egress: []'],
  ['policy-symmetry', 'port: 5432, protocol: TCP }] }]', 'port: 5433, protocol: TCP }] }]'],
  ['policy-selector', 'podSelector: { matchLabels: { app: db } }\n', 'podSelector: { matchLabels: { app: bd } }\n'],
  ['policy-types', 'policyTypes: [Ingress, Egress]\n  ingress', 'policyTypes: [Egress]\n  ingress'],
  ['name', 'kind: ConfigMap\nmetadata: { name: web-config-3f2a9c }', `kind: ConfigMap\nmetadata: { name: ${'a'.repeat(64)} }`],
  ['name', 'kind: CronJob\nmetadata: { name: backup }', `kind: CronJob\nmetadata: { name: ${'a'.repeat(53)} }`],
  ['name', 'kind: Service\nmetadata: { name: web }', 'kind: Service\nmetadata: { name: 2web }'],
  ['name', 'kind: Gateway\nmetadata: { name: edge }', 'kind: Gateway\nmetadata: { name: Edge }'],
  ['name', '- name: web\n', '- name: web_1\n'],
  ['label', 'app.kubernetes.io/version: "1.4.2"', 'app.kubernetes.io/version: "1.4.2+build"'],
  ['label', 'metadata: { labels: { app: backup } }', 'metadata: { labels: { app: backup, "a b": c } }'],
  ['port', '{ name: http, containerPort', '{ name: a-name-that-is-too-long, containerPort'],
  ['port', 'containerPort: 5432', 'containerPort: 70000'],
  ['port', '{ name: sql, port: 5432, targetPort: 5432, protocol: TCP }', '{ name: sql, port: 5432 }, { port: 5433, targetPort: 5432 }'],
])('%s is noticed (case %#)', (...each) => {
  expect(validateManifests(broken(each)).map(({ rule }) => rule)).toContain(each[0]);
});

test('what is external may be missing', () => {
  const text = broken(['', 'configMap: { name: web-config-3f2a9c', 'configMap: { name: ca']);
  expect(validateManifests(text).map(({ message }) => message)).toEqual(['there is no ConfigMap ca']);
  expect(validateManifests(text, undefined, { external: ['ConfigMap/c*'] })).toEqual([]);
});

test('no policy at the other end means that everything may pass', () => {
  const text = broken(['', 'policyTypes: [Ingress, Egress]\n  ingress', 'policyTypes: [Ingress]\n  ingress'])
    .replace('policyTypes: [Ingress, Egress]\n  egress: [{ to', 'policyTypes: [Egress]\n  egress: [{ to');
  expect(validateManifests(text)).toEqual([]);
});

test('the rules of CRDs run, or are said to be skipped', () => {
  const text = broken(['', 'tls: { mode: Terminate, certificateRefs: [{ name: shop-tls }] }', 'tls: { mode: Passthrough, certificateRefs: [{ name: shop-tls }] }']);
  const rules = validateManifests(text).map(({ rule }) => rule);
  if (celReport().available) {
    expect(rules).toContain('cel');
    expect(celReport().rulesNotRun).toEqual(new Map());
  } else {
    expect(celSkipped()).toContain('SKIPPED');
  }
});
