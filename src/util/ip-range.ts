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

/**
 * Whether a range lies in another of its family.
 *
 * @internal
 */
export function liesIn(inner: string, outer: string): boolean {
  const [[address, bits], [network, networkBits]] = [inner.split('/'), outer.split('/')];
  if (isIPv6(address) !== isIPv6(network) || Number(bits) < Number(networkBits)) return false;
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(networkBits), family);
  return list.check(address, family);
}

/**
 * An address as a number.
 *
 * @param address IPv4 or IPv6
 * @internal
 */
export function addressNumber(address: string): bigint {
  if (!isIPv6(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  // Written as every URL writes it: without leading zeros, in hexadecimal alone.
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => text === undefined || text === '' ? [] : text.split(':');
  const [before, after] = [groups(head), groups(tail)];
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/**
 * The first and the last address of a range in CIDR notation.
 *
 * @internal
 */
export function rangeNumbers(range: string): { first: bigint; last: bigint } {
  const [address, bits] = range.split('/');
  const size = 2n ** BigInt((isIPv6(address) ? 128 : 32) - Number(bits));
  const number = addressNumber(address);
  const first = number - number % size;
  return { first, last: first + size - 1n };
}

/**
 * A range as it is written from its first address: `10.0.0.0/24` for `10.0.0.5/24`.
 *
 * @internal
 */
export function fromFirst(range: string): string {
  const [address, bits] = range.split('/');
  const { first } = rangeNumbers(range);
  if (addressNumber(address) === first) return range;
  return `${isIPv6(address) ? ipv6Text(first) : ipv4Text(first)}/${bits}`;
}

/**
 * An IPv4 address of its number.
 *
 * @internal
 */
export const ipv4Text = (number: bigint): string => [24n, 16n, 8n, 0n].map((shift) => number / 2n ** shift % 256n).join('.');

function ipv6Text(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, group) => (number / 2n ** BigInt(112 - 16 * group) % 65536n).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
