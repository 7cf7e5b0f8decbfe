import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { hostCertificate, isIssued } from '../certificates';
import { gatewayPolicy } from '../cilium-policy';
import type { EdgeObjects } from './edge-objects';
import { ingress } from './ingress';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import { ObjectHanger } from '../object-hanger';
import type { KubernetesOptions } from '../options';

/**
 * An Ingress for each host, so that a certificate that is missing takes its own host down and no other.
 *
 * @internal
 */
export function ingressObjects(options: KubernetesOptions): EdgeObjects {
  const { edge } = options;
  return {
    bindLoadBalancer: () => undefined,
    bindHost: (slot) => {
      const { name, host } = slot;
      const hanger = ObjectHanger.of(slot, options, slot.scope.node.id);
      hanger.add('Ingress', name, (model) => ingress(host, model, edge), { id: `ingress-${name}` });
      if (slot.secure) hanger.add('Certificate', name, (model) => hostCertificate(host, model, options), { id: `certificate-${name}` });
      return () => settleHost(hanger, name, host);
    },
    bindRoute: () => () => undefined,
    bindStreamRoute: () => () => undefined,
    bindLink: (slot) => {
      if (!edge._isCilium) return;
      const { callee, name } = slot;
      new ObjectHanger(callee as Construct, Chart.of(callee), callee.node.id, slot.lazy({ render: (link) => link }), options)
        .add('CiliumNetworkPolicy', name, gatewayPolicy, { id: `link-${name}` });
    },
  };
}

/** A host without a route that leads somewhere has nothing: a redirect to another host is no word of an Ingress. */
function settleHost(hanger: ObjectHanger, name: string, hostName: string): void {
  const { hosts, routes }: LoadBalancerModel = hanger.produce();
  const isServed = routes.some(({ host, targets }) => host === hostName && targets.length > 0);
  const issuer = hosts.find((host) => host.name === hostName)?.issuer;
  if (!isServed) hanger.remove(`ingress-${name}`);
  if (!isServed || issuer === undefined || !isIssued(issuer)) hanger.remove(`certificate-${name}`);
}
