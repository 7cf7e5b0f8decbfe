import { show, some } from './words';

/*
 * Messages: what a compiler would have said.
 */

/** @internal */
export const unknownProp = (path: string, name: string, prop: string, nearest: string | undefined, known: string[]) =>
  `${name} has no prop '${prop}': ${nearest === undefined ? `remove it, the props are ${some(known)}` : `did you mean '${nearest}'?`} [${path}]`;

/** @internal */
export const propInOtherWords = (path: string, name: string, prop: string, answer: string) =>
  `${name} has no prop '${prop}': ${answer} [${path}]`;

/** @internal */
export const propOfResources = (path: string, name: string, prop: string, example: string) =>
  `${name} has no prop '${prop}': write resources: { ${prop}: ${example} } [${path}]`;

/** @internal */
export const noProps = (path: string, name: string, value: unknown) =>
  `${name} cannot be made of ${value === null ? 'null' : typeof value}: give its props as an object [${path}]`;

/** @internal */
export const wrongKind = (path: string, name: string, prop: string, value: unknown, how: string) =>
  `${name} cannot take ${Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value === 'object' ? 'an object' : typeof value === 'function' ? 'a class' : show(value)} for ${prop}: give ${how} [${path}]`;

/** @internal */
export const emptyList = (path: string, name: string, prop: string, without: string | undefined, example: string) =>
  `${name} cannot take an empty list for ${prop}: ${without === undefined ? '' : `${without}, or `}give a list such as ${example} [${path}]`;

/** @internal */
export const textInPlace = (path: string, name: string, prop: string, example: string) =>
  `${name} cannot take a text for ${prop}: give ${example.startsWith('[') ? 'a list' : 'an object of names and values'} such as ${example} [${path}]`;

/** @internal */
export const idTaken = (path: string, kind: string, id: string) =>
  `${kind} cannot be called '${id}': something else in the same scope has that id, use another [${path}]`;
