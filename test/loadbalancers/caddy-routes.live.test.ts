import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Copies } from './copies';
import { caddyWith, copiesOf, HOST, LOCAL, many } from './live';
import { certificateFor, pause, type RunningCaddy } from './running-caddy';
import { IssuerKind } from '../../src/model/certificate';
import { testWith } from '../support/tools';

/*
 * HTTPS and routes in the real Caddy.
 */

describe('HTTPS', () => {
  testWith('caddy', 'has a certificate of the local authority, and HTTP is sent there with its method', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ ...LOCAL, routes: [{ hstsSeconds: 60, to: { web: { port: web.port, copies: 1 } } }] });
    const secure = await caddy.send({ secure: true, path: '/a?b=c' });
    expect([secure.status, secure.headers['strict-transport-security']]).toEqual([200, 'max-age=60']);
    expect(JSON.parse(secure.body).headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': HOST });
    const plain = await caddy.send({ method: 'POST', path: '/a?b=c', body: 'text' });
    expect([plain.status, plain.headers.location]).toEqual([308, `https://${HOST}:${caddy.httpsPort}/a?b=c`]);
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    expect((await certificateOf(caddy, HOST)).issuer.CN).toMatch(/^Caddy Local Authority/);
  });

  testWith('caddy', 'lets a Strict-Transport-Security of the application stand', async () => {
    const web = await copiesOf('web', 1);
    web.behaviour = (_request, response) => response.setHeader('Strict-Transport-Security', 'max-age=5; preload').end();
    const caddy = await caddyWith({ ...LOCAL, routes: [{ hstsSeconds: 60, to: { web: { port: web.port, copies: 1 } } }] });
    expect((await caddy.send({ secure: true })).headers['strict-transport-security']).toBe('max-age=5; preload');
  });

  testWith('caddy', 'has the certificate of the user\'s own files', async () => {
    const web = await copiesOf('web', 1);
    const short = (kind: IssuerKind) => ({ issuers: { own: { kind } }, hosts: { [HOST]: 'own' }, routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
    const caddy = await caddyWith(short(IssuerKind.LOCAL));
    certificateFor(caddy.folder, 'own', HOST);
    caddy.reload(short(IssuerKind.FILES));
    expect((await certificateOf(caddy, HOST)).subject.O).toBe('Users own');
    expect((await caddy.send({ secure: true })).status).toBe(200);
    expect(caddy.log).not.toContain('api.letsencrypt.org');
  });

  testWith('caddy', 'serves a host on both where nothing is redirected', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ ...LOCAL, routes: [{ redirectHttp: false, to: { web: { port: web.port, copies: 1 } } }] });
    expect([(await caddy.send()).status, (await caddy.send({ secure: true })).status]).toEqual([200, 200]);
  });

  testWith('caddy', 'knows nobody else', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ ...LOCAL, routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
    expect((await caddy.send({ host: 'other.example' })).status).toBe(404);
    await expect(caddy.send({ host: 'other.example', secure: true })).rejects.toThrow();
  });
});

async function certificateOf(caddy: RunningCaddy, name: string): Promise<any> {
  const socket = connectTls({ host: '127.0.0.1', port: caddy.httpsPort, servername: name, rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

describe('routes', () => {
  testWith('caddy', 'are whole path elements in the case as written, the longest first, then the more special', async () => {
    const [web, api, canary] = [await copiesOf('web', 1), await copiesOf('api', 1), await copiesOf('canary', 1)];
    const to = (name: string, { port }: Copies) => ({ to: { [name]: { port, copies: 1 } } });
    const caddy = await caddyWith({
      routes: [
        { path: '/api', methods: ['GET'], headers: { 'X-Version': '2' }, ...to('canary', canary) },
        { path: '/api', ...to('api', api) },
        { path: '/web/', ...to('web', web) },
      ],
    });
    const asked = async (path: string, method = 'GET', headers = {}) => {
      for (const copies of [web, api, canary]) copies.seen.length = 0;
      const { status } = await caddy.send({ path, method, headers });
      return [web, api, canary].find(({ seen }) => seen.length > 0)?.workload ?? status;
    };
    expect(await asked('/api')).toBe('api');
    expect(await asked('/api/')).toBe('api');
    expect(await asked('/api/x/y?z')).toBe('api');
    expect(await asked('/api', 'GET', { 'x-version': '2' })).toBe('canary');
    expect(await asked('/api', 'POST', { 'x-version': '2' })).toBe('api');
    expect(await asked('/api', 'GET', { 'x-version': '20' })).toBe('api');
    expect(await asked('/web')).toBe('web');
    expect(await asked('/web/x')).toBe('web');
    for (const path of ['/', '/apis', '/API', '/x/api', '/webs']) expect([path, await asked(path)]).toEqual([path, 404]);
    // No way around a route by writing it in another way.
    for (const path of ['//api', '/x/../api', '/%61pi', '/api%2Fx']) expect([path, await asked(path)]).toEqual([path, 'api']);
  });

  testWith('caddy', 'take every text as it is', async () => {
    const web = await copiesOf('web', 1);
    const values = ['{$HOME} "a" `b` \\c # : - {host}', '${X} $(id) %41 *', '', '*x*', 'a\\"b`', '{http.request.host}'];
    const paths = ['/a{b}`"$HOME\'x(x)', '/a b', '/{host}', '/ü', '/100%'];
    for (const value of values) {
      const caddy = await caddyWith({ routes: [{ headers: { 'X-Text': value }, to: { web: { port: web.port, copies: 1 } } }] });
      expect([value, (await caddy.send({ headers: { 'x-text': value } })).status]).toEqual([value, 200]);
      expect([value, (await caddy.send({ headers: { 'x-text': `${value}.` } })).status]).toEqual([value, 404]);
    }
    for (const path of paths) {
      const caddy = await caddyWith({ routes: [{ path: path.replace(' ', '%20'), to: { web: { port: web.port, copies: 1 } } }] });
      expect([path, (await caddy.send({ path: encodeURI(path) })).status]).toEqual([path, 200]);
      expect([path, (await caddy.send({ path: `${encodeURI(path)}x` })).status]).toEqual([path, 404]);
    }
  });

  testWith('caddy', 'share requests by weight', async () => {
    const [web, canary] = [await copiesOf('web', 2), await copiesOf('canary', 1)];
    const to = { canary: { port: canary.port, copies: 1, weight: 10 }, web: { port: web.port, weight: 90 } };
    const caddy = await caddyWith({ routes: [{ to }] });
    await many(2000, () => caddy.send());
    // Three standard deviations of 2,000 draws at a tenth are 40.
    expect(Math.abs(canary.seen.length - 200)).toBeLessThan(60);
    expect(web.seen.length).toBe(2000 - canary.seen.length);
  });

  testWith('caddy', 'send visitors of one host to another', async () => {
    const caddy = await caddyWith({
      ...LOCAL, hosts: { [HOST]: 'local', 'www.acme.example': 'local' }, redirects: { 'www.acme.example': HOST }, routes: [{ to: { web: {} } }],
    });
    const { status, headers } = await caddy.send({ host: 'www.acme.example', path: '/a?b' });
    expect([status, headers.location]).toEqual([308, `https://${HOST}:${caddy.httpsPort}/a?b`]);
  });
});

describe('a route\'s limits', () => {
  testWith('caddy', 'end a request that takes too long', async () => {
    const web = await copiesOf('web', 1);
    web.behaviour = () => undefined;
    const caddy = await caddyWith({ routes: [{ requestTimeoutSeconds: 1, to: { web: { port: web.port, copies: 1 } } }] });
    const { status, milliseconds } = await caddy.send();
    expect(status).toBe(504);
    expect(milliseconds).toBeLessThan(2000);
  });

  testWith('caddy', 'refuse a body that is too large', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ routes: [{ maxRequestBodyBytes: 100_000, to: { web: { port: web.port, copies: 1 } } }] });
    for (const headers of [{ 'content-length': 100_001 }, { 'transfer-encoding': 'chunked' }]) {
      expect((await caddy.send({ method: 'POST', headers, body: Buffer.alloc(100_001) })).status).toBe(413);
    }
    const { status, body } = await caddy.send({ method: 'POST', body: Buffer.alloc(100_000, 'x') });
    expect([status, JSON.parse(body).body.length]).toEqual([200, 100_000]);
  });

  testWith('caddy', 'and broken bodies take no copy out', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ routes: [{ maxRequestBodyBytes: 50_000, to: { web: { port: web.port, copies: 1, health: '/healthz' } } }] });
    const chunk = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
    for (const method of ['POST', 'GET']) {
      for (const rest of [
        `Transfer-Encoding: chunked\r\n\r\n${chunk(10)}ZZ\r\n`,
        `Transfer-Encoding: chunked\r\n\r\n${chunk(100_000)}ZZ\r\n`,
        `Content-Length: 49000\r\n\r\n${'x'.repeat(1000)}`,
      ]) {
        const socket = connect(caddy.httpPort, '127.0.0.1', () => socket.write(`${method} / HTTP/1.1\r\nHost: ${HOST}\r\n${rest}`));
        socket.on('error', () => undefined);
        await pause(100);
        socket.destroy();
        expect((await caddy.send()).milliseconds).toBeLessThan(500);
      }
    }
  });

  testWith('caddy', 'let visitors of some addresses in, known by trusted proxies only', async () => {
    const web = await copiesOf('web', 1);
    const routes = [{ path: '/inside', sourceRanges: ['192.0.2.0/24'], to: { web: { port: web.port, copies: 1 } } }, { to: { web: { port: web.port, copies: 1 } } }];
    const asked = async (caddy: RunningCaddy, from: string) => (await caddy.send({ path: '/inside', headers: { 'x-forwarded-for': from } })).status;
    const trusting = await caddyWith({ trustedProxies: ['127.0.0.0/8'], routes });
    expect(await asked(trusting, '192.0.2.7')).toBe(200);
    expect(await asked(trusting, '198.51.100.7')).toBe(403);
    expect(await asked(trusting, '192.0.2.7, 198.51.100.7')).toBe(403);
    expect((await trusting.send()).status).toBe(200);
    const alone = await caddyWith({ routes });
    expect(await asked(alone, '192.0.2.7')).toBe(403);
  });
});
