import type { Port } from '../../model/port';
import { contentHash } from '../../util/content-hash';

/** @internal A host as a part of names: `*.acme.example` gives `wildcard-acme-example`. */
export function hostSlug(host: string): string {
  return host.replace(/^\*\./, 'wildcard.').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}

/** @internal The name of a Service that goes with something, `web-published`: a DNS label, of 63 characters at most. */
export function serviceName(of: string, suffix: string): string {
  return `${shortName(of, 62 - suffix.length)}-${suffix}`;
}

/** @internal Ports as a key of what is made of them. */
export function portsKey(ports: Port[]): string {
  return ports.map(({ name, number, protocol }) => `${name} ${number} ${protocol}`).join();
}

/** @internal A name of at most `most` characters: a longer one is cut, and its hash keeps it apart from others. */
export function shortName(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 9).replace(/-+$/, '')}-${contentHash(name)}`;
}
