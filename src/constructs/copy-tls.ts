import { readAuthority } from './authority';
import { COPY_TLS, type CopyTls } from './load-balancer-props';
import type { CopyTlsModel } from '../model/load-balancer';
import { isTlsPort, type Port } from '../model/port';
import * as messages from '../validation/messages';
import { checkProps } from '../validation/props';
import { isHost } from '../validation/syntax';

/**
 * A route's way to its copies.
 *
 * @internal
 */
export interface WayToCopies {
  /** Path of the load balancer. */
  readonly path: string;
  /** Name of the load balancer. */
  readonly name: string;
  /** Host and path. */
  readonly where: string;
  /** Name of the destination. */
  readonly workload: string;
  readonly port: Port;
}

/**
 * How the copies of a route are verified; undefined where they are met without TLS. Nobody is trusted unasked.
 *
 * @internal
 */
export function copyTlsOf({ path, name, where, workload, port }: WayToCopies, given: CopyTls | undefined): CopyTlsModel | undefined {
  const over = isTlsPort(port);
  if (given === undefined) {
    if (over) throw new Error(messages.copiesNotVerified(path, name, where, workload, port.number));
    return undefined;
  }
  const called = `${name}, route '${where}', copyTls,`;
  checkProps(path, called, given, COPY_TLS);
  if (!over) throw new Error(messages.copiesWithoutTls(path, name, where, workload, port.number));
  const { serverName = workload } = given;
  if (!isHost(serverName) || serverName.startsWith('*.')) throw new Error(messages.badServerName(path, called, serverName));
  return Object.freeze({ authority: readAuthority(path, called, given.authorityFile), serverName });
}
