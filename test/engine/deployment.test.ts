import { cpus } from 'node:os';
import { Deployment } from './deployment';
import { CALLEE_FAILURES, Disruption, DEPLOYMENTS, endure, FAILURES, GRPC_CALLEE, interruptions, LOAD_BALANCER, OTHER_NETWORKS } from './disruptions';
import { describeWithEngine, run } from './engine';
import { LoadOptions, LoadReport } from './load/load';
import { engineVersion, record, WHOLE } from './record';
import { ILoadBalancerBackend, LoadBalancerBackend } from '../../src';

/*
 * No deployment loses a request: releases, failures and interruptions under 500 requests a second, of which a fifth are
 * POSTs, over HTTP/1.1 and HTTP/2, on new and on kept connections, with WebSockets, slow requests and uploads beside.
 *
 * `npm run bench:engine` does all of it with each load balancer, at least 10,000 requests each, and writes the tables
 * into docs/no-request-lost.md.
 */

const LOAD: Partial<LoadOptions> = WHOLE ? { minimum: 10_000, slow: { count: 3, milliseconds: 30_000 } } : {};
const LONGEST = 900_000;

function proof(title: string, target: 'compose' | 'swarm', backend: () => ILoadBalancerBackend, disruptions: readonly Disruption[]): void {
  describeWithEngine(title, () => {
    const deployment = new Deployment(`proof-${target}`, target, backend);
    const reports: Record<string, LoadReport> = {};

    beforeAll(() => deployment.start(), LONGEST);
    afterAll(async () => {
      await deployment.remove();
      const { stdout: compose } = await run('docker', ['compose', 'version', '--short']);
      const where = `${await engineVersion()}, Compose ${compose.trim()}, ${cpus().length} processors that load, load balancer and copies share`;
      await record(title, where, reports, disruptions.length);
    }, LONGEST);

    test.each(disruptions)('$name', async (disruption) => {
      reports[disruption.name] = await endure(deployment, disruption, LOAD);
    }, LONGEST);
  });
}

const ALL_ON_COMPOSE = [
  ...DEPLOYMENTS, interruptions(WHOLE ? 20 : 5), ...FAILURES, ...CALLEE_FAILURES, ...LOAD_BALANCER, GRPC_CALLEE, OTHER_NETWORKS,
];
const SOME = DEPLOYMENTS.slice(0, 1).concat(FAILURES.slice(0, 1));
/** A Swarm has no proxies between workloads, and its load balancer is created anew for another route, which both is said. */
const ON_SWARM = DEPLOYMENTS.filter(({ name, path }) => path === undefined && !/route|remove/.test(name)).concat(FAILURES);

proof('Compose with Caddy', 'compose', () => LoadBalancerBackend.caddy(), ALL_ON_COMPOSE);
const OTHERS: readonly [string, () => ILoadBalancerBackend][] = [
  ['HAProxy', () => LoadBalancerBackend.haproxy()],
  ['nginx', () => LoadBalancerBackend.nginx()],
  ['Traefik', () => LoadBalancerBackend.traefik()],
];
for (const [name, backend] of OTHERS) {
  proof(`Compose with ${name}`, 'compose', backend, WHOLE ? ALL_ON_COMPOSE : SOME);
}
proof('Swarm with Caddy', 'swarm', () => LoadBalancerBackend.caddy(), WHOLE ? ON_SWARM : ON_SWARM.slice(0, 1));
proof('Swarm with HAProxy', 'swarm', () => LoadBalancerBackend.haproxy(), WHOLE ? ON_SWARM : ON_SWARM.slice(0, 1));
