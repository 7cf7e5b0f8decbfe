import { BlockList, isIPv6 } from 'node:net';

/*
 * Address ranges in CIDR notation, IPv4 and IPv6. Two of them lie one in the other or apart.
 */

/**
 * The ranges that two lists have in common.
 *
 * @internal
 */
export function commonRanges(some: string[], others: string[]): string[] {
  const common = some.flatMap((one) => others.flatMap((other) => liesIn(one, other) ? [one] : liesIn(other, one) ? [other] : []));
  return [...new Set(common)];
}

/**
 * Whether two ranges have an address in common.
 *
 * @internal
 */
export const overlap = (one: string, other: string): boolean => liesIn(one, other) || liesIn(other, one);

function liesIn(inner: string, outer: string): boolean {
  const [[address, bits], [network, networkBits]] = [inner.split('/'), outer.split('/')];
  if (isIPv6(address) !== isIPv6(network) || Number(bits) < Number(networkBits)) return false;
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(networkBits), family);
  return list.check(address, family);
}
