import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { findings, Manifests } from './manifests';
import {
  App, GatewayApiChannel, GatewayImplementation, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, LoadBalancerBackend,
  LocalCertificates, Port, StatefulService, type KubernetesTargetProps,
} from '../../../src';
import { expectGoldens } from '../../support/goldens';

/*
 * TLS that is passed on, and all connections to a port, beside HTTPS.
 */

/** One application for a Gateway and for proxies of our own. */
function shop(chart: Chart): LoadBalancer {
  const web = new HAWebService(chart, 'web', {
    image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz'), additionalPorts: [Port.https('https', 8443)],
  });
  const edge = new LoadBalancer(chart, 'edge', { certificates: new LocalCertificates(chart, 'local'), backend: LoadBalancerBackend.haproxy() });
  edge.addRoute('shop.acme.example', web);
  edge.addTlsRoute('*.secure.acme.example', web);
  edge.addTcpRoute(5432, database(chart));
  return edge;
}

const database = (chart: Chart) => new StatefulService(chart, 'db', { image: 'postgres:17.2', port: 5432, healthCheck: HealthCheck.tcp() });

const NEWEST: KubernetesTargetProps = { gatewayApiVersion: '1.6' };
const EDGES: { [name: string]: KubernetesEdge } = { 'gateway': KubernetesEdge.gateway(), 'own-proxies': KubernetesEdge.ownProxies() };

test('one application by a Gateway and by proxies of our own', () => {
  expectGoldens(join(__dirname, 'goldens', 'streams'), Object.entries(EDGES).map(([name, edge]) => {
    const { files: [{ text }] } = new Manifests((chart) => void shop(chart), { ...NEWEST, edge }, { namespace: 'shop' });
    return { path: `${name}.yaml`, text };
  }));
});

describe('a version or channel of the Gateway API', () => {
  /** Of older versions there are no schemas here. */
  const versions = (props: KubernetesTargetProps) => {
    const app = new App({ report: false, targets: [new KubernetesTarget(props)] });
    shop(new Chart(app, 'shop'));
    return app.render()[0].text.match(/^apiVersion: .*\nkind: T(CP|LS)Route$/gm)!.map((text) => text.replace(/apiVersion: .*\/|\nkind:/g, ''));
  };
  const said = (props: KubernetesTargetProps) => findings((chart) => void shop(chart), props).filter((one) => one.includes('gateway-api-version'));
  const LACKS = (what: string, version: string, kind: string, since: string) => `error gateway-api-version: 'edge' cannot pass ${what} with Gateway API ${version}, whose channel`
    + ` 'standard' has no ${kind}: use ${since} or newer, and give its version by gatewayApiVersion, or say that the experimental channel is installed (gatewayApiChannel) [shop/edge]`;
  const TCP = "connections to port 5432 on to 'db'";
  const TLS = "TLS for '*.secure.acme.example' on to 'web'";

  test('has both, or one, or none', () => {
    expect(said({ gatewayApiVersion: '1.6' })).toEqual([]);
    expect(said({ gatewayApiVersion: '1.5' })).toEqual([LACKS(TCP, '1.5', 'TCPRoute', '1.6')]);
    expect(said({ gatewayApiVersion: '1.4' }).sort()).toEqual([LACKS(TLS, '1.4', 'TLSRoute', '1.5'), LACKS(TCP, '1.4', 'TCPRoute', '1.6')]);
  });

  test('has them experimentally, in an older form', () => {
    const channel = { gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL };
    for (const gatewayApiVersion of ['1.4', '1.5', '1.6']) expect(said({ ...channel, gatewayApiVersion })).toEqual([]);
    expect(versions({ ...channel, gatewayApiVersion: '1.4' }).sort()).toEqual(['v1alpha2 TCPRoute', 'v1alpha2 TLSRoute']);
    expect(versions({ ...channel, gatewayApiVersion: '1.5' }).sort()).toEqual(['v1 TLSRoute', 'v1alpha2 TCPRoute']);
    expect(versions({ ...channel, gatewayApiVersion: '1.6' }).sort()).toEqual(['v1 TCPRoute', 'v1 TLSRoute']);
  });
});

test('a Gateway of somebody else has no listeners for them, unless they are added', () => {
  const existing = (listenerSet: boolean) => KubernetesEdge.existingGateway({ name: 'public', className: 'eg', listenerSet });
  expect(findings((chart) => void shop(chart), { ...NEWEST, edge: existing(false) }).filter((one) => one.includes('stream-route'))).toEqual(
    ["TLS for '*.secure.acme.example' on to 'web'", "connections to port 5432 on to 'db'"].map((what) => `error stream-route: 'edge' cannot pass ${what} on Kubernetes:`
      + " the listeners of the Gateway 'public' belong to somebody else; give KubernetesEdge.existingGateway() listenerSet: true, or use KubernetesEdge.gateway() [shop/edge]"));
  const added = new Manifests((chart) => void shop(chart), { ...NEWEST, edge: existing(true) }, {}, ['Gateway/public']);
  expect(added.get('ListenerSet').spec.listeners.map(({ name, protocol, tls }: any) => [name, protocol, tls?.mode])).toEqual([
    ['https-shop-acme-example', 'HTTPS', 'Terminate'], ['tls-wildcard-secure-acme-example', 'TLS', 'Passthrough'], ['tcp-5432', 'TCP', undefined],
  ]);
  expect(added.get('TCPRoute').spec.parentRefs).toEqual([
    { group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: 'edge', sectionName: 'tcp-5432' },
  ]);
  expect(added.get('BackendTrafficPolicy').spec.targetSelectors.map(({ kind }: any) => kind)).toEqual(['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute']);
});

test('a listener set is there where there are such routes alone', () => {
  const added = new Manifests((chart) => new LoadBalancer(chart, 'edge').addTcpRoute(5432, database(chart)),
    { ...NEWEST, edge: KubernetesEdge.existingGateway({ name: 'public', className: 'eg', listenerSet: true }) }, {}, ['Gateway/public']);
  expect(added.get('ListenerSet').spec.listeners.map(({ name }: any) => name)).toEqual(['tcp-5432']);
});

test('implementations that may not know them are named', () => {
  const all = (implementation: GatewayImplementation) =>
    findings((chart) => void shop(chart), { ...NEWEST, edge: KubernetesEdge.gateway({ implementation }) });
  const said = (implementation: GatewayImplementation) => all(implementation).filter((one) => one.includes('stream-route'))
    .map((one) => /knows (\w+),/.exec(one)![1]);
  expect(said(GatewayImplementation.envoyGateway())).toEqual([]);
  expect(said(GatewayImplementation.cilium())).toEqual(['TCPRoute']);
  const others = [
    GatewayImplementation.istio(), GatewayImplementation.nginxGatewayFabric(), GatewayImplementation.traefik(), GatewayImplementation.other('acme'),
  ];
  for (const other of others) {
    expect(said(other).sort()).toEqual(['TCPRoute', 'TLSRoute']);
  }
});

test('a workload of another namespace gives leave to the kinds that lead to it', () => {
  const manifests = new Manifests((chart, app) => {
    const apps = new Chart(app, 'apps', { namespace: 'apps' });
    const edge = new LoadBalancer(chart, 'edge');
    edge.addTcpRoute(5432, database(apps));
    const second = new LoadBalancer(chart, 'second');
    const web = new HAWebService(apps, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8443, protocol: Port.https('x', 1).protocol, healthCheck: HealthCheck.http('/healthz') });
    edge.addTcpRoute(8443, web);
    second.addTlsRoute('web.acme.example', web);
  }, NEWEST, { namespace: 'shop' });
  const kinds = (name: string) => manifests.get('ReferenceGrant', name).spec.from.filter(({ kind }: any) => kind.endsWith('Route')).map(({ kind }: any) => kind);
  expect(kinds('db-from-shop')).toEqual(['GRPCRoute', 'HTTPRoute', 'TCPRoute']);
  expect(kinds('web-from-shop')).toEqual(['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute']);
  expect(manifests.get('TCPRoute', 'edge-5432').spec.rules[0].backendRefs[0].namespace).toBe('apps');
});

test('a workload that is not rendered here has no listener', () => {
  const app = new App({ report: false, targets: [new KubernetesTarget(NEWEST)] });
  const chart = new Chart(app, 'shop');
  const db = new StatefulService(chart, 'db', { image: 'postgres:17.2', port: 5432, onlyOn: ['compose'] });
  const edge = new LoadBalancer(chart, 'edge');
  edge.addTcpRoute(5432, db);
  edge.addTcpRoute(5433, new StatefulService(chart, 'other', { image: 'postgres:17.2', port: 5432, healthCheck: HealthCheck.tcp() }));
  const text = app.render().map((file) => file.text).join('');
  expect(text).not.toContain('tcp-5432');
  expect(text).not.toContain('name: edge-5432');
  expect(text).toContain('name: tcp-5433');
});
