import { show, some } from './words';

/*
 * Messages: the app and its targets.
 */

/** @internal */
export const noTargets = () =>
  'the App cannot write anything: it has no targets, leave targets out for all three or give one, for example [new ComposeTarget()]';

/** @internal */
export const twoCopies = (path: string, asked: string, owner: string) =>
  `cdk8s-ha in ${asked} cannot declare anything here: the app belongs to another copy, in ${owner};`
  + ` have one copy, and make it a peer dependency of each library of constructs ('npm ls cdk8s-ha' shows who brings one) [${path}]`;

/** @internal */
export const noTarget = (value: unknown) => typeof value === 'function'
  ? `the App cannot write to the class ${value.name}: make a target of it, new ${value.name}()`
  : `the App cannot write to ${typeof value === 'object' && value !== null ? 'an object' : show(value)}: give targets such as new ComposeTarget()`;

/** @internal */
export const targetTwice = (target: string, chart: string) =>
  `chart '${chart}' cannot be rendered by two targets called '${target}': give each its own charts, or remove one`;

/** @internal */
export const unknownChart = (target: string, chart: string, known: string[]) =>
  `target '${target}' cannot render chart '${chart}': the app has ${known.length === 0 ? 'no charts with constructs of this library' : known.map((name) => `'${name}'`).join(', ')}`;

/** @internal */
export const badNodes = (target: string, value: unknown) =>
  `${target} cannot have nodes ${show(value)}: give the number of hosts that may run copies, a whole number from 1`;

/** @internal */
export const uselessAcceptance = (target: string, guarantee: string, path: string | undefined) =>
  `target '${target}' accepts a weaker ${guarantee}${path === undefined ? '' : ` of '${path}'`}, and nothing needs it: correct the path or remove it`;

/** @internal */
export const patchDoesNotFit = (path: string, what: string, reason: string) =>
  `a JSON patch does not fit ${what}: ${reason} [${path}]`;

/** @internal */
export const acceptedWithoutReason = (path: string, who: string, guarantee: string) =>
  `${who} cannot accept a weaker ${guarantee} without a reason: say why, which the report repeats, such as 'one host, agreed' [${path}]`;

/** @internal */
export const folderOfAnotherApp = (outdir: string, lost: string[]) =>
  `App cannot write to '${outdir}': another App of this program has written ${lost.length === 1 ? 'chart' : 'charts'} ${some(lost)} there, which would be removed; give one of them an outdir of its own, or declare all charts in one App`;

/** @internal */
export const declaredTooLate = (outdir: string) =>
  `warning: something was declared after synth(), and stands in no file below '${outdir}': call synth() last\n`;
