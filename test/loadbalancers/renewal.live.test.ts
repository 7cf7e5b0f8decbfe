import { connect, type PeerCertificate } from 'node:tls';
import { AcmeServer } from './acme-server';
import { copiesOf, HOST, haproxyWith, stopAfterwards } from './live';
import { loadBalancer, type ShortLoadBalancer } from './models';
import { sendTo } from './requests';
import { addressOf, AT_ADDRESSES, pause, RunningCaddy } from './running-caddy';
import { RunningNginx } from './running-nginx';
import { startSidecar } from './running-sidecar';
import { RunningTraefik } from './running-traefik';
import { certificateSidecars } from '../../src/loadbalancers/issued-certificates';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { findTool, testWith, type Tool } from '../support/tools';

/*
 * The real load balancers, and lego beside those that need it, get certificates of a real ACME server and renew them, while visitors come.
 */

/** Longer than any test, and short enough that half of it is soon over. */
const VALIDITY = 40;

/** An authority that does not get its proof is asked again. */
const ISSUED_AFTER = 90;

jest.setTimeout(300_000);

interface Edge {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly log: string;
}

interface Way {
  readonly backend: string;
  readonly tools: Tool[];
  /** Seconds in which a renewed certificate is there. */
  readonly patience: number;
  /** How long certificates live. */
  readonly validity?: number;
  start(short: ShortLoadBalancer, acme: AcmeServer): Promise<Edge>;
}

/** Where an ACME client listens: a port that cannot be chosen, on an address of the test's own. */
const CLIENT = `127.88.${Math.floor(Math.random() * 254) + 1}.${Math.floor(Math.random() * 254) + 1}`;

const besideOf = (short: ShortLoadBalancer, folder: string) => {
  const [client] = certificateSidecars(loadBalancer(short), 99);
  return startSidecar(client, folder, 'lego', CLIENT);
};

const WAYS: Way[] = [
  {
    backend: 'nginx',
    tools: ['nginx', 'lego'],
    patience: 60,
    start: async (short, acme) => {
      acme.names.byName.set('edge-acme-company', [CLIENT]).set('web', [1, 2].map((copy) => addressOf('web', copy)));
      const nginx = await RunningNginx.start(short, { ...AT_ADDRESSES, dnsServer: `127.0.0.1:${acme.names.port}` });
      const client = besideOf(short, nginx.folder);
      return { httpPort: nginx.httpPort, httpsPort: nginx.httpsPort, get log() { return nginx.log.slice(-1000) + client.log; } };
    },
  },
  {
    backend: 'haproxy',
    tools: ['haproxy', 'lego'],
    patience: 60,
    start: async (short) => {
      const haproxy = await haproxyWith(short, { byScript: true });
      haproxy.names.byName.set('edge-acme-company', [CLIENT]);
      const client = besideOf(short, haproxy.folder);
      // The client counts as one.
      await haproxy.up(3);
      const messages = () => haproxy.messages.split('\n').filter((line) => !line.includes('SSL handshake failure')).join('\n');
      return { httpPort: haproxy.httpPort, httpsPort: haproxy.httpsPort, get log() { return messages().slice(-1000) + client.log; } };
    },
  },
  {
    backend: 'caddy',
    tools: ['caddy'],
    patience: 60,
    start: async (short) => {
      // Instead of every ten minutes.
      const caddy = await RunningCaddy.start(short, AT_ADDRESSES, {}, ['renew_interval 1s']);
      stopAfterwards(() => caddy.stop());
      return caddy;
    },
  },
  {
    backend: 'traefik',
    tools: ['traefik'],
    patience: 100,
    validity: 300,
    start: async (short) => {
      const lowered = LoadBalancerBackend.traefik().lower(loadBalancer(short), AT_ADDRESSES);
      // Then Traefik looks every minute, and not once a day, whether any has less than twenty minutes left.
      const hourly = lowered.configuration['traefik.yaml'].replace('acme:\n', 'acme:\n      certificatesDuration: 1\n');
      const traefik = await RunningTraefik.start({ ...lowered, configuration: { ...lowered.configuration, 'traefik.yaml': hourly } });
      stopAfterwards(() => traefik.stop());
      return traefik;
    },
  },
];

for (const { backend, tools, patience, validity = VALIDITY, start } of WAYS) {
  const all: Tool[] = ['pebble', ...tools];
  testWith(all.find((tool) => findTool(tool) === undefined) ?? 'pebble', `${backend} gets a certificate and renews it, and no visitor is lost`, async () => {
    const acme = await AcmeServer.start(validity);
    const web = await copiesOf('web', 2);
    const edge = await start({
      issuers: { company: { directory: acme.directory, caRoot: acme.caRoot, email: 'ops@acme.example' } },
      hosts: { [HOST]: 'company' },
      routes: [{ hstsSeconds: 60, to: { web: { port: web.port, copies: 2, health: '/healthz' } } }],
    }, acme);
    acme.asks = edge;
    const said = () => `${acme.log.slice(-3000)}\n${edge.log.slice(-3000)}`;
    await expectRedirect(edge);
    const first = await waitFor(ISSUED_AFTER, async () => (await certificateOf(edge, await acme.issuedRoot()))?.serialNumber, said);
    const visitors = new Visitors(edge);
    await waitFor(patience, async () => {
      const { serialNumber } = await certificateOf(edge, await acme.issuedRoot()) ?? {};
      return serialNumber === first ? undefined : serialNumber;
    }, said);
    // The processes of before, if any, have what they had.
    await pause(2000);
    const { answers, failures } = await visitors.leave();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(100);
    await expectRedirect(edge);
  });
}

async function expectRedirect(edge: Edge): Promise<void> {
  const { status, headers } = await sendTo(edge, { path: '/a?b=c' });
  expect([301, 308]).toContain(status);
  // By the port that visitors see, which need not be the program's own.
  expect(headers.location).toMatch(new RegExp(`^https://${HOST}(:\\d+)?/a\\?b=c$`));
  expect(headers['strict-transport-security']).toBeUndefined();
}

async function waitFor<T>(seconds: number, find: () => Promise<T | undefined>, said: () => string): Promise<T> {
  for (const until = Date.now() + 1000 * seconds; Date.now() < until; await pause(200)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`nothing within ${seconds} seconds:\n${said()}`);
}

/** The certificate that is served, if it is an authority's. */
function certificateOf({ httpsPort }: Edge, ca: string): Promise<PeerCertificate | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: httpsPort, servername: HOST, ca }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', () => resolve(undefined));
  });
}

/** Come one after the other over HTTPS, and are told to come so. */
class Visitors {
  private answers = 0;
  private readonly failures: string[] = [];
  private left = false;
  private readonly done: Promise<void>[];

  constructor(private readonly edge: Edge) {
    this.done = Array.from({ length: 4 }, (_, number) => this.come(number));
  }

  async leave(): Promise<{ answers: number; failures: string[] }> {
    this.left = true;
    await Promise.all(this.done);
    return { answers: this.answers, failures: this.failures };
  }

  private async come(number: number): Promise<void> {
    for (; !this.left; await pause(20)) {
      try {
        const { status, headers } = await sendTo(this.edge, { secure: true, method: number === 0 ? 'POST' : 'GET', body: number === 0 ? 'text' : undefined });
        this.answers++;
        if (status !== 200 || headers['strict-transport-security'] !== 'max-age=60') this.failures.push(`${status} ${headers['strict-transport-security']}`);
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}
