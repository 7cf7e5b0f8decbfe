import { Chart, Size } from 'cdk8s';
import { Manifests } from './manifests';
import {
  App, ExternalTrafficPolicy, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, StatefulService, TrafficDistribution,
  type KubernetesTargetProps,
} from '../../../src';
import { readYaml } from '../../support/yaml-documents';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const web = (chart: Chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });

describe('callers inside the cluster', () => {
  const preferred = (trafficDistribution: TrafficDistribution | undefined, version: string) =>
    new Manifests(web, { trafficDistribution, version }).get('Service').spec.trafficDistribution;

  test('reach all copies alike by default', () => {
    expect(preferred(undefined, '1.36')).toBeUndefined();
    expect(preferred(TrafficDistribution.EVEN, '1.36')).toBeUndefined();
  });

  test('prefer copies of their zone by choice, in the words of the version', () => {
    expect(['1.33', '1.34', '1.35', '1.36'].map((version) => preferred(TrafficDistribution.PREFER_SAME_ZONE, version)))
      .toEqual(['PreferClose', 'PreferClose', 'PreferSameZone', 'PreferSameZone']);
  });

  test('prefer copies of their node, where the version has that', () => {
    expect(preferred(TrafficDistribution.PREFER_SAME_NODE, '1.35')).toBe('PreferSameNode');
  });

  test('pick for themselves where they see all copies', () => {
    const { objects } = new Manifests((chart) => {
      new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
      new LoadBalancer(chart, 'edge').addRoute('shop.acme.example', web(chart));
    }, { trafficDistribution: TrafficDistribution.PREFER_SAME_ZONE, edge: KubernetesEdge.ownProxies() }, { namespace: 'shop' });
    const told = objects.filter(({ spec }) => spec?.trafficDistribution !== undefined).map(({ metadata }) => metadata.name);
    expect(told.sort()).toEqual(['db', 'web']);
  });
});

describe('published ports', () => {
  const published = (props: KubernetesTargetProps) => new Manifests((chart) => new HAWebService(chart, 'mqtt', {
    image: IMAGE, port: 1883, healthCheck: HealthCheck.tcp(), publishedPorts: [{ port: 1883 }],
  }), props).get('Service', 'mqtt-published');

  test('are a Service of type LoadBalancer, as the cluster likes', () => {
    const { metadata, spec } = published({});
    expect(metadata.annotations).toBeUndefined();
    expect(Object.keys(spec)).toEqual(['ports', 'selector', 'type']);
  });

  // Azure would ask for `/` over HTTP, and send nobody to a node where that is not answered by 200.
  test('do not say what is spoken, which some clouds would then check in their own way', () => {
    const api = new Manifests((chart) => new HAWebService(chart, 'api', { image: IMAGE, port: 8080, healthCheck: HealthCheck.tcp(), publishedPorts: [{ port: 8080 }] }));
    expect(api.get('Service', 'api-published').spec.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP', targetPort: 'http' }]);
    expect(api.get('Service', 'api').spec.ports[0].appProtocol).toBe('http');
  });

  test('are told whom to let in, and by which load balancer', () => {
    const { metadata, spec } = published({
      publishedServices: {
        externalTrafficPolicy: ExternalTrafficPolicy.LOCAL, loadBalancerClass: 'service.k8s.aws/nlb', sourceRanges: ['10.0.0.0/8'], annotations: { 'metallb.io/address-pool': 'lan' },
      },
    });
    expect(metadata.annotations).toEqual({ 'metallb.io/address-pool': 'lan' });
    expect(spec).toMatchObject({
      externalTrafficPolicy: 'Local', loadBalancerClass: 'service.k8s.aws/nlb', loadBalancerSourceRanges: ['10.0.0.0/8'], type: 'LoadBalancer',
    });
  });
});

test('a route has a name that fits, however long its path', () => {
  const app = new App({ report: false, targets: [new KubernetesTarget()] });
  const chart = new Chart(app, 'shop');
  new LoadBalancer(chart, 'edge').addRoute('shop.acme.example', web(chart), { path: `/${'very/'.repeat(60)}long`, maxRequestBody: Size.mebibytes(1) });
  const objects = readYaml(app.render()[0].text).documents.map(({ value }) => value as any);
  const [route] = objects.filter(({ kind }) => kind === 'HTTPRoute');
  expect(route.metadata.name).toMatch(/^shop-acme-example-very-very-.{1,220}-[0-9a-f]{8}$/);
  expect(objects.filter(({ spec }) => spec?.targetRefs?.[0]?.name === route.metadata.name)).toHaveLength(1);
});

test('Services have names that fit, whatever they go with', () => {
  const id = 'a-name-of-fifty-eight-characters-which-is-the-longest-of-all';
  expect(id).toHaveLength(60);
  const name = id.slice(0, 58).replace(/-$/, 'x');
  const { objects } = new Manifests((chart) => {
    const long = new HAWebService(chart, name, { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz'), publishedPorts: [{ port: 8080 }] });
    new LoadBalancer(chart, 'edge').addRoute('shop.acme.example', long);
  }, { edge: KubernetesEdge.ownProxies() }, { namespace: 'shop' });
  const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
  expect(services).toHaveLength(4);
  for (const service of services) expect(service.length).toBeLessThanOrEqual(63);
  const copies = services.find((service) => service.endsWith('-copies'));
  expect(objects.find(({ kind }) => kind === 'ConfigMap').data['etc.caddy.Caddyfile']).toContain(`${copies}.shop.svc.cluster.local`);
});
