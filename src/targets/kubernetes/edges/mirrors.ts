import { warning } from '../findings';
import { backendRef } from './backend-ref';
import { gatewayOf } from './gateway-implementation';
import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel, MirrorModel, RouteModel } from '../../../model/load-balancer';
import { GATEWAY_API_FIELDS, hasGatewayField } from '../gateway-api-version';
import type { KubernetesOptions } from '../options';

/*
 * Copies of requests, in the words of HTTPRoute.
 */

/**
 * What has requests copied; none where the version or the class cannot: copies of all would be more than was declared.
 *
 * @see https://gateway-api.sigs.k8s.io/guides/http-request-mirroring/
 * @internal
 */
export function mirrorFilters({ mirror }: RouteModel, { namespace }: LoadBalancerModel, options: KubernetesOptions): any[] {
  if (mirror === undefined || !canMirror(mirror, options)) return [];
  const { weight: _, ...service } = backendRef(mirror.target, namespace);
  return [{ requestMirror: { backendRef: service, percent: mirror.percent === 100 ? undefined : mirror.percent }, type: 'RequestMirror' }];
}

/** By the conformance reports of Traefik 3.7. */
const isWithoutMirror = ({ edge }: KubernetesOptions): boolean => edge._is('traefik');

const isPartOnly = ({ percent }: MirrorModel): boolean => percent < 100;

function canMirror(mirror: MirrorModel, options: KubernetesOptions): boolean {
  return !isWithoutMirror(options) && (!isPartOnly(mirror) || hasGatewayField(options.gatewayApi, 'mirrorPercent'));
}

/** @internal What of it a version or class does not do. */
export function mirrorFindings({ host, path: prefix, mirror }: RouteModel, { path, name }: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  if (mirror === undefined) return [];
  const { edge, gatewayApi } = options;
  const [where, workload] = [`'${host}${prefix}'`, `'${mirror.target.peer.name}'`];
  const found = (message: string) => [warning('route-mirror', path, message)];
  if (isWithoutMirror(options)) {
    return found(`'${name}' does not copy requests for ${where} to ${workload} with ${gatewayOf(edge)}, whose implementation does not know RequestMirror:`
      + ' use Envoy Gateway (KubernetesEdge.gateway())');
  }
  if (!canMirror(mirror, options)) {
    return found(`'${name}' does not copy ${mirror.percent} of a hundred requests for ${where} to ${workload} with Gateway API ${gatewayApi.version}, which has no word for a part`
      + ` of them: use ${GATEWAY_API_FIELDS.mirrorPercent.standardSince} or newer, and give its version by gatewayApiVersion, or leave percent out`);
  }
  return edge._implementation?.name !== '' ? [] : found(`'${name}' copies requests for ${where} to ${workload} only if the implementation of ${gatewayOf(edge)} knows`
    + ` RequestMirror${isPartOnly(mirror) ? ' with a percentage' : ''}, and one that does not may refuse the route: look it up, or use Envoy Gateway (KubernetesEdge.gateway())`);
}
