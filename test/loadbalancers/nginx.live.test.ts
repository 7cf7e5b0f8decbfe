import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { ECHO, startStreamingCopy, type Copies } from './copies';
import { sentThereAndBack } from './grpc-visitor';
import { copiesOf, copy, HOST, LOCAL, many, stopAfterwards } from './live';
import { RESOLVED, type ShortLoadBalancer, type ShortTarget } from './models';
import { NameServer } from './name-server';
import type { Received } from './requests';
import { addressOf, pause } from './running-caddy';
import { bundleFor } from './running-haproxy';
import { RunningNginx } from './running-nginx';
import { IssuerKind } from '../../src/model/certificate';
import { Protocol } from '../../src/model/port';
import type { ITargetTraits } from '../../src/model/traits';
import { testWith } from '../support/tools';

/*
 * The real nginx before small copies of workloads.
 */

const OWN = { issuers: { own: { kind: IssuerKind.FILES } }, hosts: { [HOST]: 'own' } };

/** Copies by their addresses. */
const to = ({ workload, port }: Copies, copies = 1, other: ShortTarget = {}) => ({ [workload]: { port, copies, stateful: true, ...other } });

const start = (short: ShortLoadBalancer, traits?: ITargetTraits) => RunningNginx.start(short, traits);

const statuses = (results: Received[]) => [...new Set(results.map(({ status }) => status))];

describe('a dead copy', () => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PURGE']) {
    testWith('nginx', `costs no ${method}: the connection is refused, nothing was sent`, async () => {
      const web = await copiesOf('web', 3);
      const nginx = await start({ routes: [{ to: to(web, 3) }] });
      await web.kill(2);
      const results = await many(100, () => nginx.send({ method, body: method === 'GET' ? undefined : 'text' }));
      expect(statuses(results)).toEqual([200]);
      expect(JSON.parse(results[0].body)).toMatchObject({ method, body: method === 'GET' ? '' : 'text', headers: { host: HOST } });
      expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
      expect([...new Set(results.map(copy))].sort()).toEqual(['1', '3']);
    });
  }

  for (const [method, sent] of [['GET', 2], ['HEAD', 2], ['OPTIONS', 2], ['POST', 1], ['PATCH', 1], ['PUT', 1], ['DELETE', 1], ['PURGE', 1]] as const) {
    testWith('nginx', `that dies with a request ${sent === 2 ? 'costs no' : 'costs that'} ${method}, which is sent ${sent === 2 ? 'again' : 'once'}`, async () => {
      const web = await copiesOf('web', 2);
      web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
      const nginx = await start({ algorithm: 'roundRobin', routes: [{ to: to(web, 2) }] });
      const { status, headers } = await nginx.send({ method });
      expect(web.seen.map((one) => one.copy)).toEqual(sent === 2 ? [1, 2] : [1]);
      expect(status).toBe(sent === 2 ? 200 : 502);
      expect(headers['retry-after']).toBeUndefined();
    });
  }

  testWith('nginx', 'that dies with a PUT or DELETE costs none where they may be repeated', async () => {
    const web = await copiesOf('web', 2);
    web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
    const nginx = await start({ retryIdempotent: true, algorithm: 'roundRobin', routes: [{ to: to(web, 2) }] });
    for (const method of ['PUT', 'DELETE']) {
      const results = await many(10, () => nginx.send({ method, body: 'whole body' }));
      expect(statuses(results)).toEqual([200]);
      expect(JSON.parse(results[0].body).body).toBe('whole body');
    }
    expect(new Set(web.seen.map((one) => one.copy)).size).toBe(2);
  });

  testWith('nginx', 'of a route with a limit takes no other out', async () => {
    const web = await copiesOf('web', 2);
    web.behaviour = (request, response, number) => { if (request.url !== '/slow') ECHO(request, response, number); };
    const nginx = await start({ routes: [{ requestTimeoutSeconds: 1, to: to(web, 2) }] });
    const slow = await many(4, () => nginx.send({ path: '/slow' }));
    expect(statuses(slow)).toEqual([504]);
    expect(Math.max(...slow.map(({ milliseconds }) => milliseconds))).toBeLessThan(2000);
    expect(statuses(await many(20, () => nginx.send()))).toEqual([200]);
  });
});

describe('when no copy answers', () => {
  testWith('nginx', 'visitors get a page and are asked to come back', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await start({ routes: [{ to: to(web) }] });
    await web.kill(1);
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, headers, body } = await nginx.send({ method });
      expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '5', 'text/html']);
      expect(body).toContain('<h1>Back soon</h1>');
    }
    await web.startCopy(1);
    expect((await nginx.send()).status).toBe(200);
  });

  for (const algorithm of ['leastConnections', 'roundRobin', 'random', 'powerOfTwoChoices', 'hashUri', 'sticky']) {
    testWith('nginx', `copies that have each just failed once are asked all the same: ${algorithm}`, async () => {
      const web = await copiesOf('web', 3);
      web.behaviour = (request, response, number) => request.url === '/die' ? request.socket.destroy() : ECHO(request, response, number);
      const nginx = await start({ algorithm, routes: [{ to: to(web, 3) }] });
      expect((await nginx.send({ path: '/die' })).status).toBe(502);
      expect(new Set(web.seen.map((one) => one.copy)).size).toBe(3);
      expect(statuses(await many(10, () => nginx.send()))).toEqual([200]);
    });
  }

  testWith('nginx', 'a 503 of the application is its own', async () => {
    const web = await copiesOf('web', 2);
    web.behaviour = (_request, response) => response.writeHead(503).end('mine');
    const nginx = await start({ routes: [{ to: to(web, 2) }] });
    const results = await many(20, () => nginx.send());
    expect(results.map(({ status, body }) => [status, body])).toEqual(results.map(() => [503, 'mine']));
    expect(web.seen.length).toBe(20);
  });
});

describe('an algorithm', () => {
  const visits = async (algorithm: string, send: (nginx: RunningNginx, index: number) => Promise<Received>) => {
    const web = await copiesOf('web', 4);
    const nginx = await start({ algorithm, routes: [{ to: to(web, 4) }] });
    return many(80, (index) => send(nginx, index));
  };
  const spread = (results: Received[]) => new Set(results.map(copy)).size;

  for (const algorithm of ['roundRobin', 'random', 'powerOfTwoChoices', 'leastConnections']) {
    testWith('nginx', `${algorithm} uses every copy`, async () => {
      expect(spread(await visits(algorithm, (nginx) => nginx.send()))).toBe(4);
    });
  }

  testWith('nginx', 'sticky keeps a visitor by a cookie, whatever the method', async () => {
    let cookie: string | undefined;
    const results = await visits('sticky home', async (nginx, index) => {
      cookie ??= (await nginx.send()).headers['set-cookie']![0].split(';')[0];
      return nginx.send({ method: ['GET', 'POST', 'DELETE'][index % 3], headers: { cookie } });
    });
    expect(cookie).toMatch(/^home=/);
    expect(spread(results.slice(20))).toBe(1);
  });

  for (const [algorithm, headers] of [
    ['hashHeader X-Tenant', (tenant: string) => ({ 'x-tenant': tenant })],
    ['hashCookie my-session', (session: string) => ({ cookie: `other=${Math.random()}; my-session=${session}` })],
  ] as const) {
    testWith('nginx', `${algorithm} keeps a value together and spreads values`, async () => {
      expect(spread(await visits(algorithm, (nginx, index) => nginx.send({ method: ['GET', 'DELETE'][index % 2], headers: headers('one') })))).toBe(1);
      expect(spread(await visits(algorithm, (nginx, index) => nginx.send({ headers: headers(`value ${index}`) })))).toBe(4);
      expect(spread(await visits(algorithm, (nginx) => nginx.send()))).toBe(4);
    });
  }

  testWith('nginx', 'hashUri keeps a path together, hashClientAddress a visitor', async () => {
    expect(spread(await visits('hashUri', (nginx) => nginx.send({ path: '/a?b' })))).toBe(1);
    expect(spread(await visits('hashUri', (nginx, index) => nginx.send({ path: `/${index}` })))).toBe(4);
    expect(spread(await visits('hashClientAddress', (nginx, index) => nginx.send({ method: ['GET', 'DELETE'][index % 2] })))).toBe(1);
  });
});

describe('long connections', () => {
  testWith('nginx', 'a WebSocket goes on through a reload, and a broken configuration is reported', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ to: to(web) }] };
    const nginx = await start(short);
    const socket = await upgraded(nginx.httpPort);
    expect(await echoed(socket, 'before')).toBe('before');
    const results = many(200, () => nginx.send());
    expect(nginx.reload({ ...short, hosts: { 'other.acme.example': null }, routes: [...short.routes, { host: 'other.acme.example', to: to(web) }] })).toBe(0);
    expect(statuses(await results)).toEqual([200]);
    await pause(300);
    expect(await echoed(socket, 'after')).toBe('after');
    expect((await nginx.send({ host: 'other.acme.example' })).status).toBe(200);
    expect(nginx.reload({ text: 'http { nonsense; }\n' })).not.toBe(0);
    expect((await nginx.send({ host: 'other.acme.example' })).status).toBe(200);
    socket.destroy();
  });

  testWith('nginx', 'events come one by one', async () => {
    const web = await copiesOf('web', 1);
    let more: () => void = () => undefined;
    web.behaviour = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
      more = () => response.end('data: two\n\n');
    };
    const nginx = await start({ routes: [{ to: to(web) }] });
    const socket = connect(nginx.httpPort, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`));
    let text = '';
    socket.on('data', (chunk) => { text += chunk; });
    await pause(200);
    expect(text).toContain('data: one');
    more();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toContain('data: two');
  });

  testWith('nginx', 'a large body over HTTP/2 arrives whole, whatever the method', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await start({ ...OWN, routes: [{ to: to(web) }] });
    const client = connectHttp2(`https://127.0.0.1:${nginx.httpsPort}`, { servername: HOST, rejectUnauthorized: false });
    for (const method of ['POST', 'PUT']) {
      const stream = client.request({ ':method': method, ':path': '/', ':authority': HOST });
      let text = '';
      stream.on('data', (chunk) => { text += chunk; });
      stream.end(Buffer.alloc(2_000_000, 'x'));
      await new Promise((resolve) => stream.once('end', resolve));
      expect(JSON.parse(text)).toMatchObject({ method, body: 'x'.repeat(2_000_000), headers: { host: HOST } });
    }
    client.destroy();
  });

  for (const routes of ['alone', 'beside others']) {
    testWith('nginx', `a gRPC stream goes both ways at once, with TLS and without, ${routes}`, async () => {
      const [ledger, web] = [await startStreamingCopy('ledger'), await copiesOf('web', 1)];
      stopAfterwards(ledger.stop);
      const grpc = { redirectHttp: false, to: { ledger: { port: ledger.port, protocol: Protocol.GRPC, copies: 1, stateful: true } } };
      const nginx = await start({ ...OWN, routes: routes === 'alone' ? [grpc] : [{ path: '/web', to: to(web) }, grpc] });
      for (const origin of [`https://127.0.0.1:${nginx.httpsPort}`, `http://127.0.0.1:${nginx.httpPort}`]) {
        expect(await sentThereAndBack(origin, ['one', 'two', 'three'])).toEqual({ back: ['one', 'two', 'three'], grpcStatus: '0' });
      }
    });
  }
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

describe('HTTPS', () => {
  testWith('nginx', 'has the certificate of the user\'s files, HTTP is sent there, and browsers are told', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await start({ ...OWN, routes: [{ hstsSeconds: 60, to: to(web) }] });
    expect((await certificateOf(nginx)).subject.O).toBe('Users own');
    const secure = await nginx.send({ secure: true, path: '/a%20b?b=c' });
    expect([secure.status, secure.headers['strict-transport-security']]).toEqual([200, 'max-age=60']);
    expect(JSON.parse(secure.body)).toMatchObject({ url: '/a%20b?b=c', headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': HOST } });
    const plain = await nginx.send({ method: 'POST', path: '/a%20b?b=c', body: 'text' });
    expect([plain.status, plain.headers.location]).toEqual([308, `https://${HOST}:${nginx.httpsPort}/a%20b?b=c`]);
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    web.behaviour = (_request, response) => response.setHeader('Strict-Transport-Security', 'max-age=5; preload').end();
    for (const method of ['GET', 'DELETE']) {
      expect((await nginx.send({ secure: true, method })).headers['strict-transport-security']).toBe('max-age=5; preload');
    }
  });

  testWith('nginx', 'starts without a certificate, and takes the first at once and another within ten seconds, without a reload', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await start({ ...LOCAL, routes: [{ to: to(web) }] });
    await expect(nginx.send({ secure: true })).rejects.toThrow();
    bundleFor(nginx.folder, HOST);
    const first = await certificateOf(nginx);
    expect([first.subject.O, (await nginx.send({ secure: true })).status]).toEqual(['Users own', 200]);
    // nginx tells files apart by the second in which they were written.
    await pause(1_100);
    bundleFor(nginx.folder, HOST);
    let next = first;
    const failed: unknown[] = [];
    for (const until = Date.now() + 15_000; next.serialNumber === first.serialNumber && Date.now() < until; await pause(100)) {
      next = await certificateOf(nginx);
      await nginx.send({ secure: true }).catch((error) => failed.push(error));
    }
    expect(next.serialNumber).not.toBe(first.serialNumber);
    expect(failed).toEqual([]);
  });

  testWith('nginx', 'knows nobody else', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await start({ ...OWN, routes: [{ to: to(web) }] });
    expect((await nginx.send({ host: 'other.example' })).status).toBe(404);
    expect((await nginx.send({ secure: true, headers: { host: 'other.example' } })).status).toBe(404);
    await expect(nginx.send({ host: 'other.example', secure: true })).rejects.toThrow();
  });
});

async function certificateOf(nginx: RunningNginx): Promise<PeerCertificate> {
  const socket = connectTls({ host: '127.0.0.1', port: nginx.httpsPort, servername: HOST, rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

describe('routes', () => {
  testWith('nginx', 'are whole path elements in the case as written, the longest first, then the more special', async () => {
    const [web, api, canary] = [await copiesOf('web', 1), await copiesOf('api', 1), await copiesOf('canary', 1)];
    const nginx = await start({
      routes: [
        { path: '/api', methods: ['GET'], headers: { 'X-Version': '2' }, to: to(canary) },
        { path: '/api', to: to(api) },
        { path: '/web/', to: to(web) },
      ],
    });
    const asked = async (path: string, method = 'GET', headers = {}) => {
      for (const copies of [web, api, canary]) copies.seen.length = 0;
      const { status } = await nginx.send({ path, method, headers });
      const found = [web, api, canary].find(({ seen }) => seen.length > 0);
      if (found !== undefined) expect(found.seen[0]).toMatchObject({ path, method });
      return found?.workload ?? status;
    };
    expect(await asked('/api')).toBe('api');
    expect(await asked('/api/')).toBe('api');
    expect(await asked('/api/x/y?z')).toBe('api');
    expect(await asked('/api', 'GET', { 'x-version': '2' })).toBe('canary');
    expect(await asked('/api', 'POST', { 'x-version': '2' })).toBe('api');
    expect(await asked('/api', 'DELETE', { 'x-version': '2' })).toBe('api');
    expect(await asked('/api', 'GET', { 'x-version': '20' })).toBe('api');
    expect(await asked('/web')).toBe('web');
    expect(await asked('/web/x')).toBe('web');
    for (const path of ['/', '/apis', '/API', '/x/api', '/webs', '/1', '/2', '/none']) expect([path, await asked(path)]).toEqual([path, 404]);
    // No way around a route by writing it in another way.
    for (const path of ['//api', '/x/../api', '/%61pi', '/api%2Fx']) expect([path, await asked(path)]).toEqual([path, 'api']);
  });

  testWith('nginx', 'take every text as it is', async () => {
    const web = await copiesOf('web', 1);
    for (const value of ['{$HOME} "a" `b` \\c # : - {host}', '${X} $(id) %41 *', '*x*', 'a\\"b`', '; return 404; }', '\\n', '(']) {
      const nginx = await start({ routes: [{ headers: { 'X-Text': value }, to: to(web) }] });
      expect([value, (await nginx.send({ headers: { 'x-text': value } })).status]).toEqual([value, 200]);
      expect([value, (await nginx.send({ headers: { 'x-text': `${value}.` } })).status]).toEqual([value, 404]);
    }
    for (const path of ['/a{b}`"$HOME\'x(x)', '/a b', '/$uri', '/ü', '/100%', '/a;b']) {
      const nginx = await start({ routes: [{ path: path.replace(' ', '%20'), to: to(web) }] });
      expect([path, (await nginx.send({ path: encodeURI(path) })).status]).toEqual([path, 200]);
      expect([path, (await nginx.send({ path: `${encodeURI(path)}x` })).status]).toEqual([path, 404]);
    }
  });

  testWith('nginx', 'share requests by weight, a visitor by visitor where visitors are kept together', async () => {
    const [web, canary] = [await copiesOf('web', 2), await copiesOf('canary', 1)];
    const both = { ...to(canary, 1, { weight: 10 }), ...to(web, 2, { weight: 90 }) };
    const drawn = await start({ routes: [{ to: both }] });
    await many(2000, () => drawn.send());
    // Three standard deviations of 2,000 draws at a tenth are 40.
    expect(Math.abs(canary.seen.length - 200)).toBeLessThan(60);
    expect(web.seen.length).toBe(2000 - canary.seen.length);
    const kept = await start({ algorithm: 'hashHeader X-Tenant', routes: [{ to: both }] });
    canary.seen.length = 0;
    await many(40, () => kept.send({ headers: { 'x-tenant': 'one' } }));
    expect([0, 40]).toContain(canary.seen.length);
  });

  testWith('nginx', 'send visitors of one host to another', async () => {
    const nginx = await start({
      ...OWN, hosts: { [HOST]: 'own', 'www.acme.example': 'own' }, redirects: { 'www.acme.example': HOST }, routes: [{ to: { web: {} } }],
    }, RESOLVED);
    const { status, headers } = await nginx.send({ host: 'www.acme.example', path: '/a?b' });
    expect([status, headers.location]).toEqual([308, `https://${HOST}:${nginx.httpsPort}/a?b`]);
  });
});

describe('a route\'s limits', () => {
  testWith('nginx', 'refuse a body that is too large, and pass others of any size', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await start({ routes: [{ path: '/small', maxRequestBodyBytes: 100_000, to: to(web) }, { to: to(web) }] });
    for (const headers of [{ 'content-length': 100_001 }, { 'transfer-encoding': 'chunked' }]) {
      expect((await nginx.send({ method: 'POST', path: '/small', headers, body: Buffer.alloc(100_001) })).status).toBe(413);
    }
    for (const [method, path, bytes] of [['POST', '/small', 100_000], ['POST', '/', 5_000_000], ['PUT', '/', 5_000_000]] as const) {
      const { status, body } = await nginx.send({ method, path, body: Buffer.alloc(bytes, 'x') });
      expect([status, JSON.parse(body).body.length]).toEqual([200, bytes]);
    }
  });

  testWith('nginx', 'let visitors of some addresses in, known by trusted proxies only', async () => {
    const web = await copiesOf('web', 1);
    const routes = [{ path: '/inside', sourceRanges: ['192.0.2.0/24'], to: to(web) }, { to: to(web) }];
    const asked = async (nginx: RunningNginx, from: string) => (await nginx.send({ path: '/inside', headers: { 'x-forwarded-for': from } })).status;
    const trusting = await start({ trustedProxies: ['127.0.0.0/8'], routes });
    expect(await asked(trusting, '192.0.2.7')).toBe(200);
    expect(await asked(trusting, '198.51.100.7')).toBe(403);
    expect(await asked(trusting, '192.0.2.7, 198.51.100.7')).toBe(403);
    expect((await trusting.send()).status).toBe(200);
    const alone = await start({ routes });
    expect(await asked(alone, '192.0.2.7')).toBe(403);
  });

  testWith('nginx', 'tell a copy of its visitor, and believe what others tell only from trusted proxies', async () => {
    const web = await copiesOf('web', 1);
    const told = async (nginx: RunningNginx, method = 'GET') => {
      const { body } = await nginx.send({ method, headers: { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https', 'x-nginx-copies': 'a', 'x-nginx-method': 'b' } });
      const { headers } = JSON.parse(body);
      return [headers['x-forwarded-for'], headers['x-forwarded-proto'], headers['x-real-ip'], headers['x-nginx-copies'], headers['x-nginx-method']];
    };
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(await told(await start({ routes: [{ to: to(web) }] }), method)).toEqual(['127.0.0.1', 'http', '127.0.0.1', undefined, undefined]);
      expect(await told(await start({ trustedProxies: ['127.0.0.0/8'], routes: [{ to: to(web) }] }), method))
        .toEqual(['192.0.2.7, 127.0.0.1', 'https', '192.0.2.7', undefined, undefined]);
    }
  });
});

describe('where copies have one name for all', () => {
  testWith('nginx', 'the name server is asked: who leaves gets no traffic, who comes gets some, who is dead costs nothing', async () => {
    const web = await copiesOf('web', 3);
    const names = await NameServer.start();
    stopAfterwards(() => names.stop());
    names.addresses = [];
    const nginx = await start({ routes: [{ to: { web: { port: web.port, copies: 3 } } }] }, { ...RESOLVED, dnsServer: `127.0.0.1:${names.port}` });
    const seen = async (count = 60) => [...new Set((await many(count, () => nginx.send())).map(copy))].sort();
    // nginx counts whole seconds: an answer that holds for one is asked for anew after two.
    const refreshed = () => pause(2300);
    expect((await nginx.send()).status).toBe(503);
    names.addresses = [1, 2].map((number) => addressOf('web', number));
    await refreshed();
    expect(await seen()).toEqual(['1', '2']);
    names.addresses = [2, 3].map((number) => addressOf('web', number));
    await refreshed();
    expect(await seen()).toEqual(['2', '3']);
    await web.kill(2);
    for (const method of ['GET', 'POST']) expect(statuses(await many(60, () => nginx.send({ method })))).toEqual([200]);
  });

  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    testWith('nginx', `a copy that dies with a ${method} while others come and go costs none`, async () => {
      const web = await copiesOf('web', 3);
      const names = await NameServer.start();
      stopAfterwards(() => names.stop());
      names.addresses = [1, 2].map((number) => addressOf('web', number));
      // Both work on it while the third comes: it dies with the first of them.
      web.behaviour = (request, response, number) => {
        if (web.seen.length > 1) ECHO(request, response, number);
        else setTimeout(() => request.socket.destroy(), 3000);
      };
      const nginx = await start({ routes: [{ to: { web: { port: web.port, copies: 3 } } }] }, { ...RESOLVED, dnsServer: `127.0.0.1:${names.port}` });
      await pause(2300);
      const answer = nginx.send({ method });
      await pause(200);
      names.addresses = [1, 2, 3].map((number) => addressOf('web', number));
      expect((await answer).status).toBe(200);
    });
  }
});

describe('nginx itself', () => {
  testWith('nginx', 'counts its requests, on the loopback address', async () => {
    const nginx = await start({});
    expect(await nginx.ask('metrics', '/metrics')).toMatch(/^200\nActive connections: \d+/);
    expect(await nginx.ask('metrics', '/')).toMatch(/^404/);
  });
});
