import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { podDisruptionBudget } from '../availability';
import { hostCertificate, isIssued } from '../certificates';
import { configMap } from '../config-map';
import type { EdgeObjects } from './edge-objects';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import type { WorkloadModel } from '../../../model/workload';
import { podMonitor } from '../monitoring';
import { networkPolicy } from '../network-policy';
import { ObjectHanger } from '../object-hanger';
import type { KubernetesOptions } from '../options';
import { proxiesOf } from './proxies';
import { solverServiceName } from './proxy-model';
import { copiesService, proxyDeployment, proxyService, solverService } from './proxy-objects';
import { copiesName } from './proxy-traits';
import { serviceAccount } from '../service-account';
import { FILES_KEPT } from '../storage';

/**
 * Proxies of our own: a workload like any other, in front of it a Service, and for each of its destinations a name that
 * resolves to the copies that are ready.
 *
 * @internal
 */
export function ownProxiesObjects(options: KubernetesOptions): EdgeObjects {
  return {
    bindLoadBalancer: (slot) => {
      const { name, scope } = slot;
      const hanger = ObjectHanger.of(slot, options);
      const like = (render: (workload: WorkloadModel, options: KubernetesOptions) => any) =>
        (model: LoadBalancerModel) => render(proxiesOf(model, options).workload, options);
      hanger.add('ServiceAccount', name, like(serviceAccount));
      hanger.add('ConfigMap', `${name}-config`, like(configMap), { annotations: FILES_KEPT });
      hanger.add('NetworkPolicy', name, like(networkPolicy));
      hanger.add('Service', name, proxyService);
      scope.node.defaultChild = hanger.add('Deployment', name, proxyDeployment);
      if (options.monitoring.podMonitorLabels !== undefined) hanger.add('PodMonitor', name, like(podMonitor));
      if (options.edge.proxies > 1) hanger.add('PodDisruptionBudget', name, like(podDisruptionBudget));
    },
    bindHost: (slot) => {
      const { name, host } = slot;
      const hanger = ObjectHanger.of(slot, options, slot.scope.node.id);
      if (slot.secure) {
        hanger.add('Certificate', name, (model) => hostCertificate(host, model, options), { id: `certificate-${name}` });
        hanger.add('Service', solverServiceName(host), (model) => solverService(host, model), { id: `solver-${name}` });
      }
      return () => settleHost(hanger, name, host);
    },
    bindRoute: () => () => undefined,
    bindStreamRoute: () => () => undefined,
    bindLink: (slot) => {
      const { callee } = slot;
      const { id } = callee.node;
      new ObjectHanger(callee as Construct, Chart.of(callee), id, slot.lazy({ render: (link) => link }), options)
        .addOnce('Service', copiesName(id), copiesService, { id: 'copies-service' });
    },
  };
}

/** Hosts without a route have no certificate; of one's own there is nothing to issue. */
function settleHost(hanger: ObjectHanger, name: string, hostName: string): void {
  const balancer: LoadBalancerModel = hanger.produce();
  const issuer = balancer.hosts.find((host) => host.name === hostName)?.issuer;
  if (issuer === undefined || !isIssued(issuer)) hanger.remove(`certificate-${name}`);
  if (issuer === undefined || solverService(hostName, balancer) === undefined) hanger.remove(`solver-${name}`);
}
