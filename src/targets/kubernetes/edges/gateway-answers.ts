import { isKnownToEnvoy } from './envoy-gateway';
import { isKnownToIstio } from './istio';
import type { KubernetesEdge } from './kubernetes-edge';
import { isKnownToNginx } from './nginx-gateway-fabric';
import { streamsBalanced } from '../../../loadbalancers/streams';
import { Answer, type LoadBalancerAnswers } from '../../../model/answer';
import { destinationsOf, type LoadBalancerModel } from '../../../model/load-balancer';
import { LoadBalancingAlgorithm, type LoadBalancing } from '../../../model/load-balancing';

/*
 * What depends on the software behind a GatewayClass.
 */

/** @internal */
export function installed({ className, isEnvoyGateway, _proxyDeregistration: forgotten }: KubernetesEdge): string {
  return isEnvoyGateway ? `Envoy Gateway ${forgotten === undefined ? '' : '1.9 or newer '}is installed, with GatewayClass ${className}` : `the implementation of GatewayClass ${className} is installed`;
}

/** What keeps the proxies of a Gateway up. */
type Availability = Pick<LoadBalancerAnswers, 'copyCrash' | 'nodeLoss' | 'plannedDisruption' | 'rollingUpdate'>;

/** @internal */
export function gatewayAvailability(model: LoadBalancerModel, edge: KubernetesEdge): Availability {
  const object = OBJECT_OF_PROXIES.find(([className]) => edge._is(className))?.[1];
  if (!edge.isOwn) return same(Answer.degraded(`not known: the proxies of Gateway '${edge.existingName}' are looked after by its owner`));
  if (edge._is('cilium')) return ofCilium(edge);
  if (object === undefined) {
    return same(Answer.degraded(`not known: how many proxies GatewayClass ${edge.className} runs, and where, is set in its implementation`));
  }
  if (edge.proxies < 2) return same(Answer.degraded('one proxy: nobody comes in while it is away; give the edge two proxies or more'));
  const native = (reason: string, condition?: string) =>
    Answer.native(`${object}: ${reason}`, condition === undefined ? installed(edge) : `${installed(edge)}; ${condition}`);
  return {
    copyCrash: native('a proxy that ended is started again by the kubelet, and the others go on'),
    nodeLoss: native(`${edge.proxies} proxies on different nodes`, 'there are at least two nodes'),
    plannedDisruption: edge._is('nginx') ? Answer.native('PodDisruptionBudget: one proxy goes at a time', installed(edge))
      : native('a PodDisruptionBudget lets one proxy go at a time'),
    rollingUpdate: edge._is('nginx') && edge.proxies > 3
      ? Answer.degraded(`${object} has no field for it: of ${edge.proxies} proxies a quarter may be missing during an update of the fabric; of three or fewer none is`)
      : native(`${edge._is('nginx') ? 'none is missing' : 'maxUnavailable 0'}, and a proxy ${leaves(model, edge)}; a changed route is taken over without a restart`, noticed(edge)),
  };
}

function leaves({ drainSeconds }: LoadBalancerModel, edge: KubernetesEdge): string {
  const goesOn = edge._is('nginx') || (edge.isEnvoyGateway && edge._proxyDeregistration !== undefined);
  return `${goesOn ? `goes on for ${edge._proxyDeregistrationSeconds} s and ` : ''}drains for ${drainSeconds} s`;
}

/** https://github.com/envoyproxy/gateway/issues/9210 */
function noticed({ isEnvoyGateway, _proxyDeregistration: forgotten }: KubernetesEdge): string | undefined {
  return !isEnvoyGateway || forgotten !== undefined ? undefined : 'the cluster\'s load balancer leaves out a node within 5 s of the end of its last proxy, or, from Envoy Gateway'
    + ' 1.9 on, proxyDeregistration says how long it takes';
}

const OBJECT_OF_PROXIES: [className: string, object: string][] = [['eg', 'EnvoyProxy'], ['istio', 'ConfigMap for the Gateway'], ['nginx', 'NginxProxy']];

const same = (answer: Answer): Availability => ({ copyCrash: answer, nodeLoss: answer, plannedDisruption: answer, rollingUpdate: answer });

/** https://docs.cilium.io/en/stable/security/network/proxy/envoy/ */
function ofCilium(edge: KubernetesEdge): Availability {
  const native = (reason: string) => Answer.native(reason, `${installed(edge)}, with Envoy as a DaemonSet`);
  return {
    copyCrash: native('Cilium: an Envoy that ended is started again by the kubelet, and visitors come in by other nodes'),
    nodeLoss: native('Cilium: an Envoy on every node'),
    plannedDisruption: native('Cilium: an Envoy on every node, which a drain leaves there'),
    rollingUpdate: Answer.degraded('Cilium: a changed route is taken over without a restart, but an update of Cilium restarts the Envoy of one node after the other, which cuts connections there'),
  };
}

/** @internal */
export function gatewayBalancing(model: LoadBalancerModel, edge: KubernetesEdge): Answer {
  if (destinationsOf(model).length === 0) return Answer.notNeeded('no routes');
  return balancingOf(model, edge)._with(streamsBalanced(model, 'the implementation picks a copy as it likes'));
}

function balancingOf({ balancing }: LoadBalancerModel, edge: KubernetesEdge): Answer {
  const { algorithm } = balancing;
  if (edge.isEnvoyGateway) return ofEnvoy(balancing, 'Envoy Gateway', 'BackendTrafficPolicy', WORDS_OF_ENVOY_GATEWAY, isKnownToEnvoy(balancing), edge);
  if (edge._is('istio')) return ofEnvoy(balancing, 'Istio', 'DestinationRule', WORDS_OF_ISTIO, isKnownToIstio(balancing), edge);
  if (edge._is('nginx')) {
    return isKnownToNginx(balancing) ? Answer.native(`UpstreamSettingsPolicy: ${algorithm}`, installed(edge))
      : Answer.dropped('NGINX Gateway Fabric has no cookie of its own, and no word for this key: least_conn is written instead; hash the address or the path,'
        + ' or use Envoy Gateway');
  }
  return Answer.dropped(`the Gateway API has no field for ${algorithm}: the implementation picks a copy as it likes; use Envoy Gateway`);
}

interface Words {
  readonly least: string;
  readonly hash: string;
}
const WORDS_OF_ENVOY_GATEWAY: Words = { least: 'LeastRequest', hash: 'ConsistentHash' };
const WORDS_OF_ISTIO: Words = { least: 'LEAST_REQUEST', hash: 'consistentHash' };

/** Both configure Envoy. */
function ofEnvoy({ algorithm }: LoadBalancing, name: string, object: string, words: Words, isKnown: boolean, edge: KubernetesEdge): Answer {
  if (!isKnown) return Answer.dropped(`${name} cannot hash path and query: ${words.least} is written instead; hash the address, a header or a cookie`);
  switch (algorithm) {
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS:
      return Answer.emulated(`${object} ${words.least}: the less busy of two copies picked at random, which comes near to the least busy`, installed(edge));
    case LoadBalancingAlgorithm.STICKY:
      return Answer.native(`${object} ${words.hash} by a cookie that the proxies set; some visitors move when copies come or go`, installed(edge));
    default: return Answer.native(`${object}: ${algorithm}`, installed(edge));
  }
}
