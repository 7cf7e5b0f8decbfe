import { Copies, type TlsOf } from './copies';
import type { ShortLoadBalancer } from './models';
import type { Received } from './requests';
import { RunningCaddy, type Secrets } from './running-caddy';
import { RunningHaproxy, type HaproxyTestOptions } from './running-haproxy';
import { IssuerKind } from '../../src/model/certificate';
import type { ITargetTraits } from '../../src/model/traits';

/*
 * What tests with the real programs share. Ports and folders are the test's own; all else is as generated.
 */

export const HOST = 'shop.acme.example';
export const LOCAL = { issuers: { local: { kind: IssuerKind.LOCAL, trusted: false } }, hosts: { [HOST]: 'local' } };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

export function stopAfterwards(stop: () => Promise<void>): void {
  stops.push(stop);
}

export async function copiesOf(workload: string, count: number, port?: number, tls?: TlsOf): Promise<Copies> {
  const copies = await Copies.start(workload, count, port, tls);
  stopAfterwards(() => copies.stop());
  return copies;
}

export async function caddyWith(short: ShortLoadBalancer, traits?: ITargetTraits, secrets?: Secrets): Promise<RunningCaddy> {
  const caddy = await RunningCaddy.start(short, traits, secrets);
  stopAfterwards(() => caddy.stop());
  return caddy;
}

export async function haproxyWith(short: ShortLoadBalancer, options?: HaproxyTestOptions): Promise<RunningHaproxy> {
  const haproxy = await RunningHaproxy.start(short, options);
  stopAfterwards(() => haproxy.stop());
  return haproxy;
}

/** The copy that answered. */
export const copy = ({ headers }: Received): string => headers['x-copy'] as string;

/** The copies that answered. */
export const copiesSeen = (results: Received[]): string[] => [...new Set(results.map(copy))].sort();

/** Twenty requests at a time. */
export async function many(count: number, send: (index: number) => Promise<Received>): Promise<Received[]> {
  const results: Received[] = [];
  for (let index = 0; index < count; index += 20) {
    results.push(...await Promise.all(Array.from({ length: Math.min(20, count - index) }, (_, at) => send(index + at))));
  }
  return results;
}
