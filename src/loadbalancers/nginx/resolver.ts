import { RUN } from './places';
import { wordOf } from './words';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';

/** The file with the system's name server, where the target does not know it. */
const RESOLVER = 'resolver.conf';

/** How a name server is asked: answers are old after a second. */
const RESOLVER_OPTIONS = 'valid=1s ipv6=off';

/**
 * Which name server is asked.
 *
 * @internal
 */
export const resolverDirective = (loadBalancer: LoadBalancerModel, { dnsServer }: ITargetTraits): string =>
  dnsServer === undefined ? `include ${RUN}/${RESOLVER}` : `resolver ${wordOf(loadBalancer, 'the name server', dnsServer)} ${RESOLVER_OPTIONS}`;

/** nginx itself does not read this file. */
const FROM_SYSTEM = `awk '/^nameserver/ { print "resolver " ($2 ~ /:/ ? "[" $2 "]" : $2) " ${RESOLVER_OPTIONS};"; exit }' /etc/resolv.conf > ${RUN}/${RESOLVER}`;

/**
 * Writes down which name server the system asks, where the target does not know it.
 *
 * @internal
 */
export const findResolver = ({ dnsServer }: ITargetTraits): string[] => dnsServer === undefined ? [FROM_SYSTEM] : [];
