/*
 * The same services with cdk8s-plus-28, written as its documentation does: Deployment, Service, HTTPRoute,
 * HorizontalPodAutoscaler, PodDisruptionBudget (no construct there: an ApiObject), NetworkPolicy and ServiceAccount each,
 * which are the objects that this library makes of them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuOf, require, runCase } from './child.mjs';

function service(chart, i) {
  const { ApiObject, Size } = require('cdk8s');
  const { Cpu, Deployment, HorizontalPodAutoscaler, Metric, MetricTarget, NetworkPolicy, NetworkPolicyPort, NetworkPolicyTrafficDefault, Pods, Probe, ServiceAccount } =
    require('cdk8s-plus-28');
  const deployment = new Deployment(chart, `web-${i}`, {
    containers: [{
      image: 'ghcr.io/acme/shop:1.4.2',
      portNumber: 8080,
      envVariables: { SHARD: { value: `${i}` } },
      resources: {
        cpu: { request: Cpu.millis(100), limit: Cpu.units(1) },
        memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) },
      },
      readiness: Probe.fromHttpGet('/healthz', { port: 8080 }),
    }],
    spread: true,
    serviceAccount: new ServiceAccount(chart, `web-${i}-account`),
  });
  const target = deployment.exposeViaService({ ports: [{ port: 8080 }] });
  new HorizontalPodAutoscaler(chart, `web-${i}-hpa`, {
    target: deployment,
    minReplicas: 2,
    maxReplicas: 6,
    metrics: [Metric.resourceCpu(MetricTarget.averageUtilization(70))],
  });
  new ApiObject(chart, `web-${i}-route`, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    spec: {
      parentRefs: [{ name: 'edge', sectionName: 'https' }],
      hostnames: ['shop.acme.example'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: `/s${i}` } }], backendRefs: [{ name: target.name, port: 8080 }] }],
    },
  });
  new ApiObject(chart, `web-${i}-pdb`, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: deployment.matchLabels } },
  });
  new NetworkPolicy(chart, `web-${i}-policy`, {
    selector: deployment,
    ingress: { default: NetworkPolicyTrafficDefault.DENY, rules: [{ peer: Pods.all(chart, `peers-${i}`), ports: [NetworkPolicyPort.tcp(8080)] }] },
    egress: { default: NetworkPolicyTrafficDefault.DENY },
  });
}

function app(outdir, services, charts) {
  const { App, Chart } = require('cdk8s');
  const result = new App({ outdir });
  const scopes = Array.from({ length: charts }, (_, i) => new Chart(result, `chart-${i}`));
  for (let i = 0; i < services; i++) service(scopes[i % charts], i);
  return result;
}

runCase({
  'node': () => {},
  'require-cdk8s': () => { require('cdk8s'); },
  'require': () => { require('cdk8s-plus-28'); },
  'one-chart': (count, outdir) => app(outdir, count, 1).synth(),
  'charts': (count, outdir) => app(outdir, count, count).synth(),
  // What no library can go below: the objects are there, and become JSON in a file.
  'floor': (count, outdir) => {
    const objects = app(outdir, count, 1).charts[0].toJson();
    return { cpu: cpuOf(() => writeFileSync(join(outdir, 'floor.json'), objects.map(object => JSON.stringify(object)).join('\n'))) };
  },
});
