import { spawnSync } from 'node:child_process';
import { findTool } from '../support/tools';

/*
 * Visitors with passwords.
 */

/** bcrypt at its lowest cost. */
export function hash(password: string): string {
  const { stdout } = spawnSync(findTool('caddy')![0], ['hash-password', '--bcrypt-cost', '4', '--plaintext', password], { encoding: 'utf8' });
  return stdout.trim();
}

export const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
