import { Problem } from '../problem';
import { ContainerPort, isEmptySelector, KubernetesObject, KubernetesObjects, matches, namespaceOf, nameOf, PodTemplate, problem, Selector } from './objects';

type Direction = 'Ingress' | 'Egress';

interface PolicyPort {
  readonly port?: string | number;
  readonly endPort?: number;
  readonly protocol?: string;
}

interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: unknown;
}

interface PolicyRule {
  readonly policy: KubernetesObject;
  readonly path: string;

  /** Undefined: anybody. */
  readonly peers?: readonly PolicyPeer[];

  /** Undefined: every port. */
  readonly ports?: readonly PolicyPort[];
}

// Pods that a controller makes and no file declares: cert-manager's solvers, the proxies of a Gateway.
const FOREIGN_LABELS = /^(acme\.cert-manager\.io\/|gateway\.networking\.k8s\.io\/gateway-name$)/;

/**
 * A connection needs both ends: the caller's policy lets it out, the callee's lets it in. A rule that names
 * pods of this file and has no partner at the other end is a connection that somebody believes in.
 */
export function policiesAreSymmetric(objects: KubernetesObjects): Problem[] {
  const pairs = objects.pods.flatMap((from) => objects.pods.map((to) => ({ from, to })));
  return pairs.flatMap(({ from, to }) => [
    ...missingPartners(objects, from, to, 'Egress'),
    ...missingPartners(objects, from, to, 'Ingress'),
  ]);
}

/** A policy that selects no pod protects nobody. */
export function policiesSelectPods(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('NetworkPolicy').flatMap((policy) => {
    const selector: Selector | undefined = policy.spec?.podSelector;
    const foreign = Object.keys(selector?.matchLabels ?? {}).some((key) => FOREIGN_LABELS.test(key))
      || (selector?.matchExpressions ?? []).some(({ key }) => FOREIGN_LABELS.test(key));
    if (foreign || isEmptySelector(selector) || objects.podsMatching(selector, namespaceOf(policy)).length > 0) return [];
    return [problem('policy-selector', policy, '/spec/podSelector', 'selects no pod of this file')];
  });
}

/** A rule of a direction that `policyTypes` does not list is ignored by the server. */
export function policyTypesCoverRules(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('NetworkPolicy').flatMap((policy) => (['Ingress', 'Egress'] as const)
    .filter((direction) => policy.spec?.[direction.toLowerCase()] !== undefined && !isIsolating(policy, direction))
    .map((direction) => problem('policy-types', policy, '/spec/policyTypes', `has ${direction} rules but not the type`)));
}

/** Rules of one end, in `direction`, between two pods, that the other end does not allow. */
function missingPartners(objects: KubernetesObjects, from: PodTemplate, to: PodTemplate, direction: Direction): Problem[] {
  const [own, other] = direction === 'Egress' ? [from, to] : [to, from];
  const partner = rulesFor(objects, other, direction === 'Egress' ? 'Ingress' : 'Egress');
  // The other end is not isolated in this direction: everything may pass.
  if (partner === undefined) return [];
  const allowed = partner.filter((rule) => names(objects, rule, own, 'any'));
  return (rulesFor(objects, own, direction) ?? []).filter((rule) => names(objects, rule, other, 'explicit')).flatMap((rule) => {
    const asked = rule.ports?.flatMap((port) => portNumbers(port, to)) ?? to.ports.map(toKey);
    // A rule for a group lists the ports of all its members: only the ones this member opens need a partner.
    const opened = asked.filter((port) => to.ports.some((open) => toKey(open) === port));
    const missing = opened.filter((port) => !allowed.some((candidate) => allows(candidate, port, to)));
    const none = opened.length === 0 && allowed.length === 0 && selectsOnly(objects, rule, other);
    if (missing.length === 0 && !none) return [];
    const end = direction === 'Egress' ? `${nameOf(to.owner)} lets nobody in` : `${nameOf(from.owner)} is not let out`;
    return [problem('policy-symmetry', rule.policy, rule.path,
      `${nameOf(from.owner)} to ${nameOf(to.owner)}${missing.length > 0 ? ` on ${missing.join(', ')}` : ''}: ${end}`)];
  });
}

/** The rules that apply to a pod; undefined where no policy isolates it in this direction. */
function rulesFor(objects: KubernetesObjects, pod: PodTemplate, direction: Direction): PolicyRule[] | undefined {
  const policies = objects.ofKind('NetworkPolicy').filter((policy) => namespaceOf(policy) === pod.namespace
    && isIsolating(policy, direction) && matches(policy.spec?.podSelector ?? {}, pod.labels));
  if (policies.length === 0) return undefined;
  const field = direction.toLowerCase();
  return policies.flatMap((policy) => (policy.spec?.[field] ?? []).map((rule: Record<string, any>, i: number): PolicyRule => ({
    policy,
    path: `/spec/${field}/${i}`,
    peers: emptyToUndefined(rule[direction === 'Egress' ? 'to' : 'from']),
    ports: emptyToUndefined(rule.ports),
  })));
}

/** An empty list means the same as none. */
function emptyToUndefined<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function isIsolating(policy: KubernetesObject, direction: Direction): boolean {
  const types: string[] | undefined = policy.spec?.policyTypes;
  if (types !== undefined) return types.includes(direction);
  return direction === 'Ingress' || policy.spec?.egress !== undefined;
}

/** Whether a rule's peers include a pod; `explicit` leaves out rules for anybody and for all pods of a namespace. */
function names(objects: KubernetesObjects, rule: PolicyRule, pod: PodTemplate, mode: 'any' | 'explicit'): boolean {
  if (rule.peers === undefined) return mode === 'any';
  return rule.peers.some((peer) => {
    if (peer.ipBlock !== undefined) return false;
    const sameNamespace = peer.namespaceSelector === undefined ? namespaceOf(rule.policy) === pod.namespace
      : matches(peer.namespaceSelector, objects.namespaceLabels(pod.namespace));
    if (!sameNamespace) return false;
    if (isEmptySelector(peer.podSelector)) return mode === 'any';
    return matches(peer.podSelector, pod.labels);
  });
}

function selectsOnly(objects: KubernetesObjects, rule: PolicyRule, pod: PodTemplate): boolean {
  return objects.pods.every((other) => other === pod || !names(objects, rule, other, 'explicit'));
}

function allows(rule: PolicyRule, port: string, to: PodTemplate): boolean {
  return rule.ports === undefined || rule.ports.some((candidate) => portNumbers(candidate, to).includes(port));
}

/** The ports of the callee that a policy's entry stands for, as `5432/TCP`. */
function portNumbers({ port, endPort, protocol = 'TCP' }: PolicyPort, to: PodTemplate): string[] {
  const opened = to.ports.filter((open) => (open.protocol ?? 'TCP') === protocol);
  if (port === undefined) return opened.map(toKey);
  if (typeof port === 'string') return opened.filter(({ name }) => name === port).map(toKey);
  if (endPort !== undefined) return opened.filter(({ containerPort }) => containerPort >= port && containerPort <= endPort).map(toKey);
  return [`${port}/${protocol}`];
}

function toKey({ containerPort, protocol = 'TCP' }: ContainerPort): string {
  return `${containerPort}/${protocol}`;
}
