import { show } from './words';

/*
 * Messages: what stands in variables, commands and arguments. Reports are read by many: no password is repeated.
 */

const shown = (text: string): string => show(text.replace(/(:\/\/[^\s/?#:@]*:)[^\s/?#]+@/g, '$1…@'));

/** @internal */
export const calleeNotConnected = (container: string, workload: string, variable: string, value: string, callee: string) =>
  `'${container}' has ${shown(value)} in its variable ${variable}, and nothing connects it to '${callee}', which it cannot reach: write ${workload}.connectTo(${callee}), or put both into a network`;

/** @internal */
export const unsetInText = (container: string, where: string, text: string, unset: string) =>
  `'${container}' has ${shown(text)} in its ${where}: ${show(unset)} is what a template makes of something that is not set or is no text`;

/** @internal */
export const constructInText = (container: string, where: string, text: string, path: string, cure: string) =>
  `'${container}' has ${shown(text)} in its ${where}: ${show(path)} is where that construct stands in the tree, and means nothing to a program; ${cure}`;

/** @internal */
export const noShell = (path: string, name: string, field: string, words: string[]) =>
  `${name} cannot run ${show(words.join(' '))} as its ${field}: no shell takes it apart, write ['sh', '-c', '…'] for a line of a shell, or each word for itself [${path}]`;

/** @internal */
export const wordOfCompose = (path: string, name: string, field: string, word: string, rest: string[]) => word === 'CMD'
  ? `${name} cannot take ${show(word)} for the first word of its ${field}: that is for Compose, leave it out [${path}]`
  : `${name} cannot take ${show(word)} for the first word of its ${field}: that is for Compose, write ['sh', '-c', ${show(rest.join(' '))}] [${path}]`;
