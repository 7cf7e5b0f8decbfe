import { readAuthority } from './authority';
import type { IPeer } from './connection';
import type { ChartDeclarations } from './declarations';
import { checkReachable } from './network-mode-checks';
import { FORWARD_AUTH_OPTIONS, RouteAccess, type DeclaredAccess, type DeclaredForwardAuth } from './route-access';
import type { ForwardAuthRule, RouteRule } from './route-rule';
import { Secret } from './secret';
import { Workload } from './workload';
import { listPorts } from './workload-checks';
import { AccessKind } from '../model/access-rule';
import { Protocol, type Port } from '../model/port';
import type { SecretModel } from '../model/secret';
import { commonRanges } from '../util/ip-range';
import * as messages from '../validation/messages';
import { checkInstance, checkList, checkProps } from '../validation/props';
import { isAskedPath, isHeaderName, isRange } from '../validation/syntax';

/**
 * The route that rules are for.
 *
 * @internal
 */
export interface RuledRoute {
  /** Chart of the load balancer. */
  readonly chart: ChartDeclarations;
  /** Path of the load balancer. */
  readonly path: string;
  /** Name of the load balancer. */
  readonly name: string;
  /** Host and path. */
  readonly where: string;
  /** Where it leads. */
  readonly destination: IPeer;
}

/**
 * The rules of a route: what `allOf` nests lies flat, and each kind stands there once.
 *
 * @internal
 */
export function rulesOf(route: RuledRoute, access: RouteAccess | undefined): RouteRule[] {
  if (access === undefined) return [];
  const rules = flat(route, access).map((declared) => checked(route, declared));
  return Object.values(AccessKind).flatMap((kind) => {
    const same = rules.filter((rule) => rule.kind === kind);
    return same.length < 2 ? same : [same.reduce((one, other) => joined(route, one, other))];
  });
}

function flat(route: RuledRoute, access: RouteAccess): DeclaredAccess[] {
  checkInstance(route.path, `${route.name}, route '${route.where}',`, 'access', access, RouteAccess, "a choice such as RouteAccess.sourceRanges(['10.0.0.0/8'])");
  if (access._declared !== undefined) return [access._declared];
  checkList(route.path, route.name, 'RouteAccess.allOf', access._parts, "[RouteAccess.sourceRanges(['10.0.0.0/8']), RouteAccess.basicAuth(users)]");
  if (access._parts!.length === 0) throw new Error(messages.emptyAllOf(route.path, route.name, route.where));
  return access._parts!.flatMap((part) => {
    // An empty place in a list would be taken for a route that is open.
    if (part === undefined) throw new Error(messages.wrongKind(route.path, route.name, 'RouteAccess.allOf', part, 'rules only'));
    return flat(route, part);
  });
}

function checked(route: RuledRoute, declared: DeclaredAccess): RouteRule {
  switch (declared.kind) {
    case AccessKind.SOURCE_RANGES: return { kind: declared.kind, ranges: checkedRanges(route, declared.ranges) };
    case AccessKind.CLIENT_CERTIFICATES: return { kind: declared.kind, authority: readAuthority(route.path, `${route.name}, route '${route.where}',`, declared.authorityFile) };
    case AccessKind.BASIC_AUTH: return { kind: declared.kind, users: checkedUsers(route, declared.users) };
    case AccessKind.FORWARD_AUTH: return checkedForwardAuth(route, declared);
  }
}

function checkedRanges({ path, name, where }: RuledRoute, ranges: string[]): string[] {
  checkList(path, name, 'RouteAccess.sourceRanges', ranges, "['10.0.0.0/8']");
  if (ranges.length === 0) throw new Error(messages.noSourceRanges(path, name, where));
  for (const range of ranges) if (!isRange(range)) throw new Error(messages.badSourceRange(path, name, where, range));
  return [...ranges];
}

function checkedUsers({ chart, path, name }: RuledRoute, users: Secret): SecretModel {
  if (!Secret.isSecret(users)) throw new Error(messages.notASecret(path, name, 'RouteAccess.basicAuth', users));
  chart.checkSecret(path, name, users._model);
  return users._model;
}

function checkedForwardAuth(route: RuledRoute, { kind, workload, options }: DeclaredForwardAuth): ForwardAuthRule {
  const { path, name, where } = route;
  if (!Workload.isWorkload(workload)) {
    throw new Error(messages.wrongKind(path, name, 'RouteAccess.forwardAuth', workload, "a workload such as new HAWebService(chart, 'gate', …)"));
  }
  const { id } = workload.node;
  if (workload.node.root !== route.chart.chart.node.root) throw new Error(messages.askInOtherApp(path, name, where, id));
  checkProps(path, `${name}, RouteAccess.forwardAuth of '${id}',`, options, FORWARD_AUTH_OPTIONS);
  checkReachable(path, name, workload);
  if (workload === (route.destination as IPeer)) throw new Error(messages.askItself(path, name, where, id));
  checkRenderedEverywhere(route, workload);
  const { path: asked = '/', copyHeaders = [] } = options;
  if (!isAskedPath(asked)) throw new Error(messages.badAskedPath(path, name, id, asked));
  for (const header of copyHeaders) if (!isHeaderName(header)) throw new Error(messages.badCopiedHeader(path, name, id, header));
  return { kind, workload, port: askedPort(route, workload, options.port), path: asked, copyHeaders: [...new Set(copyHeaders)] };
}

/** Where nobody can be asked, a route could only be open or shut. */
function checkRenderedEverywhere({ chart, path, name, where, destination }: RuledRoute, workload: Workload): void {
  const renders = (target: string, on: string[] | undefined) => on === undefined || on.includes(target);
  const without = chart.targets.find((target) => renders(target.name, destination._onlyOn) && !renders(target.name, workload._onlyOn));
  if (without !== undefined) throw new Error(messages.askElsewhere(path, name, where, workload.node.id, without.name));
}

function askedPort({ path, name, where }: RuledRoute, { ports, node: { id } }: Workload, number: number | undefined): Port {
  if (number !== undefined && ports.length > 0 && !ports.some((port) => port.number === number)) {
    throw new Error(messages.askOnUndeclaredPort(path, name, where, id, number, listPorts(ports)));
  }
  const found = ports.find((port) => port.protocol === Protocol.HTTP && (number === undefined || port.number === number));
  if (found === undefined) throw new Error(messages.askWithoutPort(path, name, where, id));
  return found;
}

const TWICE = {
  [AccessKind.CLIENT_CERTIFICATES]: messages.twoAuthorities,
  [AccessKind.BASIC_AUTH]: messages.twoPasswords,
  [AccessKind.FORWARD_AUTH]: messages.twoAsked,
};

/** Ranges can be narrowed. Of the other kinds a request carries, or gets, one answer. */
function joined({ path, name, where }: RuledRoute, one: RouteRule, other: RouteRule): RouteRule {
  if (one.kind !== AccessKind.SOURCE_RANGES || other.kind !== AccessKind.SOURCE_RANGES) {
    throw new Error(TWICE[one.kind as keyof typeof TWICE](path, name, where));
  }
  const ranges = commonRanges(one.ranges, other.ranges);
  if (ranges.length === 0) throw new Error(messages.rangesApart(path, name, where, one.ranges, other.ranges));
  return { ...one, ranges };
}

/**
 * What a host is, as far as its visitors' certificates are concerned.
 *
 * @internal
 */
export interface RuledHost {
  readonly host: string;
  readonly secure: boolean;
  readonly redirectHttp: boolean;
  /** The rules of a route that it has already: all of its routes have the same authority. */
  readonly other: RouteRule[] | undefined;
}

/**
 * Refuses what would let visitors in without the certificate that they are asked for.
 *
 * @internal
 */
export function checkClientCertificates(route: Pick<RuledRoute, 'path' | 'name' | 'where'>, rules: RouteRule[], of: RuledHost): void {
  const { path, name, where } = route;
  const { host, secure, redirectHttp, other } = of;
  const authority = authorityOf(rules);
  if (other !== undefined && authorityOf(other) !== authority) throw new Error(messages.clientCertificatesOfSome(path, name, where, host));
  if (authority === undefined) return;
  if (!secure) throw new Error(messages.clientCertificatesWithoutTls(path, name, where));
  if (!redirectHttp) throw new Error(messages.clientCertificatesOverHttp(path, name, where));
}

/** The same text is the same authority, whichever file it stands in. */
const authorityOf = (rules: RouteRule[]): string | undefined =>
  rules.flatMap((rule) => rule.kind === AccessKind.CLIENT_CERTIFICATES ? [rule.authority.certificates] : [])[0];
