import type { Workload } from './workload';
import { AccessKind, type AccessRule } from '../model/access-rule';
import type { AuthorityModel } from '../model/authority';
import type { RouteTargetModel } from '../model/load-balancer';
import { speaksTls, type Port } from '../model/port';
import type { SecretModel } from '../model/secret';

/**
 * A rule of a route, checked. Of the workload that is asked there is no model yet: its health check may still change.
 *
 * @internal
 */
export type RouteRule = RangesRule | AuthorityRule | UsersRule | ForwardAuthRule;

interface RangesRule {
  readonly kind: AccessKind.SOURCE_RANGES;
  readonly ranges: string[];
}

interface AuthorityRule {
  readonly kind: AccessKind.CLIENT_CERTIFICATES;
  readonly authority: AuthorityModel;
}

interface UsersRule {
  readonly kind: AccessKind.BASIC_AUTH;
  readonly users: SecretModel;
}

/** @internal */
export interface ForwardAuthRule {
  readonly kind: AccessKind.FORWARD_AUTH;
  readonly workload: Workload;
  readonly port: Port;
  readonly path: string;
  readonly copyHeaders: string[];
}

/**
 * The workload that a rule asks.
 *
 * @internal
 */
export const askedOf = (rules: RouteRule[]): ForwardAuthRule | undefined =>
  rules.find((rule): rule is ForwardAuthRule => rule.kind === AccessKind.FORWARD_AUTH);

/**
 * A rule as targets and back ends see it.
 *
 * @internal
 */
export function accessRule(rule: RouteRule): AccessRule {
  if (rule.kind !== AccessKind.FORWARD_AUTH) return rule;
  const { kind, path, copyHeaders } = rule;
  return { kind, forwardAuth: { target: calledBeside(rule), path, copyHeaders } };
}

/**
 * A workload and its port that a route leads to beside its destinations.
 *
 * @internal
 */
export function calledBeside({ workload, port }: { readonly workload: Workload; readonly port: Port }): RouteTargetModel {
  const { _peer: peer, _routing: routing, ports } = workload;
  const checkTls = speaksTls(ports, routing.healthCheck?.port ?? port.number);
  return { peer, port, weight: 1, ...routing, checkTls };
}
