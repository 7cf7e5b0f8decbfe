import { ApiObject, type Chart } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { findings, Manifests } from './manifests';
import {
  GatewayImplementation, HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge, LoadBalancer, Worker, type KubernetesTargetProps,
} from '../../../src';

/*
 * A namespace of ours is closed for pods without a policy of their own; one of somebody else is left as it is.
 */

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const BOTH = ['Egress', 'Ingress'];
const worker = (chart: Chart) => new Worker(chart, 'w', { image: IMAGE });
const shop = (chart: Chart) => new LoadBalancer(chart, 'edge')
  .addRoute('shop.acme.example', new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') }));
const inOwnNamespace = (define: (chart: Chart) => void, props: KubernetesTargetProps = {}, external: string[] = []) =>
  new Manifests(define, { createNamespace: true, ...props }, { namespace: 'prod' }, external);

test('a namespace of ours is closed by default, beside the Namespace', () => {
  const manifests = inOwnNamespace(worker);
  const [file] = manifests.files.filter(({ text }) => text.includes('kind: Namespace'));
  expect(file.text).toContain('name: default-deny');
  expect(manifests.get('NetworkPolicy', 'default-deny')).toEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'cdk8s-ha' }, name: 'default-deny', namespace: 'prod' },
    spec: { podSelector: {}, policyTypes: BOTH },
  });
});

test('one of somebody else is not: strangers in it would be cut off', () => {
  expect(new Manifests(worker, {}, { namespace: 'prod' }).names()).not.toContain('NetworkPolicy/default-deny');
});

describe('the proxies of a Gateway', () => {
  const selected = (edge: KubernetesEdge) => inOwnNamespace(shop, { edge }, ['Gateway/*']).get('NetworkPolicy', 'default-deny').spec.podSelector;
  const allButProxies = { matchExpressions: [{ key: 'gateway.networking.k8s.io/gateway-name', operator: 'DoesNotExist' }] };

  test.each<[string, KubernetesEdge]>([
    ['Envoy Gateway', KubernetesEdge.gateway()],
    ['Istio', KubernetesEdge.gateway({ className: 'istio' })],
    ['NGINX Gateway Fabric', KubernetesEdge.gateway({ className: 'nginx' })],
    ['Cilium', KubernetesEdge.gateway({ className: 'cilium' })],
    ['an Ingress', KubernetesEdge.ingress({ className: 'traefik' })],
    ['ourselves', KubernetesEdge.ownProxies()],
    ['a Gateway of another namespace', KubernetesEdge.existingGateway({ name: 'public', namespace: 'infra', className: 'eg' })],
  ])('of %s stand elsewhere, or have a policy of their own', (_, edge) => {
    expect(selected(edge)).toEqual({});
  });

  test.each<[string, KubernetesEdge]>([
    ['that we do not know', KubernetesEdge.gateway({ implementation: GatewayImplementation.other('acme') })],
    ['of somebody else in the namespace', KubernetesEdge.existingGateway({ name: 'public', className: 'eg' })],
    ['that are said to stand there', KubernetesEdge.gateway({ proxyNamespace: 'prod' })],
  ])('%s go on', (_, edge) => {
    expect(selected(edge)).toEqual(allButProxies);
  });
});

describe('pods of other libraries', () => {
  const found = (define: (chart: Chart) => void, props: KubernetesTargetProps = { createNamespace: true }) =>
    findings(define, props, { namespace: 'prod' }).filter((line) => line.includes('pods-cut-off'));
  const cache = (chart: Chart) => new plus.Deployment(chart, 'Cache', { containers: [{ image: 'valkey:8', ports: [{ number: 6379, name: 'redis' }] }] });

  test('that no policy is for are named', () => {
    const name = /'(prod|shop)-cache-[0-9a-f]+'/;
    expect(found((chart) => { worker(chart); cache(chart); }).map((line) => line.replace(name, "'cache'"))).toEqual([
      "warning pods-cut-off: the pods of Deployment 'cache' reach nobody on Kubernetes, not even name servers, and nobody reaches them: no NetworkPolicy is for them in the namespace 'prod',"
      + ' which is closed by default; let them join an IsolatedNetwork (addMember), or write one for them [shop/Cache/Resource]',
    ]);
  });

  test('are members of a network, or have a policy of their owner', () => {
    expect(found((chart) => {
      const backend = new IsolatedNetwork(chart, 'backend');
      new Worker(chart, 'w', { image: IMAGE, networks: [backend] });
      backend.addMember(cache(chart));
      new ApiObject(chart, 'tool', { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { app: 'tool' } }, spec: { containers: [{ name: 'tool', image: IMAGE }] } });
      new ApiObject(chart, 'policy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: { matchLabels: { app: 'tool' } }, policyTypes: BOTH } });
    })).toEqual([]);
  });

  test('in a namespace of somebody else are not ours to cut off', () => {
    expect(found((chart) => { worker(chart); cache(chart); }, {})).toEqual([]);
  });
});
