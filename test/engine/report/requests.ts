/** Requests of visitors and of workloads to each other, to see which copies answer. */

import { connect, type SecureVersion } from 'node:tls';
import { clientAt, httpFromHost, type Place, type VisitorPorts } from '../engine';

/** Asks as a visitor, at most so many times; fewer, if so many copies have answered. */
export async function servedToVisitors(url: string, ports: VisitorPorts, times: number, enough = Infinity): Promise<Set<string>> {
  const copies = new Set<string>();
  for (let i = 0; i < times && copies.size < enough; i++) {
    const { status, headers, error } = await httpFromHost(url, { ports });
    if (status !== 200) throw new Error(`${url}: answered with ${error ?? status}`);
    copies.add(headers['x-served-by']);
  }
  return copies;
}

/** Asks as a workload; each time the name is looked up anew, and the connection is a new one. */
export async function servedTo(place: Place, url: string, times: number): Promise<Set<string>> {
  const script = 'for i in $(seq "$2"); do curl --silent --output /dev/null --max-time 5 --write-out "%{http_code} %header{x-served-by}\\n" "$1"; done';
  const { stdout } = await clientAt(place, 'sh', ['-c', script, 'sh', url, String(times)], times * 5_000);
  const served = stdout.split('\n').filter((line) => line.startsWith('200 '));
  // A packet may be lost on a busy machine, a lookup's too; whoever it was meant for, the others tell.
  if (served.length < times / 2) throw new Error(`${url}: answered with ${stdout.split('\n').join(', ')}`);
  return new Set(served.map((line) => line.slice('200 '.length)));
}

export function speaks(version: SecureVersion, host: string, ports: VisitorPorts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: ports.https,
      servername: host,
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    }, () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}
