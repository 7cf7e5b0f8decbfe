import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import { error } from '../findings';
import { GATEWAY_API_FIELDS, hasGatewayField } from '../gateway-api-version';
import type { KubernetesOptions } from '../options';

/*
 * What the version of the Gateway API has no field or kind for.
 */

/** @internal */
export function gatewayApiFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  const { path, name, routes, hosts } = balancer;
  const { edge, gatewayApi } = options;
  const lacks = (kind: string, field: keyof typeof GATEWAY_API_FIELDS) => `with Gateway API ${gatewayApi.version}, which has no ${kind}:`
    + ` use ${GATEWAY_API_FIELDS[field].standardSince} or newer, and give its version by gatewayApiVersion`;
  const secure = hosts.some(({ issuer }) => issuer !== undefined);
  return [
    ...edge._listenerSet && secure && !hasGatewayField(gatewayApi, 'listenerSet') ? [error('gateway-api-version', path,
      `'${name}' cannot add listeners to the Gateway '${edge.existingName}' ${lacks('ListenerSet', 'listenerSet')}`)] : [],
    ...hasGatewayField(gatewayApi, 'backendTlsPolicy') ? [] : routes.flatMap((route) => route.targets.filter(({ tls }) => tls !== undefined)
      .map(({ peer }) => error('gateway-api-version', path,
        `'${name}' cannot meet the copies of '${peer.name}' for '${route.host}${route.path}' over TLS ${lacks('BackendTLSPolicy', 'backendTlsPolicy')}`))),
  ];
}
