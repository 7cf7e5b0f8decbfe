import { last, show } from './words';

/*
 * Messages: names.
 */

/** @internal */
export const notInChart = (path: string, kind: string) =>
  `${kind} cannot stand outside a chart: create it below a Chart, new ${kind}(chart, '${last(path)}', …) [${path}]`;

/** @internal */
export const noScope = (kind: string, scope: unknown, id: unknown) =>
  `${kind} cannot stand in ${show(scope)}: a chart comes first, then its name, new ${kind}(chart, ${typeof scope === 'string' ? show(scope) : show(id)}, …)`;

/** @internal */
export const noConstruct = (who: string, value: unknown) =>
  `${who} cannot look for ${show(value)}: give the construct itself, such as the variable that a new HAWebService(…) went into`;

/** @internal */
export const nestedChart = (path: string, parent: string) =>
  `chart '${last(path)}' cannot stand inside chart '${last(parent)}': one chart is one deployment, create it below the App [${path}]`;

/** @internal */
export const noDnsLabel = (path: string, kind: string, name: string, most: number) =>
  `${kind} cannot be called ${show(name)}: use at most ${most} lower-case letters, digits and '-', starting with a letter and ending with a letter or digit [${path}]`;

/** @internal */
export const nameTaken = (path: string, kind: string, name: string, other: string) => kind === 'container'
  ? `${kind} cannot be called ${show(name)}: a sidecar or init container of '${last(other)}' has that name, use another [${path}]`
  : `${kind} cannot be called ${show(name)}: ${other} has that name in this chart, use another id [${path}]`;

/** @internal */
export const containerNameTaken = (path: string, container: string, other: string) =>
  `workload '${last(path)}' cannot have a container called ${show(container)} on Docker: ${other} has one of that name, use another id [${path}]`;

/** @internal */
export const aliasTaken = (path: string, name: string, alias: string, network: string, other: string) =>
  `${name} cannot be called ${show(alias)} in network '${network}' on Docker: '${other}' has that name, and who asks for it would get either; use another alias [${path}]`;

/** @internal */
export const volumeTaken = (path: string, name: string, volume: string, other: string) =>
  `${name} cannot open the volume ${show(volume)} on Docker: '${other}' does too; give each its own, or mount files of several with new SharedVolume(chart, '…', { existingName: ${show(volume)} }) [${path}]`;

/** @internal */
export const badObjectName = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot take ${show(value)} for ${prop}: give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.' [${path}]`;

/** @internal */
export const badNamespace = (path: string, name: string, value: unknown) =>
  `${name} cannot be in the namespace ${show(value)}: use at most 63 lower-case letters, digits and '-', with a letter or digit first and last [${path}]`;
