import { methodOf, takesBackup } from './balancing';
import { wordOf } from './words';
import { askedBy } from '../../model/access-rule';
import type { LoadBalancerModel, MirrorModel, RouteModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits, StandInNames } from '../../model/traits';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { MIRROR_SECONDS } from '../mirrors';
import { isGrpc } from '../routes';

/**
 * What the name of a group ends with whose connections are used once. A copy that stops may close a kept connection just
 * when a request is written to it: what must not be repeated gets a connection of its own, which is either refused or
 * served to the end.
 *
 * @internal
 */
export const ONCE = '-once';

/**
 * What the name of a group ends with whose requests have a time limit.
 *
 * @internal
 */
export const LIMITED = '-limited';

/**
 * Name of a destination's group of copies for a route.
 *
 * @internal
 */
export function groupName({ peer, port }: RouteTargetModel, { requestTimeoutSeconds }: Pick<RouteModel, 'requestTimeoutSeconds'>): string {
  return `${peer.chart}.${peer.name}.${port.number}${requestTimeoutSeconds === undefined ? '' : LIMITED}`;
}

/**
 * Name of the group that copies of requests are sent to: one whose failures take nobody out for visitors.
 *
 * @internal
 */
export const mirrorGroup = ({ target }: MirrorModel): string => groupName(target, { requestTimeoutSeconds: MIRROR_SECONDS });

/**
 * The groups of copies, by name.
 *
 * @internal
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html
 */
export function upstreamsOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  const groups = loadBalancer.routes.flatMap((route) => [
    ...route.targets.map((target) => ({ name: groupName(target, route), target, limited: route.requestTimeoutSeconds !== undefined })),
    ...askedBy(route).map((target) => ({ name: groupName(target, {}), target, limited: false })),
    ...route.mirror === undefined ? [] : [{ name: mirrorGroup(route.mirror), target: route.mirror.target, limited: true }],
  ]);
  const byName = new Map(groups.map((group) => [group.name, group]));
  return [...byName.values()].sort((a, b) => a.name < b.name ? -1 : 1).flatMap(({ name, target, limited }) => {
    const copies = [...methodOf(loadBalancer), ...serversOf(loadBalancer, target, traits, { limited, knowsStandIns: true })];
    const group = (suffix: string, keepalive: number) => block(`upstream ${wordOf(loadBalancer, 'the name', `${name}${suffix}`)}`,
      `zone ${name}${suffix} 256k`,
      ...copies,
      `keepalive ${keepalive}`,
    );
    return isGrpc(target) ? [group(ONCE, 0)] : [group('', 64), group(ONCE, 0)];
  });
}

/**
 * The names of a destination's copies and of those that stand in for them; undefined: nobody does.
 *
 * @internal
 */
export const standInNames = ({ peer, stateful }: RouteTargetModel, traits: ITargetTraits): StandInNames | undefined =>
  stateful ? undefined : traits.standInNames(peer.chart, peer.name);

/**
 * Which servers a group has.
 *
 * @internal
 */
export interface GroupOptions {
  /** Whether its requests have a time limit: one that ends a slow request is no death of a copy, but nginx would take it for one. */
  readonly limited?: boolean;
  /** Whether those that stand in for its copies are asked at the right time, and only then. */
  readonly knowsStandIns?: boolean;
}

/**
 * Copies with names of their own by these, all others by the one name that leads to each, which is asked once a second.
 *
 * A copy that has failed is spared for two seconds, as long as another one is left: `backup` servers are the same copies
 * without that mark. Methods that take no `backup` spare none, or a handful of failures would close the site.
 *
 * Those that stand in for copies are `backup` servers too: should nobody have said that they do, they are asked once no copy is
 * left. Where there is no `backup` they are asked as all copies are.
 *
 * @internal
 */
export function serversOf(
  loadBalancer: LoadBalancerModel, target: RouteTargetModel, traits: ITargetTraits, { limited = false, knowsStandIns = false }: GroupOptions = {},
): string[] {
  const { peer, port, copies, stateful } = target;
  const single = stateful ? traits.copyNames(peer.chart, peer.name, copies, stateful) : [];
  const names = standInNames(target, traits);
  const all = single.length > 0 ? single : [names?.all ?? traits.allCopiesName(peer.chart, peer.name)];
  const own = knowsStandIns ? names?.own : undefined;
  const servers = (hosts: string[], ...parameters: string[]) =>
    hosts.map((name) => [`server ${wordOf(loadBalancer, 'the name of a copy', name)}:${port.number} resolve`, ...parameters].join(' '));
  if (!takesBackup(loadBalancer) || (limited && own === undefined)) return servers(all, 'max_fails=0');
  return [
    ...servers(own === undefined ? all : [own], limited ? 'max_fails=0' : 'max_fails=1 fail_timeout=2s'),
    ...servers(all, 'max_fails=0 backup'),
  ];
}
