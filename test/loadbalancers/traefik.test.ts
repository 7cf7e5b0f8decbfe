import { readCases, type Case } from './cases';
import { backendContract } from './contract';
import { loadBalancer, NAMED, RESOLVED, type ShortLoadBalancer } from './models';
import { certificateFor } from './running-caddy';
import { RunningTraefik } from './running-traefik';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { IssuerKind } from '../../src/model/certificate';
import type { LoweredLoadBalancer } from '../../src/model/load-balancer-backend';
import { Protocol } from '../../src/model/port';
import { testWith } from '../support/tools';

const traefik = LoadBalancerBackend.traefik();
const lower = (short: ShortLoadBalancer, traits = NAMED) => traefik.lower(loadBalancer(short), traits);
const WEB = { web: { health: '/healthz' } };

backendContract(traefik);

describe('case', () => {
  for (const one of readCases()) {
    for (const [file, golden] of [['traefik.yaml', 'traefik-static.yaml'], ['dynamic.yaml', 'traefik-dynamic.yaml']]) {
      test(`${one.name}: ${file}`, () => {
        const text = traefik.lower(one.loadBalancer, one.traits).configuration[file];
        if (process.env.UPDATE_GOLDENS) one.write(golden, text);
        else expect(text).toBe(one.expected(golden));
      });
    }

    testWith('traefik', `${one.name} is taken whole`, async () => {
      expect(await problemsOf(withoutAuthorities(one), (folder) => bringFiles(folder, one))).toEqual([]);
    });
  }
});

async function problemsOf(lowered: LoweredLoadBalancer, prepare?: (folder: string) => void): Promise<string[]> {
  const running = await RunningTraefik.start(lowered, prepare);
  try {
    return await running.problems();
  } finally {
    await running.stop();
  }
}

/** No test asks a public authority for a certificate: its directory is a closed port here. */
function withoutAuthorities({ loadBalancer: model, traits }: Case): LoweredLoadBalancer {
  const hosts = model.hosts.map((host) => host.issuer?.kind === IssuerKind.ACME
    ? { ...host, issuer: { ...host.issuer, directory: 'https://127.0.0.1:9/directory', caRoot: undefined } }
    : host);
  return traefik.lower({ ...model, hosts }, traits);
}

function bringFiles(folder: string, { loadBalancer: { hosts } }: Case): void {
  for (const { name, issuer } of hosts) if (issuer?.kind === IssuerKind.FILES) certificateFor(folder, issuer.name, name);
}
