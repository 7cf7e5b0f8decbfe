import { repeatableMethods } from '../../../loadbalancers/http';
import type { LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { hasGatewayField, isStandardGatewayField } from '../gateway-api-version';
import type { KubernetesOptions } from '../options';
import { constant } from '../plain-json';

/*
 * When another copy is tried, in the words of HTTPRoute. Envoy Gateway has a field of its own that says it more exactly, and
 * that this one would overrule.
 */

/** By their conformance reports for Gateway API 1.6. One that does not know the field may refuse the whole route. */
const WITH_RETRY = ['istio', 'cilium'];

const RETRY = constant({ attempts: 2 });

/** @internal A part of the requests of a route. */
export interface RetriedRequests {
  /** Methods; empty: all that no other part has. */
  readonly methods: string[];
  readonly retry?: any;
}

/**
 * The requests of a route, by whether another copy is tried. While the field was experimental an implementation was free to send
 * a request again that a copy had begun, so that only those of some methods may have it. A standard one sends what no
 * copy has processed.
 *
 * @see https://gateway-api.sigs.k8s.io/geps/gep-1731/
 * @internal
 */
export function retriedRequests(route: RouteModel, model: LoadBalancerModel, options: KubernetesOptions): RetriedRequests[] {
  const { methods } = route;
  const { edge, gatewayApi } = options;
  if (!hasGatewayField(gatewayApi, 'retry') || !WITH_RETRY.some((className) => edge._is(className))) return [{ methods }];
  if (isStandardGatewayField(gatewayApi, 'retry')) return [{ methods, retry: RETRY }];
  const isOurs = (method: string) => methods.length === 0 ? !isNamedBeside(method, route, model) : methods.includes(method);
  const repeatable = repeatableMethods(model).filter(isOurs);
  const others = methods.filter((method) => !repeatable.includes(method));
  return [
    ...repeatable.length > 0 ? [{ methods: repeatable, retry: RETRY }] : [],
    ...methods.length === 0 || others.length > 0 ? [{ methods: others }] : [],
  ];
}

/** A route that names a method goes before others of its path, and must go on doing so. */
const isNamedBeside = (method: string, { host, path }: RouteModel, { routes }: LoadBalancerModel): boolean =>
  routes.some((other) => other.host === host && other.path === path && other.methods.includes(method));
