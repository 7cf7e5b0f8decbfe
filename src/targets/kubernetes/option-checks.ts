import { badAnnotations, badLabels } from './labels-given';
import * as messages from '../../validation/messages';
import { isNamespaceName, isObjectName, isRange, isWholeNumber } from '../../validation/syntax';

/*
 * What a user tells the target ends up in many objects. What Kubernetes would refuse there is refused where it is said.
 */

/** @internal Throws for what cannot be the name of an object. */
export function checkObjectName(who: string, prop: string, value: unknown): void {
  if (value === undefined || isObjectName(value)) return;
  throw new Error(`${who} cannot take '${value}' for ${prop}: give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.'`);
}

/** @internal The same of a name that must be given. */
export function checkGivenName(who: string, prop: string, value: unknown): void {
  if (value === undefined) throw new Error(`${who} cannot do without ${prop}: give the name of an object of Kubernetes`);
  checkObjectName(who, prop, value);
}

/** @internal Throws for what cannot be a namespace. */
export function checkNamespaceName(who: string, prop: string, value: unknown): void {
  if (value === undefined || isNamespaceName(value)) return;
  throw new Error(`${who} cannot take '${value}' for ${prop}: give a namespace, at most 63 lower-case letters, digits and '-', with a letter or digit first and last`);
}

/** @internal Throws for labels that nothing can have. */
export function checkLabels(who: string, labels: { [key: string]: string } = {}): void {
  const [problem] = badLabels(who, labels);
  if (problem !== undefined) throw new Error(problem);
}

/** @internal Throws for annotations that nothing can have. */
export function checkAnnotations(who: string, annotations: { [key: string]: string } = {}): void {
  const [problem] = badAnnotations(who, annotations);
  if (problem !== undefined) throw new Error(problem);
}

/** @internal Throws for what is no range of addresses. */
export function checkRanges(who: string, prop: string, ranges: string[] = []): void {
  const bad = ranges.find((range) => !isRange(range));
  if (bad !== undefined) throw new Error(`${who} cannot take '${bad}' for ${prop}: give IPv4 or IPv6 ranges such as '203.0.113.0/24'`);
}

/** @internal Throws for what is no number of copies. */
export function checkCount(who: string, prop: string, value: number | undefined, least: number): void {
  if (value === undefined || isWholeNumber(value, least)) return;
  throw new Error(`${who} cannot have ${prop} ${value}: give a whole number from ${least}`);
}

/** @internal Throws for what is no number of nodes. */
export function checkNodes(nodes: number | undefined): number | undefined {
  if (nodes === undefined || isWholeNumber(nodes, 1)) return nodes;
  throw new Error(messages.badNodes('KubernetesTarget', nodes));
}

/** @internal Throws for what is no domain. */
export function checkDomain(domain: string): string {
  if (isObjectName(domain)) return domain;
  throw new Error(`KubernetesTarget cannot take '${domain}' for clusterDomain: give a domain such as 'cluster.local'`);
}
