import { pathWithoutPercents } from './http';
import type { HostModel, LoadBalancerModel, RouteModel, RouteTargetModel } from '../model/load-balancer';
import { isGrpcPort } from '../model/port';

/** Seconds for which another copy is tried. */
export const TRY_SECONDS = 10;

/**
 * The routes of a host in the order in which they are tried: the longest path first.
 *
 * @internal
 */
export const routesOf = ({ routes }: LoadBalancerModel, { name }: HostModel): RouteModel[] =>
  routes.filter(({ host }) => host === name).sort((a, b) => b.path.length - a.path.length);

/**
 * What the path of a request begins with, in whole elements; empty: every path does.
 *
 * @internal
 */
export const prefixOf = ({ path }: Pick<RouteModel, 'path'>): string => pathWithoutPercents(path).replace(/\/+$/, '');

/**
 * Seconds for which another copy is tried: never longer than a request may take.
 *
 * @internal
 */
export const trySeconds = ({ requestTimeoutSeconds = TRY_SECONDS }: Pick<RouteModel, 'requestTimeoutSeconds'>): number =>
  Math.min(TRY_SECONDS, requestTimeoutSeconds);

/**
 * A destination's part of the requests of a route.
 *
 * @internal
 */
export interface Share {
  readonly target: RouteTargetModel;
  /** By its weight. */
  readonly own: number;
  /** Its own and those of the destinations before it. */
  readonly upTo: number;
}

/**
 * How several destinations share the requests of a route.
 *
 * @internal
 */
export function sharesOf({ targets }: RouteModel): Share[] {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  return targets.map((target) => {
    const own = target.weight / total;
    upTo += own;
    return { target, own, upTo };
  });
}

/**
 * Whether a destination speaks gRPC.
 *
 * @internal
 */
export const isGrpc = ({ port }: RouteTargetModel): boolean => isGrpcPort(port);

/**
 * Names of destinations, each once.
 *
 * @internal
 */
export const namesOf = (targets: RouteTargetModel[]): string[] => [...new Set(targets.map(({ peer }) => peer.name))].sort();
