import { error, warning } from '../findings';
import { backendRef } from './backend-ref';
import { parentRef, streamListenerName } from './gateway';
import { gatewayOf } from './gateway-implementation';
import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import type { StreamRouteModel } from '../../../model/stream-route';
import { GATEWAY_API_FIELDS, GatewayApiChannel, hasGatewayField, isStandardGatewayField } from '../gateway-api-version';
import type { KubernetesOptions } from '../options';

/*
 * Connections that are passed on as they are, in the words of TLSRoute and TCPRoute.
 */

/** @internal */
export const streamKind = ({ host }: Pick<StreamRouteModel, 'host'>): 'TCPRoute' | 'TLSRoute' => host === undefined ? 'TCPRoute' : 'TLSRoute';

/** @internal The kinds of some routes, each once. */
export const streamKinds = (streams: StreamRouteModel[]): string[] => [...new Set(streams.map(streamKind))].sort();

const FIELD = { TCPRoute: 'tcpRoute', TLSRoute: 'tlsRoute' } as const;

/** @internal The version of its kind; undefined: the stable one. */
export const streamApiVersion = (stream: Pick<StreamRouteModel, 'host'>, { gatewayApi }: KubernetesOptions): string | undefined =>
  isStandardGatewayField(gatewayApi, FIELD[streamKind(stream)]) ? undefined : 'gateway.networking.k8s.io/v1alpha2';

/**
 * @see https://gateway-api.sigs.k8s.io/reference/api-types/tlsroute/
 * @internal
 */
export function streamRoute(stream: StreamRouteModel, model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  return {
    spec: {
      hostnames: stream.host === undefined ? undefined : [stream.host],
      parentRefs: [parentRef(model, edge, streamListenerName(stream))],
      rules: [{ backendRefs: [backendRef(stream.target, model.namespace)] }],
    },
  };
}

/** @internal What of it a version, a channel, a Gateway or a class does not do. */
export function streamFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  return balancer.streams.flatMap((stream) => [unknownKind, foreignListener, unsure].flatMap((rule) => rule(stream, balancer, options)));
}

/** @internal A route in a sentence, after `cannot pass`. */
export const streamOf = ({ host, port, target: { peer } }: StreamRouteModel): string =>
  `${host === undefined ? `connections to port ${port}` : `TLS for '${host}'`} on to '${peer.name}'`;

function unknownKind(stream: StreamRouteModel, { path, name }: LoadBalancerModel, { gatewayApi }: KubernetesOptions): Finding[] {
  const kind = streamKind(stream);
  const { standardSince } = GATEWAY_API_FIELDS[FIELD[kind]];
  return hasGatewayField(gatewayApi, FIELD[kind]) ? [] : [error('gateway-api-version', path,
    `'${name}' cannot pass ${streamOf(stream)} with Gateway API ${gatewayApi.version}, whose channel '${GatewayApiChannel.STANDARD}' has no ${kind}: use ${standardSince} or newer, and`
    + ' give its version by gatewayApiVersion, or say that the experimental channel is installed (gatewayApiChannel)')];
}

function foreignListener(stream: StreamRouteModel, { path, name }: LoadBalancerModel, { edge }: KubernetesOptions): Finding[] {
  return edge._hasCertificates ? [] : [error('stream-route', path,
    `'${name}' cannot pass ${streamOf(stream)} on Kubernetes: the listeners of the Gateway '${edge.existingName}' belong to somebody else; give`
    + ' KubernetesEdge.existingGateway() listenerSet: true, or use KubernetesEdge.gateway()')];
}

/** Cilium: https://github.com/cilium/cilium/issues/21929 */
function unsure(stream: StreamRouteModel, { path, name }: LoadBalancerModel, { edge }: KubernetesOptions): Finding[] {
  const kind = streamKind(stream);
  if (edge.isEnvoyGateway || (edge._is('cilium') && kind === 'TLSRoute')) return [];
  return [warning('stream-route', path, `'${name}' passes ${streamOf(stream)} only if the implementation of ${gatewayOf(edge)} knows ${kind}, and is told to:`
    + ' look it up, or use Envoy Gateway (KubernetesEdge.gateway()) or KubernetesEdge.ownProxies()')];
}
