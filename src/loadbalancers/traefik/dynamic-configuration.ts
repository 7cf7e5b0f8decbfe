import { tlsOf } from './certificates';
import { LOOPBACK } from './places';
import { revisionOf, revisionPath } from './revision';
import { routersOf, type Router } from './routers';
import { anyOf } from './rules';
import type { Part } from './services';
import { streamsOf } from './streams';
import { goText, sectionOf, yamlOf } from './text';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { HEALTH_PATH } from '../own-health';

/**
 * What Traefik reads again when it changes: routers, what requests pass, where they are sent, certificates in files.
 *
 * @internal
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/dynamic-configuration-methods/
 */
export function dynamicConfigurationOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string {
  const routers = routersOf(loadBalancer, traits);
  const destinations = routers.map(({ destination }) => destination);
  const configuration = {
    http: {
      routers: Object.fromEntries(routers.map((router, index) => [router.name, routerBody(router, routers.length - index)])),
      middlewares: sectionOf(byName(routers.flatMap(({ middlewares, destination }) => [...middlewares, ...destination.middlewares ?? []]))),
      services: sectionOf(byName(destinations.flatMap(({ services }) => services))),
      serversTransports: sectionOf(byName(destinations.flatMap(({ transports }) => transports))),
    },
    tcp: streamsOf(loadBalancer, traits),
    tls: tlsOf(loadBalancer),
  };
  return withRevision(configuration);
}

/** Of several routers that fit, the one of the highest priority takes a request. */
function routerBody({ entryPoint, rule, middlewares, destination, tls }: Router, priority: number): object {
  return { entryPoints: [entryPoint], rule, priority, middlewares: middlewares.map(({ name }) => name), service: destination.service, tls };
}

function byName(parts: Part[]): { [name: string]: object } {
  const bodies = new Map(parts.map(({ name, body }) => [name, body]));
  return Object.fromEntries([...bodies].sort(([a], [b]) => a < b ? -1 : 1));
}

/**
 * A path that this configuration alone answers, so that one can find out whether Traefik has taken it, and the one of its
 * health: a Traefik without any has no routes and is not ready.
 */
function withRevision({ http, ...rest }: { http: { routers: object }; tcp?: object; tls?: object }): string {
  const revision = revisionOf(yamlOf({ http, ...rest }));
  const rule = anyOf([revisionPath(revision), HEALTH_PATH].map((path) => `Path(${goText(path)})`));
  const ping = { entryPoints: [LOOPBACK], rule, service: 'ping@internal' };
  return `# revision ${revision}\n${yamlOf({ http: { ...http, routers: { revision: ping, ...http.routers } }, ...rest })}`;
}
