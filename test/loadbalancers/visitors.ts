import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../support/tools';

/*
 * Visitors with passwords, and with certificates.
 */

/** bcrypt at its lowest cost. */
export function hash(password: string): string {
  const { stdout } = spawnSync(findTool('caddy')![0], ['hash-password', '--bcrypt-cost', '4', '--plaintext', password], { encoding: 'utf8' });
  return stdout.trim();
}

export const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** An authority, made by openssl, which signs others. */
export class Authority {
  static root(name: string): Authority {
    return new Authority(madeBy((openssl) => openssl(
      'req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/O=Acme/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign', '-out', 'cert', '-keyout', 'key')));
  }

  private constructor(private readonly own: KeyPair) {}

  /** Its certificate. */
  get pem(): string {
    return this.own.cert;
  }

  /** Signs a certificate; with a negative number of days it has ended. */
  sign(subject: string, { dns = [] as string[], days = 2 } = {}): KeyPair {
    return this.signed(subject, `basicConstraints=CA:FALSE\n${dns.length === 0 ? '' : `subjectAltName=${dns.map((one) => `DNS:${one}`).join(',')}\n`}`, days);
  }

  /** An authority below it, whose visitors show its certificate too. */
  intermediate(name: string): Authority {
    return new Authority(this.signed(`/O=Acme/CN=${name}`, 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n', 2));
  }

  private signed(subject: string, extensions: string, days: number): KeyPair {
    return madeBy((openssl, folder) => {
      writeFileSync(join(folder, 'ca-cert'), this.own.cert);
      writeFileSync(join(folder, 'ca-key'), this.own.key);
      writeFileSync(join(folder, 'extensions'), extensions);
      openssl('req', ...NEW_KEY, '-subj', subject, '-out', 'request', '-keyout', 'key');
      openssl('x509', '-req', '-in', 'request', '-CA', 'ca-cert', '-CAkey', 'ca-key', '-CAcreateserial', '-days', String(days), '-extfile', 'extensions', '-out', 'cert');
    });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function madeBy(make: (openssl: (...args: string[]) => void, folder: string) => void): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  try {
    make((...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }), folder);
    const [cert, key] = ['cert', 'key'].map((file) => readFileSync(join(folder, file), 'utf8'));
    return { cert, key };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
