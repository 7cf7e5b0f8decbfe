import { Deployment } from './deployment';
import { Disruption, DEPLOYMENTS, endure, FAILURES, interruptions, LOAD_BALANCER } from './disruptions';
import { describeWithEngine } from './engine';
import { LoadReport, loadTable } from './load/load';
import { ILoadBalancerBackend, LoadBalancerBackend } from '../../src';

/*
 * No deployment loses a request: releases, failures and interruptions under 500 requests a second, of which a fifth are
 * POSTs, over HTTP/1.1 and HTTP/2, on new and on kept connections, with WebSockets, slow requests and uploads beside.
 */

const LONGEST = 600_000;

function proof(title: string, target: 'compose' | 'swarm', backend: () => ILoadBalancerBackend, disruptions: readonly Disruption[]): void {
  describeWithEngine(title, () => {
    const deployment = new Deployment(`proof-${target}`, target, backend);
    const reports: Record<string, LoadReport> = {};

    beforeAll(() => deployment.start(), LONGEST);
    afterAll(async () => {
      await deployment.remove();
      process.stdout.write(`\n${title}\n\n${loadTable(reports)}`);
    }, LONGEST);

    test.each(disruptions)('$name', async (disruption) => {
      reports[disruption.name] = await endure(deployment, disruption);
    }, LONGEST);
  });
}

proof('Compose with Caddy', 'compose', () => LoadBalancerBackend.caddy(), [...DEPLOYMENTS, interruptions(5), ...FAILURES, ...LOAD_BALANCER]);
