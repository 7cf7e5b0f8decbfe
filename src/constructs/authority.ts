import { X509Certificate } from 'node:crypto';
import { readFile } from './container';
import type { AuthorityModel } from '../model/authority';
import { contentHash } from '../util/content-hash';
import * as messages from '../validation/messages';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The authorities in a PEM file. What load balancers would only find out when they start, or when the first certificate is shown, is
 * an error here. Whether one has ended depends on the day, and synth does not.
 *
 * @param path path of the construct
 * @param name what it is called in messages
 * @param file relative to the working directory of synth
 * @internal
 */
export function readAuthority(path: string, name: string, file: unknown): AuthorityModel {
  const refuse = (why: string) => new Error(messages.notAnAuthority(path, name, file, why));
  if (typeof file !== 'string' || file === '') throw refuse('it is no name of a file');
  const text = readFile(path, name, file);
  // It would lie where anybody may read it.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw refuse('it holds a private key, which belongs to nobody but the authority');
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw refuse('it holds no certificate in PEM form');
  const certificates = found.map((pem) => parsed(pem) ?? refuse('a certificate in it cannot be read'));
  for (const one of certificates) {
    if (one instanceof Error) throw one;
    if (!one.ca) throw refuse(`'${nameOf(one)}' in it is no authority (CA:TRUE)`);
    if (!certificates.some((other) => !(other instanceof Error) && one.checkIssued(other))) {
      throw refuse(`'${nameOf(one)}' in it is signed by another authority, which is not in it`);
    }
  }
  const pem = `${[...new Set(found.map((one) => one.replace(/\r/g, '')))].join('\n')}\n`;
  return Object.freeze({ certificates: pem, hash: contentHash(pem) });
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const nameOf = ({ subject }: X509Certificate): string => subject.split('\n').join(', ');
