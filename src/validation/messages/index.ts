/*
 * Every text that a user may meet, one function each: who cannot do what, the value given, the change to make, and
 * the construct's path. Lower case, no full stop.
 */

export * from './app';
export * from './containers';
export * from './counts';
export { inOurWords } from './foreign-words';
export * from './images-and-ports';
export * from './load-balancers';
export * from './names';
export * from './network-modes';
export * from './networks';
export * from './shapes';
export * from './values';
