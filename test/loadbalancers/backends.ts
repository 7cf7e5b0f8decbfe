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
  readonly httpsPort: number;
  send(sent?: Sent): Promise<Received>;
}

export const BACKENDS: [Tool, (short: ShortLoadBalancer, secrets?: Secrets) => Promise<Running>][] = [
  ['caddy', (short, secrets) => caddyWith(short, undefined, secrets)],
  ['haproxy', async (short, secrets) => {
    const haproxy = await haproxyWith(short, { secrets });
    const destinations = new Set((short.routes ?? []).flatMap(({ to }) => Object.entries(to).map(([name, { copies = 2, port }]) => `${name} ${copies} ${port}`)));
    await haproxy.up([...destinations].reduce((sum, one) => sum + Number(one.split(' ')[1]), 0));
    return haproxy;
  }],
  ['nginx', (short, secrets) => RunningNginx.start({ ...short, routes: short.routes?.map(atAddresses) }, undefined, secrets)],
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
function atAddresses(route: ShortRoute): ShortRoute {
  return { ...route, to: Object.fromEntries(Object.entries(route.to).map(([name, target]) => [name, { ...target, stateful: true }])) };
}
