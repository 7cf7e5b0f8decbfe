import { connect, type TLSSocket } from 'node:tls';
import { BACKENDS, type Running } from './backends';
import { copiesOf, haproxyWith } from './live';
import type { ShortLoadBalancer } from './models';
import type { Received, Sent } from './requests';
import { pause } from './running-caddy';
import { bundleFor } from './running-haproxy';
import { Authority, type KeyPair } from './visitors';
import { IssuerKind } from '../../src/model/certificate';
import { testWith } from '../support/tools';

/*
 * Visitors with a certificate, with another one and with none, at every back end.
 */

const [OPEN, CLOSED, PARTNERS] = ['open.acme.example', 'closed.acme.example', 'partners.acme.example'];
const HOSTS = [OPEN, CLOSED, PARTNERS];

const visitors = Authority.root('visitors');
const partners = Authority.root('partners');
const stranger = Authority.root('stranger');
const site = Authority.root('site');

/** A host that asks nobody, and two that ask for certificates of different authorities. */
const TWO_AUTHORITIES: ShortLoadBalancer = {
  issuers: Object.fromEntries(HOSTS.map((host) => [host.split('.')[0], { kind: IssuerKind.FILES }])),
  hosts: Object.fromEntries(HOSTS.map((host) => [host, host.split('.')[0]])),
};
const SECRETS = Object.fromEntries(HOSTS.flatMap((host) => {
  const { cert, key } = site.sign(`/CN=${host}`, { dns: [host] });
  return [[`${host.split('.')[0]}-certificate`, cert], [`${host.split('.')[0]}-key`, key]];
}));

const ANN = visitors.sign('/O=Acme/CN=ann');
const PARTNER = partners.sign('/CN=bob');

/** The status, or `refused` where no connection comes about. */
async function asked(backend: Running, host: string, certificate?: KeyPair, more: Sent = {}): Promise<number | 'refused'> {
  return (await answered(backend, host, certificate, more))?.status ?? 'refused';
}

const answered = (backend: Running, host: string, certificate?: KeyPair, more: Sent = {}): Promise<Received | undefined> =>
  backend.send({ host, secure: true, certificate, ...more }).catch(() => undefined);

for (const [tool, start] of BACKENDS) {
  describe(tool, () => {
    /** nginx takes the connection, and refuses the request. */
    const refused = tool === 'nginx' ? 400 : 'refused';
    const header = tool === 'traefik' ? 'x-forwarded-tls-client-cert-info' : 'x-client-subject';
    const subjectOf = ({ body }: Received): string | undefined => {
      const value = JSON.parse(body).headers[header];
      return value === undefined || tool !== 'traefik' ? value : decodeURIComponent(value.replace(/\+/g, ' '));
    };

    const running = async () => {
      const web = await copiesOf('web', 1);
      const to = { web: { port: web.port, copies: 1, health: '/healthz' } };
      const backend = await start({
        ...TWO_AUTHORITIES,
        routes: [
          { host: OPEN, to }, { host: CLOSED, authority: visitors.pem, to }, { host: PARTNERS, authority: partners.pem, to },
        ],
      }, SECRETS);
      return { backend, web };
    };

    testWith(tool, 'lets in who shows a certificate of the authority, and nobody else', async () => {
      const { backend, web } = await running();
      expect([await asked(backend, OPEN), await asked(backend, CLOSED, ANN), await asked(backend, PARTNERS, PARTNER)]).toEqual([200, 200, 200]);
      web.seen.length = 0;
      expect(await asked(backend, CLOSED)).toBe(refused);
      expect(await asked(backend, CLOSED, stranger.sign('/O=Acme/CN=ann'))).toBe(refused);
      expect(await asked(backend, CLOSED, PARTNER)).toBe(refused);
      expect(await asked(backend, PARTNERS, ANN)).toBe(refused);
      expect(await asked(backend, CLOSED, visitors.sign('/CN=late', { days: -1 }))).toBe(refused);
      expect(web.seen).toEqual([]);
      expect((await backend.send({ host: CLOSED })).status).toBeGreaterThan(300);
      expect(web.seen).toEqual([]);
    });

    testWith(tool, 'lets in who shows a chain up to the authority', async () => {
      const { backend } = await running();
      const middle = visitors.intermediate('middle');
      const { cert, key } = middle.intermediate('lower').sign('/O=Acme/CN=eve');
      expect(await asked(backend, CLOSED, { cert, key })).toBe(refused);
      const below = middle.sign('/O=Acme/CN=eve');
      expect(await asked(backend, CLOSED, { cert: below.cert + middle.pem, key: below.key })).toBe(200);
    });

    testWith(tool, 'is not gone around by a connection that was opened for another host', async () => {
      const { backend, web } = await running();
      for (const host of [CLOSED, CLOSED.toUpperCase(), `${CLOSED}.`, `${CLOSED}:${backend.httpsPort}`, `${CLOSED}:443`]) {
        for (const servername of [OPEN, PARTNERS, 'other.acme.example', '']) {
          const certificate = servername === PARTNERS ? PARTNER : undefined;
          expect([host, servername, [421, 403, 404, 'refused']]).toEqual([host, servername, expect.arrayContaining([await asked(backend, host, certificate, { servername })])]);
        }
      }
      expect(await asked(backend, CLOSED, PARTNER, { servername: PARTNERS })).toBe(421);
      expect(web.seen).toEqual([]);
    });

    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      testWith(tool, `is not gone around by a session of another host, with ${version}`, async () => {
        const { backend, web } = await running();
        for (const [host, certificate] of [[OPEN, undefined], [PARTNERS, PARTNER]] as const) {
          const session = await sessionOf(backend, host, version, certificate);
          // Caddy keeps no session of a visitor with a certificate.
          expect([host, session === undefined]).toEqual([host, tool === 'caddy' && certificate !== undefined]);
          web.seen.length = 0;
          expect(await statusWith(backend, CLOSED, version, session)).not.toBe(200);
        }
        expect(web.seen).toEqual([]);
      });
    }

    if (tool !== 'traefik') {
      testWith(tool, 'asks at all hosts of a wildcard, but not at one that is declared by its name', async () => {
        const web = await copiesOf('web', 1);
        const to = { web: { port: web.port, copies: 1, health: '/healthz' } };
        const { cert, key } = site.sign('/CN=*.acme.example', { dns: ['*.acme.example'] });
        const backend = await start({
          issuers: { all: { kind: IssuerKind.FILES }, open: { kind: IssuerKind.FILES } },
          hosts: { '*.acme.example': 'all', [OPEN]: 'open' },
          routes: [{ host: '*.acme.example', authority: visitors.pem, to }, { host: OPEN, to }],
        }, { ...SECRETS, 'all-certificate': cert, 'all-key': key });
        expect([await asked(backend, OPEN), await asked(backend, 'one.acme.example', ANN)]).toEqual([200, 200]);
        web.seen.length = 0;
        expect([await asked(backend, 'one.acme.example'), await asked(backend, 'one.acme.example', PARTNER)]).toEqual([refused, refused]);
        expect(await asked(backend, 'one.acme.example', undefined, { servername: OPEN })).toBe(421);
        expect(web.seen).toEqual([]);
      });
    }

    testWith(tool, 'tells copies the subject, and takes away what visitors say about it themselves', async () => {
      const { backend } = await running();
      const forged = Object.fromEntries(
        ['X-Client-Subject', 'X_Client_Subject', 'X-Client_Subject', 'x_client-subject', 'X-Forwarded-Tls-Client-Cert-Info', 'X-Forwarded-Tls-Client-Cert'].map((name) => [name, 'CN=root']));
      const found = (await answered(backend, CLOSED, ANN, { headers: forged }))!;
      expect(subjectOf(found)).toBe(tool === 'traefik' ? 'Subject="O=Acme,CN=ann"' : 'CN=ann,O=Acme');
      const others = (body: string) => Object.entries(JSON.parse(body).headers).filter(([name, value]) => name !== header && value === 'CN=root').map(([name]) => name)
        .filter((name) => tool === 'traefik' || !name.startsWith('x-forwarded-tls'));
      expect(others(found.body)).toEqual([]);
      const open = (await answered(backend, OPEN, undefined, { headers: forged }))!;
      expect([subjectOf(open), others(open.body)]).toEqual([undefined, []]);
      const posted = (await answered(backend, CLOSED, ANN, { method: 'POST', body: 'text', headers: forged }))!;
      expect([posted.status, subjectOf(posted), others(posted.body)]).toEqual([200, subjectOf(found), []]);
    });
  });
}

testWith('haproxy', 'lets nobody in by the certificate of another host while its own is not there yet', async () => {
  const web = await copiesOf('web', 1);
  const to = { web: { port: web.port, copies: 1, health: '/healthz' } };
  const haproxy = await haproxyWith({
    issuers: { local: { kind: IssuerKind.LOCAL } },
    hosts: { '*.acme.example': 'local', [CLOSED]: 'local' },
    routes: [{ host: '*.acme.example', to }, { host: CLOSED, authority: visitors.pem, to }],
  }, { byScript: true });
  const until = async (host: string, certificate?: KeyPair) => {
    for (let attempt = 0; attempt < 150 && await asked(haproxy, host, certificate) !== 200; attempt++) await pause(100);
    return asked(haproxy, host, certificate);
  };
  bundleFor(haproxy.folder, '_.acme.example');
  expect(await until('one.acme.example')).toBe(200);
  web.seen.length = 0;
  expect([await asked(haproxy, CLOSED), await asked(haproxy, CLOSED, ANN)]).toEqual(['refused', 'refused']);
  expect(await asked(haproxy, CLOSED, undefined, { servername: 'one.acme.example' })).toBe(421);
  expect(web.seen).toEqual([]);
  bundleFor(haproxy.folder, CLOSED);
  expect(await until(CLOSED, ANN)).toBe(200);
  expect(await asked(haproxy, CLOSED)).toBe('refused');
});

function connected({ httpsPort }: Running, servername: string, version: 'TLSv1.2' | 'TLSv1.3', more: object): TLSSocket {
  return connect({ host: '127.0.0.1', port: httpsPort, servername, rejectUnauthorized: false, minVersion: version, maxVersion: version, ...more });
}

/** A session that could be gone on with. */
function sessionOf(backend: Running, host: string, version: 'TLSv1.2' | 'TLSv1.3', certificate?: KeyPair): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connected(backend, host, version, certificate ?? {});
    let session: Buffer | undefined;
    socket.on('session', (one: Buffer) => { session = one; });
    socket.on('error', reject);
    socket.on('secureConnect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.resume().on('close', () => resolve(session));
  });
}

function statusWith(backend: Running, host: string, version: 'TLSv1.2' | 'TLSv1.3', session: Buffer | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connected(backend, host, version, { session });
    let text = '';
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('error', () => resolve(undefined));
    socket.on('secureConnect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.on('close', () => resolve(text === '' ? undefined : Number(text.split(' ')[1])));
  });
}
