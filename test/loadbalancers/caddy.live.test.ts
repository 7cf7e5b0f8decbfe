import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Copies, ECHO, startStreamingCopy } from './copies';
import type { ShortLoadBalancer } from './models';
import { certificateFor, pause, RunningCaddy, type Received } from './running-caddy';
import { IssuerKind } from '../../src/model/certificate';
import { Protocol } from '../../src/model/port';
import { testWith } from '../support/tools';

/*
 * What the generated configuration does in the real program. Ports and folders are the test's own; all else is as generated.
 */

const HOST = 'shop.acme.example';
const LOCAL = { issuers: { local: { kind: IssuerKind.LOCAL, trusted: false } }, hosts: { [HOST]: 'local' } };

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
});

async function copiesOf(workload: string, count: number, port?: number): Promise<Copies> {
  const copies = await Copies.start(workload, count, port);
  stops.push(() => copies.stop());
  return copies;
}

async function caddyWith(short: ShortLoadBalancer): Promise<RunningCaddy> {
  const caddy = await RunningCaddy.start(short);
  stops.push(() => caddy.stop());
  return caddy;
}

const copy = ({ headers }: Received): string => headers['x-copy'] as string;

async function many(count: number, send: (index: number) => Promise<Received>): Promise<Received[]> {
  const results: Received[] = [];
  for (let index = 0; index < count; index += 20) {
    results.push(...await Promise.all(Array.from({ length: Math.min(20, count - index) }, (_, at) => send(index + at))));
  }
  return results;
}

describe('a dead copy', () => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    testWith('caddy', `costs no ${method}: the connection is refused, nothing was sent`, async () => {
      const web = await copiesOf('web', 3);
      const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] });
      await web.kill(2);
      const results = await many(200, () => caddy.send({ method, body: method === 'POST' ? 'text' : undefined }));
      expect(results.map(({ status }) => status)).toEqual(results.map(() => 200));
      expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
      expect([...new Set(results.map(copy))].sort()).toEqual(['1', '3']);
    });
  }

  for (const [method, sent] of [['GET', 2], ['HEAD', 2], ['OPTIONS', 2], ['POST', 1], ['PATCH', 1], ['PUT', 1], ['DELETE', 1], ['PURGE', 1]] as const) {
    testWith('caddy', `that dies with a request ${sent === 2 ? 'costs no' : 'costs that'} ${method}, which is sent ${sent === 2 ? 'again' : 'once'}`, async () => {
      const web = await copiesOf('web', 2);
      web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
      const caddy = await caddyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port } } }] });
      let result = await caddy.send({ method });
      if (web.seen.every((one) => one.copy === 2)) {
        web.seen.length = 0;
        result = await caddy.send({ method });
      }
      expect([result.status, web.seen.length]).toEqual([sent === 2 ? 200 : 502, sent]);
    });
  }

  testWith('caddy', 'that dies with a PUT or DELETE costs none where they may be repeated', async () => {
    const web = await copiesOf('web', 2);
    web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
    const caddy = await caddyWith({ retryIdempotent: true, routes: [{ to: { web: { port: web.port } } }] });
    for (const method of ['PUT', 'DELETE']) {
      const results = await many(10, () => caddy.send({ method, body: 'whole body' }));
      expect(results.map(({ status }) => status)).toEqual(results.map(() => 200));
      expect(JSON.parse(results[0].body).body).toBe('whole body');
    }
  });

  testWith('caddy', 'holds requests while all copies are away', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 1, health: '/healthz' } } }] });
    await web.kill(1);
    const held = caddy.send({ method: 'POST', body: 'held' });
    await pause(1500);
    await web.startCopy(1);
    expect((await held).status).toBe(200);
  });
});

describe('health', () => {
  testWith('caddy', 'decides who gets traffic', async () => {
    const web = await copiesOf('web', 3);
    web.healthy = (number) => number !== 3;
    const caddy = await caddyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] });
    await pause(1500);
    expect([...new Set((await many(60, () => caddy.send())).map(copy))].sort()).toEqual(['1', '2']);
    web.healthy = () => true;
    await pause(1500);
    expect([...new Set((await many(60, () => caddy.send())).map(copy))].sort()).toEqual(['1', '2', '3']);
  });

  testWith('caddy', 'of a hung copy: it keeps the requests it has, and gets no more', async () => {
    const web = await copiesOf('web', 3);
    let hung = false;
    web.healthy = (number) => !hung || number !== 1;
    web.behaviour = (request, response, number) => { if (!hung || number !== 1) ECHO(request, response, number); };
    const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] });
    hung = true;
    const answered: Received[] = [];
    for (let index = 0; index < 200; index++) {
      void caddy.send().then((result) => answered.push(result), () => undefined);
      await pause(10);
    }
    await pause(200);
    expect(answered.length).toBeGreaterThanOrEqual(195);
  });
});

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
      const caddy = await RunningCaddy.start({ routes: [{ headers: { 'X-Text': value }, to: { web: { port: web.port, copies: 1 } } }] });
      stops.push(() => caddy.stop());
      expect([value, (await caddy.send({ headers: { 'x-text': value } })).status]).toEqual([value, 200]);
      expect([value, (await caddy.send({ headers: { 'x-text': `${value}.` } })).status]).toEqual([value, 404]);
    }
    for (const path of paths) {
      const caddy = await RunningCaddy.start({ routes: [{ path: path.replace(' ', '%20'), to: { web: { port: web.port, copies: 1 } } }] });
      stops.push(() => caddy.stop());
      expect([path, (await caddy.send({ path: encodeURI(path) })).status]).toEqual([path, 200]);
      expect([path, (await caddy.send({ path: `${encodeURI(path)}x` })).status]).toEqual([path, 404]);
    }
  }, 120_000);

  testWith('caddy', 'share requests by weight', async () => {
    const [web, canary] = [await copiesOf('web', 2), await copiesOf('canary', 1)];
    const caddy = await caddyWith({ routes: [{ to: { canary: { port: canary.port, copies: 1, weight: 10 }, web: { port: web.port, weight: 90 } } }] });
    await many(2000, () => caddy.send());
    // Three standard deviations of 2,000 draws at a tenth are 40.
    expect(Math.abs(canary.seen.length - 200)).toBeLessThan(60);
    expect(web.seen.length).toBe(2000 - canary.seen.length);
  });

  testWith('caddy', 'send visitors of one host to another', async () => {
    const caddy = await caddyWith({ ...LOCAL, hosts: { [HOST]: 'local', 'www.acme.example': 'local' }, redirects: { 'www.acme.example': HOST }, routes: [{ to: { web: {} } }] });
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

describe('an algorithm', () => {
  const visits = async (algorithm: string, send: (caddy: RunningCaddy, index: number) => Promise<Received>) => {
    const web = await copiesOf('web', 4);
    const caddy = await caddyWith({ algorithm, routes: [{ to: { web: { port: web.port, copies: 4 } } }] });
    return many(80, (index) => send(caddy, index));
  };
  const spread = (results: Received[]) => new Set(results.map(copy)).size;

  for (const algorithm of ['roundRobin', 'random', 'powerOfTwoChoices', 'leastConnections']) {
    testWith('caddy', `${algorithm} uses every copy`, async () => {
      expect(spread(await visits(algorithm, (caddy) => caddy.send()))).toBe(4);
    });
  }

  testWith('caddy', 'sticky keeps a visitor by a cookie', async () => {
    let cookie: string | undefined;
    const results = await visits('sticky home', async (caddy) => {
      cookie ??= (await caddy.send()).headers['set-cookie']![0].split(';')[0];
      return caddy.send({ headers: { cookie } });
    });
    expect(cookie).toMatch(/^home=/);
    expect(spread(results.slice(20))).toBe(1);
  });

  for (const [algorithm, headers] of [
    ['hashHeader X-Tenant', (tenant: string) => ({ 'x-tenant': tenant })],
    ['hashCookie session', (session: string) => ({ 'cookie': `other=${Math.random()}; session=${session}`, 'x-load-balancing-key': `${Math.random()}` })],
  ] as const) {
    testWith('caddy', `${algorithm} keeps a value together and spreads values`, async () => {
      expect(spread(await visits(algorithm, (caddy) => caddy.send({ headers: headers('one') })))).toBe(1);
      expect(spread(await visits(algorithm, (caddy, index) => caddy.send({ headers: headers(`value ${index}`) })))).toBe(4);
    });
  }

  testWith('caddy', 'hashUri keeps a path together, hashClientAddress a visitor', async () => {
    expect(spread(await visits('hashUri', (caddy) => caddy.send({ path: '/a?b' })))).toBe(1);
    expect(spread(await visits('hashUri', (caddy, index) => caddy.send({ path: `/${index}` })))).toBe(4);
    expect(spread(await visits('hashClientAddress', (caddy) => caddy.send()))).toBe(1);
  });
});

describe('long connections', () => {
  testWith('caddy', 'a WebSocket goes on through a reload', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ to: { web: { port: web.port, copies: 1, health: '/healthz' } } }] };
    const caddy = await caddyWith(short);
    const socket = await upgraded(caddy.httpPort);
    expect(await echoed(socket, 'before')).toBe('before');
    caddy.reload({ ...short, drainSeconds: 31 });
    await pause(300);
    expect(await echoed(socket, 'after')).toBe('after');
    expect((await caddy.send()).status).toBe(200);
    socket.destroy();
  });

  testWith('caddy', 'a gRPC stream goes both ways at once', async () => {
    const ledger = await startStreamingCopy('ledger');
    stops.push(ledger.stop);
    const caddy = await caddyWith({ ...LOCAL, routes: [{ to: { ledger: { port: ledger.port, protocol: Protocol.GRPC, copies: 1 } } }] });
    const client = connectHttp2(`https://127.0.0.1:${caddy.httpsPort}`, { servername: HOST, rejectUnauthorized: false });
    const stream = client.request({ ':method': 'POST', ':path': '/ledger.Ledger/Follow', ':authority': HOST, 'content-type': 'application/grpc', 'te': 'trailers' });
    const trailers = new Promise<any>((resolve) => stream.once('trailers', resolve));
    for (const piece of ['one', 'two', 'three']) {
      const back = new Promise((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString())));
      stream.write(piece);
      expect(await back).toBe(piece);
    }
    stream.end();
    expect((await trailers)['grpc-status']).toBe('0');
    client.destroy();
  });
});

function upgraded(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(
      `GET /socket HTTP/1.1\r\nHost: ${HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    ));
    socket.once('error', reject);
    socket.once('data', (head) => head.toString().startsWith('HTTP/1.1 101') ? resolve(socket) : reject(new Error(head.toString())));
  });
}

function echoed(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => resolve(chunk.toString()));
    socket.once('close', () => reject(new Error('closed')));
    socket.write(text);
  });
}
