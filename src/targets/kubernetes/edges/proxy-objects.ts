import { portsOfVisitors } from '../../../loadbalancers/load-balancer-workload';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import type { LinkModel } from '../../../model/network';
import { solverLabels, SOLVER_PORT } from '../certificates';
import { deployment } from '../deployment';
import { selectorLabels, userLabels } from '../labels';
import { loadBalancerSpec } from '../load-balancer-service';
import type { KubernetesOptions } from '../options';
import { constant } from '../plain-json';
import { proxiesOf } from './proxies';
import { challengedHosts } from './proxy-model';
import { outsidePort, servicePort } from '../service';

/*
 * The objects of proxies of our own that other workloads do not have.
 */

/**
 * They stop later than other workloads, whom only they must forget: the cluster's load balancer asks each node.
 *
 * Their names are whole, and are looked for as they are: by default each look-up of theirs would be four.
 *
 * @internal
 */
export function proxyDeployment(model: LoadBalancerModel, options: KubernetesOptions): any {
  const { workload, model: { leavingFile } } = proxiesOf(model, options);
  const body = deployment(workload, { ...options, edge: options.edge._ofProxies() });
  const { spec } = body.spec.template;
  const containers = leavingFile === undefined ? spec.containers : spec.containers.map((container: any) => leaves(container, leavingFile));
  return { ...body, spec: { ...body.spec, template: { ...body.spec.template, spec: { ...spec, containers, dnsConfig: WHOLE_NAMES } } } };
}

/** New connections go to other proxies meanwhile, so it is the time to have visitors open some. */
function leaves({ lifecycle, ...container }: any, file: string): any {
  if (lifecycle === undefined) return container;
  const { seconds } = lifecycle.preStop.sleep;
  return { ...container, lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', `touch ${file}; sleep ${seconds}`] } } } };
}

const WHOLE_NAMES = constant({ options: [{ name: 'ndots', value: '1' }] });

/**
 * Where visitors come in.
 *
 * @see https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/
 * @internal
 */
export function proxyService(model: LoadBalancerModel, options: KubernetesOptions): any {
  const { workload } = proxiesOf(model, options);
  const { _service: wanted } = options.edge;
  const outside = portsOfVisitors(model, workload);
  return {
    metadata: { annotations: wanted.annotations, labels: userLabels(workload) },
    spec: {
      ...loadBalancerSpec(wanted),
      ports: outside.map(({ port, number }) => ({ ...outsidePort(port), port: number })),
      selector: selectorLabels(workload.name),
    },
  };
}

/** @internal A name that resolves to the copies that are ready, for proxies that pick one by themselves. */
export function copiesService({ connection: { to, ports } }: LinkModel): any {
  return { spec: { clusterIP: 'None', ports: ports.map(servicePort), selector: selectorLabels(to.name), type: 'ClusterIP' } };
}

/** @internal The way to the pod that answers an authority about a host; undefined: nobody asks over HTTP. */
export function solverService(host: string, model: LoadBalancerModel): any {
  if (!challengedHosts(model).some(({ name }) => name === host)) return undefined;
  return {
    spec: { clusterIP: 'None', ports: [{ name: 'http', port: SOLVER_PORT, protocol: 'TCP', targetPort: SOLVER_PORT }], selector: solverLabels(host), type: 'ClusterIP' },
  };
}
