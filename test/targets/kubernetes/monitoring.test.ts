import { type Chart } from 'cdk8s';
import { Manifests } from './manifests';
import {
  HAWebService, HealthCheck, KubernetesEdge, LoadBalancer, LoadBalancerBackend, Port, StatefulService, Worker, type ILoadBalancerBackend,
  type MonitoringOptions,
} from '../../../src';

/*
 * Who asks whom for metrics is a policy's to say: network-policy.test.ts. Here: how the Prometheus Operator hears of it.
 */

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const monitoring: MonitoringOptions = { podMonitorLabels: { release: 'kube-prometheus-stack' } };

const define = (chart: Chart) => {
  new HAWebService(chart, 'web', { image: IMAGE, port: 8080, metricsPort: 8080 });
  new StatefulService(chart, 'db', { image: IMAGE, port: 5432, metricsPort: 9187 });
  new Worker(chart, 'mailer', { image: IMAGE, metricsPort: 9090, labels: { team: 'mail' } });
  new HAWebService(chart, 'odd', { image: IMAGE, port: 8080, additionalPorts: [Port.tcp('metrics', 9000)], metricsPort: 9090 });
  new Worker(chart, 'silent', { image: IMAGE });
};
const podMonitors = ({ objects }: Manifests) => objects.filter(({ kind }) => kind === 'PodMonitor');

test('a PodMonitor for each workload with metrics names its pods, and the port as they call it', () => {
  const manifests = new Manifests(define, { monitoring });
  expect(manifests.get('PodMonitor', 'web')).toEqual({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      labels: {
        'app.kubernetes.io/instance': 'web',
        'app.kubernetes.io/managed-by': 'cdk8s-ha',
        'app.kubernetes.io/name': 'web',
        'app.kubernetes.io/part-of': 'shop',
        'release': 'kube-prometheus-stack',
      },
      name: 'web',
    },
    spec: {
      podMetricsEndpoints: [{ port: 'http' }],
      selector: { matchLabels: { 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/name': 'web' } },
    },
  });
  expect(podMonitors(manifests).map(({ metadata, spec }) => [metadata.name, ...spec.podMetricsEndpoints])).toEqual([
    ['db', { port: 'metrics' }], ['mailer', { port: 'metrics' }],
    // Another port has the name.
    ['odd', { portNumber: 9090 }],
    ['web', { port: 'http' }],
  ]);
  expect(manifests.get('PodMonitor', 'mailer').metadata.labels).toMatchObject({ release: 'kube-prometheus-stack', team: 'mail' });
});

test('one is written where its labels are said, if only that there are none', () => {
  expect(podMonitors(new Manifests(define))).toEqual([]);
  expect(podMonitors(new Manifests(define, { monitoring: {} }))).toEqual([]);
  expect(podMonitors(new Manifests(define, { monitoring: { podMonitorLabels: {} } }))).toHaveLength(4);
});

test('proxies of our own have one, where their software has metrics', () => {
  const proxies = (backend: ILoadBalancerBackend) => podMonitors(new Manifests((chart) => new LoadBalancer(chart, 'edge', { backend })
    .addRoute('a.acme.example', new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.tcp() })),
  { edge: KubernetesEdge.ownProxies(), monitoring }, { namespace: 'shop' }));
  expect(proxies(LoadBalancerBackend.caddy())).toMatchObject([{ metadata: { name: 'edge' }, spec: { podMetricsEndpoints: [{ port: 'metrics' }] } }]);
  expect(proxies(LoadBalancerBackend.nginx())).toEqual([]);
});
