/** Requests of visitors and of workloads to each other, to see which copies answer. */

import { connect, type SecureVersion } from 'node:tls';
import { clientAt, httpFromHost, type VisitorPorts, type HttpAnswer, type Place } from '../engine';

/** The copy that answered, by its host name. */
const servedBy = ({ status, headers, error }: HttpAnswer): string => {
  if (status !== 200) throw new Error(`answered with ${error ?? status}`);
  return headers['x-served-by'];
};

/** Asks as a visitor, at most so many times; fewer, if so many copies have answered. */
export async function servedToVisitors(url: string, ports: VisitorPorts, times: number, enough = Infinity): Promise<Set<string>> {
  const copies = new Set<string>();
  for (let i = 0; i < times && copies.size < enough; i++) copies.add(servedBy(await httpFromHost(url, { ports })));
  return copies;
}

/** Asks as a workload; each time the name is looked up anew, and the connection is a new one. */
export async function servedTo(place: Place, url: string, times: number): Promise<Set<string>> {
  const script = 'for i in $(seq "$2"); do curl --silent --output /dev/null --max-time 5 --write-out "%{http_code} %header{x-served-by}\\n" "$1"; done';
  const { stdout } = await clientAt(place, 'sh', ['-c', script, 'sh', url, String(times)], times * 5_000);
  return new Set(stdout.trim().split('\n').map((line) => {
    const [status, copy] = line.split(' ');
    return servedBy({ status: Number(status), headers: { 'x-served-by': copy }, body: '' });
  }));
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
