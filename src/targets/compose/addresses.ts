import { createHash } from 'node:crypto';
import { ipv4Text } from '../../util/ip-range';

/*
 * A network's place in the address pool is a hash of its name: adding or removing another network moves nobody. Two
 * that hash to the same place are a finding, not a silent shift.
 */

/** Lengths of subnets, largest first tried last: 61, 253 and 1021 containers beside the gateway. */
const PREFIXES = [26, 24, 22];

/** Addresses of a subnet that no container gets: its own, the gateway's, the broadcast's. */
const RESERVED = 3;

/**
 * An IPv4 range as numbers.
 *
 * @internal
 */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * The subnet of a network.
 *
 * @param pool the pool as CIDR
 * @param name the network's name, with its chart's
 * @param containers most containers it will hold
 * @internal
 */
export function subnetOf(pool: string, name: string, containers: number): string {
  const { first, last } = rangeOf(pool);
  const prefix = PREFIXES.find((candidate) => 2 ** (32 - candidate) - RESERVED >= containers) ?? PREFIXES[PREFIXES.length - 1];
  const size = Math.min(2 ** (32 - prefix), last - first + 1);
  const places = Math.floor((last - first + 1) / size);
  const place = createHash('sha256').update(name).digest().readUIntBE(0, 6) % places;
  return `${ipv4Text(BigInt(first + place * size))}/${32 - Math.log2(size)}`;
}

/**
 * The addresses of a CIDR.
 *
 * @internal
 */
export function rangeOf(cidr: string): Range {
  const [address, bits] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/**
 * Whether a text is an IPv4 range.
 *
 * @internal
 */
export const isCidr = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(text) && text.split(/[./]/).every((part, index) => Number(part) <= (index < 4 ? 255 : 32));
