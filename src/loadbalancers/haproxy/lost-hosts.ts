import type { ITargetTraits } from '../../model/traits';

/*
 * A host that loses its power takes no leave of those that talk with its copies. Where there are several, HAProxy takes a connection for
 * lost within some three seconds, so that a request that may be repeated goes to another copy: by what the host does not acknowledge, and,
 * where it had received all and owes an answer, by asking whether it is still there.
 * A network that is silent for a second is borne; health checks take a copy out about as soon.
 */

/** How long what is sent to a copy, a question included, may go unacknowledged. */
const UNACKNOWLEDGED = '3s';

/**
 * Lines of defaults: a connection on which nothing is said is asked every second.
 *
 * @internal
 */
export const askHosts = ({ severalHosts = false }: ITargetTraits): string[] =>
  severalHosts ? ['option srvtcpka', 'srvtcpka-idle 1s', 'srvtcpka-intvl 1s', 'srvtcpka-cnt 2'] : [];

/**
 * The address of a copy, with what counts for connections to it. HAProxy ignores `tcp-ut` where it knows no family of addresses yet, as
 * for a name, and in `default-server`. The family that stands here is forgotten once the name is resolved: to IPv6 too.
 *
 * @see https://github.com/haproxy/haproxy/blob/v3.2.0/src/cfgparse-tcp.c
 * @internal
 */
export const copyAt = (address: string, { severalHosts = false }: ITargetTraits): string =>
  severalHosts ? `ipv4@${address} tcp-ut ${UNACKNOWLEDGED}` : address;
