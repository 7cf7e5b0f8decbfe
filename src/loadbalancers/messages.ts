import type { LoadBalancerModel } from '../model/load-balancer';

/*
 * What every back end refuses, as HTTP has no way to carry it.
 */

/** @internal */
export const notToken = ({ path, name }: LoadBalancerModel, what: string, text: string): string =>
  `'${name}' cannot use ${JSON.stringify(text)} as ${what}, as HTTP allows letters, digits and !#$%&'*+.^_\`|~- there: rename it [${path}]`;

/** @internal */
export const headerNeverMatches = ({ path, name }: LoadBalancerModel, header: string, value: string): string =>
  `'${name}' cannot match the header '${header}' with ${JSON.stringify(value)}, as no header has line breaks or begins or ends with blanks:`
  + ` remove them [${path}]`;
