import { RUN } from './places';
import type { ITargetTraits } from '../../model/traits';

/** The file with the system's name server, where the target does not know it. */
export const RESOLVER = 'resolver.conf';

/** How a name server is asked: answers are old after a second. */
export const RESOLVER_OPTIONS = 'valid=1s ipv6=off';

/** nginx itself does not read this file. */
const FROM_SYSTEM = `awk '/^nameserver/ { print "resolver " ($2 ~ /:/ ? "[" $2 "]" : $2) " ${RESOLVER_OPTIONS};"; exit }' /etc/resolv.conf > ${RUN}/${RESOLVER}`;

/**
 * Writes down which name server the system asks, where the target does not know it.
 *
 * @internal
 */
export const findResolver = ({ dnsServer }: ITargetTraits): string[] => dnsServer === undefined ? [FROM_SYSTEM] : [];
