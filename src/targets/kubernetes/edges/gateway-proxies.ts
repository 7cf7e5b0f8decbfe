import { challengedHosts } from './proxy-model';
import { calledBy, visitorPorts, type LoadBalancerModel } from '../../../model/load-balancer';
import { solversOf, SOLVER_PORT } from '../certificates';
import { metricsRule } from '../monitoring';
import { nameServerRules } from '../name-servers';
import type { KubernetesOptions } from '../options';
import { podPeers } from '../peers';
import { constant } from '../plain-json';

/*
 * Proxies that an implementation runs in the Gateway's own namespace, among our workloads.
 */

/**
 * Lets visitors in on the listeners' ports, and the proxies out to the copies, to what configures them, and to what answers an authority.
 * Without it a policy for the whole namespace would cut them off.
 *
 * @internal
 */
export function proxyPolicy(model: LoadBalancerModel, options: KubernetesOptions): any {
  const { control, health, mesh, metrics } = options.edge._is('istio') ? ISTIO : NGINX;
  const ports = [...visitorPorts(model), ...health];
  return {
    spec: {
      egress: [...nameServerRules(options), control, ...challenges(model), ...destinations(model, options, mesh)],
      ingress: [
        { ports: ports.map((port) => ({ port, protocol: 'TCP' })) },
        ...options.monitoring.readsProxies ? [metricsRule(metrics, model.namespace, options)] : [],
      ],
      podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': model.name } },
      policyTypes: ['Egress', 'Ingress'],
    },
  };
}

/** The authority asks through the proxies; the pods that answer let them in by a policy of their own. */
function challenges(model: LoadBalancerModel): any[] {
  const solvers = solversOf(challengedHosts(model));
  return solvers === undefined ? [] : [{ ports: [{ port: SOLVER_PORT, protocol: 'TCP' }], to: [{ podSelector: solvers }] }];
}

function destinations(model: LoadBalancerModel, options: KubernetesOptions, mesh: number[]): any[] {
  const byPeer = new Map<string, any>();
  for (const { peer, port } of calledBy(model)) {
    const key = `${peer.chart}/${peer.name}`;
    const { ports, to } = byPeer.get(key) ?? { ports: new Set(mesh), to: podPeers(peer, model.namespace, options) };
    byPeer.set(key, { ports: ports.add(port.number), to });
  }
  return [...byPeer].sort(([a], [b]) => a < b ? -1 : 1).map(([, { ports, to }]) => ({
    ports: [...ports as Set<number>].sort((a, b) => a - b).map((port) => ({ port, protocol: 'TCP' })), to,
  }));
}

/**
 * istiod by its label, wherever it is installed. Clouds ask port 15021 for the proxy's health; within the mesh, connections
 * go to port 15008; metrics of the agent and the proxy together are on port 15020.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
 */
const ISTIO = {
  control: constant({ ports: [{ port: 15012, protocol: 'TCP' }], to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'istiod' } } }] }),
  health: [15021],
  mesh: [15008],
  metrics: 15020,
};

/**
 * The fabric's control plane by its port and the names that its manifests and its chart give it, wherever it is installed, and the agent's
 * metrics.
 *
 * @see https://github.com/nginx/nginx-gateway-fabric/blob/v2.1.0/charts/nginx-gateway-fabric/templates/_helpers.tpl
 * @see https://docs.nginx.com/nginx-gateway-fabric/monitoring/prometheus/
 */
const NGINX = {
  control: constant({
    ports: [{ port: 8443, protocol: 'TCP' }],
    to: [{
      namespaceSelector: {},
      podSelector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['nginx-gateway', 'nginx-gateway-fabric'] }] },
    }],
  }),
  health: [],
  mesh: [],
  metrics: 9113,
};
