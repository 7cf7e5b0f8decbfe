import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { caddyWith, haproxyWith, stopAfterwards } from './live';
import { loadBalancer, type ShortLoadBalancer, type ShortRoute } from './models';
import type { Received, Sent } from './requests';
import { AT_ADDRESSES, type Secrets } from './running-caddy';
import { RunningNginx } from './running-nginx';
import { RunningTraefik } from './running-traefik';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import type { Tool } from '../support/tools';

/*
 * All back ends, for what visitors must not be able to tell apart.
 */

export interface Running {
  readonly httpPort: number;
  readonly httpsPort: number;
  send(sent?: Sent): Promise<Received>;
}

/** The last parameter is the number of copies that are up, for those who wait until they know it. */
export const BACKENDS: [Tool, (short: ShortLoadBalancer, secrets?: Secrets, up?: number) => Promise<Running>][] = [
  ['caddy', (short, secrets) => caddyWith(short, undefined, secrets)],
  ['haproxy', async (short, secrets, up = 1) => {
    const haproxy = await haproxyWith(short, { secrets });
    await haproxy.up(up);
    return haproxy;
  }],
  ['nginx', (short, secrets) => RunningNginx.start(atAddresses(short), undefined, secrets)],
  ['traefik', async (short, secrets = {}) => {
    const traefik = await RunningTraefik.start(LoadBalancerBackend.traefik().lower(loadBalancer(short), AT_ADDRESSES), (folder) => {
      mkdirSync(join(folder, 'secrets'), { recursive: true });
      for (const [name, text] of Object.entries(secrets)) writeFileSync(join(folder, 'secrets', name), text);
    });
    stopAfterwards(() => traefik.stop());
    return traefik;
  }],
];

/** nginx asks a name server for names that copies share. */
function atAddresses({ routes, tls, tcp, ...short }: ShortLoadBalancer): ShortLoadBalancer {
  const each = (targets: ShortRoute['to']) => Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, { ...target, stateful: true }]));
  const all = (streams: { [key: string]: ShortRoute['to'] } = {}) => Object.fromEntries(Object.entries(streams).map(([key, to]) => [key, each(to)]));
  return { ...short, routes: routes?.map((route) => ({ ...route, to: each(route.to) })), tls: all(tls), tcp: all(tcp) };
}
