import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { parse } from 'yaml';
import { App, Egress, HAWebService, HealthCheck, IsolatedNetwork, LoadBalancer, type OutputFile } from '../src';
import { validateManifests } from './support/kubernetes-schemas';
import { expectNoProblems } from './support/problem';
import { readYaml } from './support/yaml-documents';

/*
 * Two libraries in one chart, each referring to the other's constructs.
 */

let app: App;
let shop: Chart;
let legacy: kplus.Deployment;

beforeEach(() => {
  app = new App();
  shop = new Chart(app, 'shop');
  legacy = new kplus.Deployment(shop, 'legacy', { containers: [{ image: 'ghcr.io/acme/legacy:0.9.0', portNumber: 8000 }] });
});

const web = (props: Partial<ConstructorParameters<typeof HAWebService>[2]> = {}) =>
  new HAWebService(shop, 'web', { image: 'nginx:1.27.3', port: 8080, healthCheck: HealthCheck.tcp(), ...props });

const text = (files: OutputFile[], path: string) => files.find((file) => file.path === path)?.text ?? '';
const manifests = () => readYaml(text(app.render(), 'shop.k8s.yaml')).documents.map(({ value }) => value as any);
const find = (kind: string, choose: (manifest: any) => boolean = () => true) =>
  manifests().find((manifest) => manifest.kind === kind && choose(manifest));
const policyOf = (labels: object) =>
  find('NetworkPolicy', ({ spec }) => JSON.stringify(spec.podSelector.matchLabels) === JSON.stringify(labels));
const legacyLabels = () => find('Deployment', ({ metadata }) => metadata.name === legacy.name).spec.selector.matchLabels;
const MEMBER = { podSelector: { matchLabels: { 'cdk8s-ha/network-backend': 'shop' } } };

/** All but the name servers. */
const egressOf = (policy: any) => policy.spec.egress.filter(({ ports }: any) => ![53, 5353].includes(ports?.[0].port));

describe('a Deployment of cdk8s-plus in our network', () => {
  let backend: IsolatedNetwork;
  beforeEach(() => {
    backend = new IsolatedNetwork(shop, 'backend');
    backend.addMember(legacy);
  });

  test("has the network's label on its pods", () => {
    expect(find('Deployment').spec.template.metadata.labels).toMatchObject({ 'cdk8s-ha/network-backend': 'shop' });
  });

  test("has a policy that lets members in on its containers' ports, and it out to theirs", () => {
    web({ networks: [backend] });
    const { spec } = policyOf(legacyLabels());
    expect(spec.policyTypes).toEqual(['Egress', 'Ingress']);
    expect(spec.ingress).toEqual([{ from: [MEMBER], ports: [{ port: 8000, protocol: 'TCP' }] }]);
    expect(egressOf({ spec })).toEqual([{ to: [MEMBER], ports: [{ port: 8000, protocol: 'TCP' }, { port: 8080, protocol: 'TCP' }] }]);
  });

  test('is reached by our members, and reaches them', () => {
    web({ networks: [backend] });
    const policy = policyOf({ 'app.kubernetes.io/instance': 'web' });
    expect(policy.spec.ingress).toEqual([{ from: [MEMBER], ports: [{ port: 8080, protocol: 'TCP' }] }]);
    expect(egressOf(policy)).toEqual([{ to: [MEMBER], ports: [{ port: 8000, protocol: 'TCP' }, { port: 8080, protocol: 'TCP' }] }]);
  });

  test('gives a manifest that Kubernetes takes', () => {
    web({ networks: [backend] });
    expectNoProblems(validateManifests(text(app.render(), 'shop.k8s.yaml')));
  });

  test("has the network's ways out", () => {
    const lan = new IsolatedNetwork(shop, 'lan', { egress: [Egress.toRanges(['198.51.100.0/28'], [443])] });
    const other = new kplus.Deployment(shop, 'other', { containers: [{ image: 'ghcr.io/acme/legacy:0.9.0' }] });
    lan.addMember(other);
    const policy = find('NetworkPolicy', ({ metadata }) => metadata.name === 'lan-other');
    expect(egressOf(policy)).toEqual([{ to: [{ ipBlock: { cidr: '198.51.100.0/28' } }], ports: [{ port: 443, protocol: 'TCP' }] }]);
  });

  test('is nowhere on Compose and Swarm', () => {
    web({ networks: [backend] });
    const files = app.render();
    for (const path of ['compose/shop/compose.yml', 'swarm/shop/stack.yml']) expect(text(files, path)).not.toContain('legacy');
    expect(Object.keys(parse(text(files, 'compose/shop/compose.yml')).services)).toEqual(['web', 'web-next']);
  });
});

describe('our workload in a policy of cdk8s-plus', () => {
  test('is what the policy selects', () => {
    new kplus.NetworkPolicy(shop, 'policy', { selector: web() });
    const policy = find('NetworkPolicy', ({ metadata }) => metadata.name.startsWith('shop-policy'));
    expect(policy.spec.podSelector).toEqual({ matchLabels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } });
    expect(find('Deployment', ({ metadata }) => metadata.name === 'web').spec.template.metadata.labels).toMatchObject(policy.spec.podSelector.matchLabels);
  });

  test('is a peer of the policy', () => {
    const policy = new kplus.NetworkPolicy(shop, 'policy', { selector: legacy });
    policy.addEgressRule(web(), [kplus.NetworkPolicyPort.tcp(8080)]);
    const { spec } = find('NetworkPolicy', ({ metadata }) => metadata.name.startsWith('shop-policy'));
    expect(spec.egress).toEqual([{
      ports: [{ port: 8080, protocol: 'TCP' }],
      to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } } }],
    }]);
  });

  test('is what their connections allow', () => {
    const service = web();
    legacy.connections.allowTo(service, { ports: [kplus.NetworkPolicyPort.tcp(8080)] });
    legacy.connections.allowFrom(service, { ports: [kplus.NetworkPolicyPort.tcp(8000)] });
    const ours = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } } };
    const theirs = manifests().filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name !== 'web').map(({ spec }) => spec);
    expect(theirs.flatMap(({ egress = [] }) => egress)).toContainEqual({ ports: [{ port: 8080, protocol: 'TCP' }], to: [ours] });
    expect(theirs.flatMap(({ ingress = [] }) => ingress)).toContainEqual({ ports: [{ port: 8000, protocol: 'TCP' }], from: [ours] });
    expectNoProblems(validateManifests(text(app.render(), 'shop.k8s.yaml')));
  });
});

describe('a Service of cdk8s-plus behind our load balancer', () => {
  let service: kplus.Service;
  beforeEach(() => {
    service = legacy.exposeViaService({ ports: [{ port: 80, targetPort: 8000 }] });
    const edge = new LoadBalancer(shop, 'edge');
    edge.addRoute('shop.localhost', web());
    edge.addRoute('shop.localhost', service, { path: '/old' });
  });

  test('is where the route leads on Kubernetes', () => {
    expect(find('HTTPRoute', ({ metadata }) => metadata.name === 'shop-localhost-old').spec.rules[0].backendRefs)
      .toEqual([{ group: '', kind: 'Service', name: service.name, port: 80, weight: 1 }]);
  });

  test('gives a manifest that Kubernetes takes', () => {
    expectNoProblems(validateManifests(text(app.render(), 'shop.k8s.yaml')));
  });

  test('is no route on Compose and Swarm', () => {
    const files = app.render();
    for (const target of ['compose/shop', 'swarm/shop']) {
      const caddyfile = text(files, `${target}/config/edge/Caddyfile`);
      expect(caddyfile).toContain('web:8080');
      expect(caddyfile).not.toContain('/old');
    }
  });

  test.each([/compose/i, /swarm/i])('is said to be missing there (%p)', (target) => {
    const lines = [...app.findings().map(({ message }) => message), ...text(app.render(), 'report/report.md').split('\n')];
    expect(lines.filter((line) => line.includes('shop.localhost/old') || line.includes(service.name)).join('\n')).toMatch(target);
  });

  test('is reached by the load balancer when its pods are members of a network too', () => {
    new IsolatedNetwork(shop, 'backend').addMember(legacy);
    const { spec } = policyOf(legacyLabels());
    const proxies = { 'gateway.envoyproxy.io/owning-gateway-name': 'edge' };
    expect(spec.ingress).toContainEqual(expect.objectContaining({
      from: [expect.objectContaining({ podSelector: { matchLabels: proxies } })], ports: [{ port: 8000, protocol: 'TCP' }],
    }));
  });
});
