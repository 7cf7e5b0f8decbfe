import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { casesFor, type Case } from './cases';
import { backendContract } from './contract';
import { loadBalancer, NAMED, RESOLVED, type ShortLoadBalancer } from './models';
import { certificateFor } from './running-caddy';
import { RunningTraefik } from './running-traefik';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { usersOf } from '../../src/model/access-rule';
import { IssuerKind, type Dns01Model } from '../../src/model/certificate';
import type { LoweredLoadBalancer } from '../../src/model/load-balancer-backend';
import { Protocol } from '../../src/model/port';
import { testWith } from '../support/tools';

const traefik = LoadBalancerBackend.traefik();
const lower = (short: ShortLoadBalancer, traits = NAMED) => traefik.lower(loadBalancer(short), traits);
const WEB = { web: { health: '/healthz' } };
const SECURE = { issuers: { local: { kind: IssuerKind.LOCAL } }, hosts: { 'shop.acme.example': 'local' } };

backendContract(traefik);

describe('case', () => {
  for (const one of casesFor(traefik)) {
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

testWith('traefik', 'what Traefik does not take is a problem', async () => {
  const { configuration, ...container } = lower({ routes: [{ to: WEB }] });
  const dynamic = configuration['dynamic.yaml'].replace('Method(`GET`)', 'Metod(`GET`)').replace('strategy: p2c', 'strategy: best');
  expect((await problemsOf({ ...container, configuration: { ...configuration, 'dynamic.yaml': dynamic } })).join('\n')).toMatch(/routers http.*\n.*Metod/s);
});

async function problemsOf(lowered: LoweredLoadBalancer, prepare?: (folder: string) => void): Promise<string[]> {
  const running = await RunningTraefik.start(lowered, prepare);
  try {
    // Sooner or later it finds that the port of the authority is closed.
    return (await running.problems()).filter((line) => !line.includes('Unable to obtain ACME certificate'));
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

function bringFiles(folder: string, { loadBalancer: { hosts, routes } }: Case): void {
  for (const { name, issuer } of hosts) if (issuer?.kind === IssuerKind.FILES) certificateFor(folder, issuer.name, name);
  for (const { name } of routes.flatMap((route) => usersOf(route) ?? [])) writeFileSync(join(folder, 'secrets', name), 'ann:x\n');
}

describe('the container', () => {
  test('speaks HTTP/3 where the port of the host is the one it announces', () => {
    const udp = (short: ShortLoadBalancer) => lower(short).ports.filter(({ protocol }) => protocol === Protocol.UDP).map(({ number }) => number);
    expect(udp({ ...SECURE, routes: [{ to: WEB }] })).toEqual([443]);
    expect(udp({ ...SECURE, httpsPort: 8443, routes: [{ to: WEB }] })).toEqual([]);
    expect(udp({ routes: [{ to: WEB }] })).toEqual([]);
  });

  test('is another where what is read at the start is another', () => {
    const variable = (short: ShortLoadBalancer) => lower(short).environment!.STATIC_CONFIGURATION;
    expect(variable({ routes: [{ to: WEB }] })).toBe(variable({ routes: [{ path: '/other', to: WEB }] }));
    expect(variable({ drainSeconds: 7 })).not.toBe(variable({}));
  });

  test('clears up before it has the memory of the container', () => {
    expect(lower({}).environment!.GOMEMLIMIT).toBe('435MiB');
  });

  test('is ready when it has read its routes, and alive before', () => {
    const { healthCheck, configuration } = lower({ routes: [{ to: WEB }] });
    expect([healthCheck.readyPath, healthCheck.livePath]).toEqual(['/edge-health', '/ping']);
    expect(parse(configuration['dynamic.yaml']).http.routers.revision.rule).toContain('Path(`/edge-health`)');
    expect(configuration['traefik.yaml']).not.toContain('edge-health');
  });

  test('keeps certificates that it asks for, and needs a disk for nothing else', () => {
    const paths = (short: ShortLoadBalancer) => lower(short).volumes!.map(({ path }) => path);
    expect(paths({ issuers: { acme: {} }, hosts: { 'shop.acme.example': 'acme' } })).toEqual(['/run/traefik', '/data']);
    expect(paths(SECURE)).toEqual(['/run/traefik']);
  });

  test('takes another image', () => {
    expect(LoadBalancerBackend.traefik({ image: 'ghcr.io/acme/traefik:3' }).lower(loadBalancer(), NAMED).image).toBe('ghcr.io/acme/traefik:3');
  });

  test('reads its routes again on a signal, and waits for it', () => {
    expect(lower({}).reloadCommand).toEqual(['sh', '-c', [
      'cp /etc/traefik/dynamic.yaml /run/traefik/dynamic.yaml',
      'kill -HUP 1',
      "revision=$(sed -n 's/^# revision //p' /run/traefik/dynamic.yaml)",
      'for second in $(seq 15); do wget -q -O /dev/null "http://127.0.0.1:8080/revision/$revision" 2>/dev/null && exit 0; sleep 1; done',
      'echo "Traefik did not take /etc/traefik/dynamic.yaml: its log says why" >&2',
      'exit 1',
    ].join('\n')]);
  });
});

test('another directory has a file of its own: Traefik would go on with what staging has issued', () => {
  const storageOf = (directory: string) => /storage: (.*)/
    .exec(lower({ issuers: { a: { directory } }, hosts: { 'shop.acme.example': 'a' }, routes: [{ to: WEB }] }).configuration['traefik.yaml'])![1];
  expect(storageOf('https://ca.example/dir')).toBe('/data/a-1242d0bc.json');
  expect(storageOf('https://staging.ca.example/dir')).not.toBe('/data/a-1242d0bc.json');
});

describe('proof by DNS', () => {
  const wildcard = (issuers: ShortLoadBalancer['issuers'], hosts: ShortLoadBalancer['hosts'] = { '*.acme.example': 'wild' }) =>
    lower({ issuers, hosts, routes: [{ host: '*.acme.example', to: WEB }] });
  const secret = (file: string) => ({ path: `shop/${file}`, chart: 'shop', name: file, file: `/run/secrets/${file}`, secretName: file, key: 'value' });
  const route53 = (credentials: Dns01Model['credentials']): any => ({ dns01: { provider: 'route53', settings: { region: 'eu-central-1' }, credentials } });

  test('takes the token of Cloudflare from the secret\'s file', () => {
    const { configuration, environment, command } = wildcard({ wild: { cloudflare: 'cloudflare-token' } });
    expect(environment).toMatchObject({ CF_DNS_API_TOKEN_FILE: '/run/secrets/cloudflare-token' });
    expect(command![2]).not.toContain('export');
    expect(parse(configuration['traefik.yaml']).certificatesResolvers.wild.acme.dnsChallenge).toEqual({ provider: 'cloudflare' });
    expect(parse(configuration['dynamic.yaml']).http.routers['https/*.acme.example/1'].tls)
      .toEqual({ certResolver: 'wild', domains: [{ main: '*.acme.example' }] });
  });

  test('puts the key of Route 53 into variables when it starts', () => {
    const { environment, command } = wildcard({ wild: route53({ accessKeyId: secret('key-id'), secretAccessKey: secret('key') }) });
    expect(environment).toMatchObject({ AWS_REGION: 'eu-central-1' });
    expect(command![2]).toContain('export AWS_ACCESS_KEY_ID="$(cat /run/secrets/key-id)" || exit 1');
    expect(command![2]).toContain('export AWS_SECRET_ACCESS_KEY="$(cat /run/secrets/key)" || exit 1');
    expect(wildcard({ wild: route53({}) }).command![2]).not.toContain('export');
  });

  test('is for one account of a provider', () => {
    const hosts = { '*.acme.example': 'wild', 'shop.acme.example': 'other' };
    expect(() => wildcard({ wild: { cloudflare: 'one' }, other: { cloudflare: 'one' } }, hosts)).not.toThrow();
    expect(() => wildcard({ wild: { cloudflare: 'one' }, other: { cloudflare: 'two' } }, hosts)).toThrow("'edge' cannot prove control by DNS for 'wild' with"
      + ' an account of its own, as Traefik takes one for each provider and another issuer has one at cloudflare: give both the same Dns01, or use'
      + ' LoadBalancerBackend.caddy() [shop/edge]');
  });
});

describe('what cannot be written fails', () => {
  test.each([
    ['a method', { routes: [{ methods: ['purge'], to: WEB }] },
      "'edge' cannot match the method \"purge\", as Traefik knows methods in capitals only: write it in capitals, or use LoadBalancerBackend.caddy() [shop/edge]"],
    ['the name of a cookie', { algorithm: 'sticky a;b', routes: [{ to: WEB }] },
      "'edge' cannot use \"a;b\" as the name of a cookie, as HTTP allows letters, digits and !#$%&'*+.^_`|~- there: rename it [shop/edge]"],
    ['a header', { routes: [{ headers: { 'X-One': ' a' }, to: WEB }] },
      "'edge' cannot match the header 'X-One' with \" a\", as no header has line breaks or begins or ends with blanks: remove them [shop/edge]"],
  ] as [string, ShortLoadBalancer, string][])('%s', (_name, short, message) => {
    expect(() => lower(short)).toThrow(message);
  });
});

test('copies are asked for their health over HTTP and gRPC, by name', () => {
  const notAsked = (short: ShortLoadBalancer, traits = NAMED) => lower(short, traits).notAsked;
  expect(notAsked({ routes: [{ to: WEB }] })).toEqual([]);
  expect(notAsked({ routes: [{ to: { ledger: { health: 'grpc', protocol: Protocol.GRPC } } }] })).toEqual([]);
  expect(notAsked({ routes: [{ to: { web: { health: 'tcp' } } }, { path: '/a', to: { api: {} } }] })).toEqual(['api', 'web']);
  expect(notAsked({ routes: [{ to: WEB }] }, RESOLVED)).toEqual(['web']);
});

describe('balancing', () => {
  const answer = (short: ShortLoadBalancer, traits = NAMED) => {
    const { level, reason } = traefik.answerBalancing(loadBalancer({ routes: [{ to: WEB }], ...short }), traits);
    return `${level}: ${reason}`;
  };

  test.each([
    ['roundRobin', "native: Traefik: 'strategy: wrr'"],
    ['powerOfTwoChoices', "native: Traefik: 'strategy: p2c'"],
    ['hashClientAddress', "native: Traefik: 'strategy: hrw'"],
    ['sticky', "native: Traefik: 'sticky.cookie'"],
    ['leastConnections', "degraded: Traefik has no least connections: the less busy of two copies picked at random is taken ('p2c'); caddy can"],
    ['random', "degraded: Traefik has no choice by chance alone: the less busy of two copies picked at random is taken ('p2c'); caddy can"],
    ['hashUri', "dropped: Traefik has no hash of a uri: the less busy of two copies is picked ('p2c'); caddy can"],
  ])('%s', (algorithm, expected) => {
    expect(answer({ algorithm })).toBe(expected);
  });

  test('by the visitor\'s address is not there behind a proxy', () => {
    expect(answer({ algorithm: 'hashClientAddress', trustedProxies: ['10.0.0.0/8'] })).toBe("dropped: Traefik hashes the proxy's address, not the visitor's behind"
      + " it: the less busy of two copies is picked ('p2c'); caddy can");
  });

  test('by weights cannot keep a visitor', () => {
    expect(answer({ algorithm: 'sticky', routes: [{ to: { ...WEB, canary: {} } }] })).toMatch(/^degraded: .* a visitor changes between them/);
    expect(answer({ algorithm: 'roundRobin', routes: [{ to: { ...WEB, canary: {} } }] })).toMatch(/^native/);
  });

  test('is the name server\'s where copies have one name', () => {
    expect(answer({ algorithm: 'roundRobin' }, RESOLVED)).toBe('dropped: Traefik: on resolved the copies of web have one name, which is resolved for each request,'
      + ' so that any copy is picked; caddy can do better');
  });

  test('a cookie is for HTTPS alone where nobody comes without', () => {
    const cookie = (short: ShortLoadBalancer) =>
      (Object.values(parse(lower({ algorithm: 'sticky', ...short }).configuration['dynamic.yaml']).http.services)[0] as any).loadBalancer.sticky.cookie.secure;
    expect(cookie({ ...SECURE, routes: [{ to: WEB }] })).toBe(true);
    expect(cookie({ ...SECURE, routes: [{ redirectHttp: false, to: WEB }] })).toBeUndefined();
    expect(cookie({ routes: [{ to: WEB }] })).toBeUndefined();
  });
});

test('what Traefik does not keep is said', () => {
  const said = (short: ShortLoadBalancer) => lower(short).limitations;
  expect(said({ routes: [{ to: WEB }] })).toEqual([]);
  expect(said({ ...SECURE, routes: [{ to: WEB }] })).toEqual(['gives visitors of shop.acme.example a certificate that Traefik signs itself at each start, as it has no'
    + ' local authority, so that browsers warn each time: use LoadBalancerBackend.caddy() or CertificateFiles']);
  expect(said({ routes: [{ path: '/up', maxRequestBodyBytes: 9, to: WEB }] })).toEqual(['limits the bodies of requests for shop.acme.example/up except for GET, HEAD'
    + ' and OPTIONS, and holds bodies and their answers until they are complete, all at once in 64 MiB, as Traefik knows no other way:'
    + ' use LoadBalancerBackend.caddy() if that is too little']);
  expect(said({ routes: [{ maxRequestBodyBytes: 9, to: { ledger: { protocol: Protocol.GRPC } } }] })).toEqual(['does not limit the bodies of requests for'
    + ' shop.acme.example/, as Traefik would hold streams of gRPC back until they end: leave maxRequestBody out or use LoadBalancerBackend.caddy()']);
});
