import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ECHO, startStreamingCopy, type Copies } from './copies';
import { sentThereAndBack } from './grpc-visitor';
import { copiesOf, copiesSeen, haproxyWith, HOST, LOCAL, many, stopAfterwards } from './live';
import type { Received } from './requests';
import { addressOf, certificateFor, pause } from './running-caddy';
import { bundleFor, type RunningHaproxy } from './running-haproxy';
import { basic, hash } from './visitors';
import { echoed, upgraded } from './web-socket';
import { IssuerKind } from '../../src/model/certificate';
import { Protocol } from '../../src/model/port';
import { testWith } from '../support/tools';

/*
 * Copies, routes and certificates in the real HAProxy.
 */

const HEALTHY = { health: '/healthz' };
const OK = (results: Received[]) => results.map(() => 200);
const statuses = (results: Received[]) => results.map(({ status }) => status);

describe('a dead copy', () => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    testWith('haproxy', `costs no ${method}: the connection is refused, nothing was sent`, async () => {
      const web = await copiesOf('web', 3);
      const haproxy = await haproxyWith({ routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 3 } } }] });
      await haproxy.up(3);
      await web.kill(2);
      const results = await many(200, () => haproxy.send({ method, body: method === 'POST' ? 'text' : undefined }));
      expect(statuses(results)).toEqual(OK(results));
      expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
      expect(copiesSeen(results)).toEqual(['1', '3']);
    });
  }

  for (const [method, sent] of [['GET', 2], ['HEAD', 2], ['OPTIONS', 2], ['POST', 1], ['PATCH', 1], ['PUT', 1], ['DELETE', 1], ['PURGE', 1]] as const) {
    testWith('haproxy', `that dies with a request ${sent === 2 ? 'costs no' : 'costs that'} ${method}, which is sent ${sent === 2 ? 'again' : 'once'}`, async () => {
      const web = await copiesOf('web', 2);
      web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
      const haproxy = await haproxyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port } } }] });
      await haproxy.up(2);
      let result: Received;
      do {
        web.seen.length = 0;
        result = await haproxy.send({ method });
      } while (web.seen[0].copy === 2);
      expect([result.status, web.seen.length]).toEqual([sent === 2 ? 200 : 502, sent]);
    });
  }

  testWith('haproxy', 'that dies with a PUT or DELETE costs none where they may be repeated', async () => {
    const web = await copiesOf('web', 2);
    web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
    const haproxy = await haproxyWith({ retryIdempotent: true, routes: [{ to: { web: { port: web.port } } }] });
    await haproxy.up(2);
    for (const method of ['PUT', 'DELETE']) {
      const results = await many(10, () => haproxy.send({ method, body: 'whole body' }));
      expect(statuses(results)).toEqual(OK(results));
      expect(JSON.parse(results[0].body).body).toBe('whole body');
    }
  });

  testWith('haproxy', 'holds requests while it is restarted, and shows a page when that takes too long', async () => {
    const web = await copiesOf('web', 1);
    const haproxy = await haproxyWith({ routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 1 } } }] });
    expect((await haproxy.send()).status).toBe(200);
    await web.kill(1);
    await pause(1000);
    const held = haproxy.send({ method: 'POST', body: 'held' });
    await pause(700);
    await web.startCopy(1);
    expect((await held).status).toBe(200);
    await web.kill(1);
    await pause(1000);
    const { status, headers, body, milliseconds } = await haproxy.send();
    expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '5', 'text/html; charset=utf-8']);
    expect(body).toContain('Back soon');
    expect(milliseconds).toBeLessThan(4000);
  });
});

describe('health', () => {
  testWith('haproxy', 'decides who gets traffic, from the first request on', async () => {
    const web = await copiesOf('web', 3);
    web.healthy = (number) => number !== 3;
    const haproxy = await haproxyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 3 } } }] });
    expect((await haproxy.send()).status).toBe(200);
    await haproxy.up(2);
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['1', '2']);
    web.healthy = () => true;
    await pause(1500);
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['1', '2', '3']);
  });

  testWith('haproxy', 'of a hung copy: it keeps the requests it has, and gets no more', async () => {
    const web = await copiesOf('web', 3);
    let hung = false;
    web.healthy = (number) => !hung || number !== 1;
    web.behaviour = (request, response, number) => { if (!hung || number !== 1) ECHO(request, response, number); };
    const haproxy = await haproxyWith({ routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 3 } } }] });
    await haproxy.up(3);
    hung = true;
    const answered: Received[] = [];
    for (let index = 0; index < 200; index++) {
      void haproxy.send().then((result) => answered.push(result), () => undefined);
      await pause(10);
    }
    await pause(200);
    expect(answered.length).toBeGreaterThanOrEqual(195);
  });

  testWith('haproxy', 'follows the name server', async () => {
    const web = await copiesOf('web', 3);
    const haproxy = await haproxyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 2 } } }] });
    await haproxy.up(2);
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['1', '2']);
    haproxy.names.byName.set('web', [2, 3].map((number) => addressOf('web', number)));
    await pause(2500);
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['2', '3']);
  });
});

describe('copies that are about to stop', () => {
  testWith('haproxy', 'get no more requests, and finish what they have', async () => {
    const web = await copiesOf('web', 3);
    web.behaviour = (request, response, number) => { setTimeout(() => ECHO(request, response, number), request.url === '/slow' ? 1000 : 0); };
    const haproxy = await haproxyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 3 } } }] });
    await haproxy.up(3);
    const begun = Promise.all(Array.from({ length: 6 }, () => haproxy.send({ path: '/slow' })));
    await pause(300);
    haproxy.drain(addressOf('web', 1), addressOf('web', 3));
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['2']);
    expect(copiesSeen(await begun)).toEqual(['1', '2', '3']);
    haproxy.drain(addressOf('web', 1), 'shop-web-9');
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['2', '3']);
    haproxy.drain();
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['1', '2', '3']);
  });

  testWith('haproxy', 'leave their places to others', async () => {
    const web = await copiesOf('web', 3);
    const haproxy = await haproxyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 2 } } }] });
    await haproxy.up(2);
    haproxy.drain(addressOf('web', 1));
    haproxy.names.byName.set('web', [2, 3].map((number) => addressOf('web', number)));
    await pause(2500);
    haproxy.drain();
    expect(copiesSeen(await many(60, () => haproxy.send()))).toEqual(['2', '3']);
  });
});

describe('an algorithm', () => {
  const visits = async (algorithm: string, send: (haproxy: RunningHaproxy, index: number) => Promise<Received>) => {
    const web = await copiesOf('web', 4);
    const haproxy = await haproxyWith({ algorithm, routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 4 } } }] });
    await haproxy.up(4);
    return many(80, (index) => send(haproxy, index));
  };
  const spread = (results: Received[]) => copiesSeen(results).length;

  for (const algorithm of ['roundRobin', 'random', 'powerOfTwoChoices', 'leastConnections']) {
    testWith('haproxy', `${algorithm} uses every copy`, async () => {
      expect(spread(await visits(algorithm, (haproxy) => haproxy.send()))).toBe(4);
    });
  }

  testWith('haproxy', 'sticky keeps a visitor by a cookie', async () => {
    let cookie: string | undefined;
    const results = await visits('sticky home', async (haproxy) => {
      cookie ??= (await haproxy.send()).headers['set-cookie']![0].split(';')[0];
      return haproxy.send({ headers: { cookie } });
    });
    expect(cookie).toMatch(/^home=/);
    expect(spread(results.slice(20))).toBe(1);
  });

  for (const [algorithm, headers] of [
    ['hashHeader X-Tenant', (tenant: string) => ({ 'x-tenant': tenant })],
    ["hashHeader X'$|", (tenant: string) => ({ "x'$|": tenant })],
    ['hashCookie session', (session: string) => ({ cookie: `other=${Math.random()}; session=${session}` })],
  ] as const) {
    testWith('haproxy', `${algorithm} keeps a value together and spreads values`, async () => {
      expect(spread(await visits(algorithm, (haproxy) => haproxy.send({ headers: headers('one') })))).toBe(1);
      expect(spread(await visits(algorithm, (haproxy, index) => haproxy.send({ headers: headers(`value ${index}`) })))).toBe(4);
    });
  }

  testWith('haproxy', 'hashUri keeps a path together, hashClientAddress a visitor', async () => {
    expect(spread(await visits('hashUri', (haproxy) => haproxy.send({ path: '/a?b' })))).toBe(1);
    expect(spread(await visits('hashUri', (haproxy, index) => haproxy.send({ path: `/${index}` })))).toBe(4);
    expect(spread(await visits('hashClientAddress', (haproxy) => haproxy.send()))).toBe(1);
  });
});

describe('a reload', () => {
  testWith('haproxy', 'cuts no WebSocket', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ to: { web: { ...HEALTHY, port: web.port, copies: 1 } } }] };
    const haproxy = await haproxyWith(short);
    const socket = await upgraded(haproxy.httpPort);
    expect(await echoed(socket, 'before')).toBe('before');
    await haproxy.reload({ ...short, httpsPort: 8443 });
    await pause(300);
    expect(await echoed(socket, 'after')).toBe('after');
    socket.destroy();
  });

  testWith('haproxy', 'loses no request, though checks begin anew', async () => {
    const web = await copiesOf('web', 2);
    const short = (path: string) => ({ routes: [{ path, to: { web: { ...HEALTHY, port: web.port } } }] });
    const haproxy = await haproxyWith(short('/'));
    const sent: Promise<Received>[] = [];
    const sending = setInterval(() => sent.push(haproxy.send({ method: 'POST', path: '/a', body: 'text' })), 3);
    for (const path of ['/a', '/', '/a']) {
      await haproxy.up(2);
      await haproxy.reload(short(path));
    }
    await haproxy.up(2);
    clearInterval(sending);
    const results = await Promise.all(sent);
    expect(results.length).toBeGreaterThan(100);
    expect(statuses(results)).toEqual(OK(results));
    expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(1500);
  });
});

describe('gRPC', () => {
  testWith('haproxy', 'streams both ways at once, over TLS and without', async () => {
    const ledger = await startStreamingCopy('ledger');
    stopAfterwards(ledger.stop);
    const short = { ...LOCAL, routes: [{ redirectHttp: false, to: { ledger: { port: ledger.port, protocol: Protocol.GRPC, copies: 1 } } }] };
    const haproxy = await haproxyWith(short);
    bundleFor(haproxy.folder, HOST);
    await haproxy.reload(short);
    for (const origin of [`https://127.0.0.1:${haproxy.httpsPort}`, `http://127.0.0.1:${haproxy.httpPort}`]) {
      expect(await sentThereAndBack(origin, ['one', 'two', 'three'])).toEqual({ back: ['one', 'two', 'three'], grpcStatus: '0' });
    }
  });

  testWith('haproxy', 'a copy that is gone costs one call at most: it is out until its next check', async () => {
    const first = await startStreamingCopy('ledger');
    stopAfterwards(first.stop);
    const second = await startStreamingCopy('ledger', undefined, { copy: 2, port: first.port });
    const haproxy = await haproxyWith({ routes: [{ to: { ledger: { port: first.port, protocol: Protocol.GRPC, copies: 2 } } }] });
    await haproxy.up(2);
    const client = connectHttp2(`http://127.0.0.1:${haproxy.httpPort}`);
    const call = () => new Promise((resolve) => {
      client.request({ ':method': 'POST', ':path': '/ledger.Ledger/Post', ':authority': HOST, 'content-type': 'application/grpc', 'te': 'trailers' })
        .once('response', (headers) => resolve(headers[':status'])).end('message');
    });
    await second.stop();
    const answers: unknown[] = [];
    for (let i = 0; i < 20; i++) answers.push(await call());
    client.destroy();
    expect(answers.filter((status) => status !== 200).length).toBeLessThanOrEqual(1);
  });

  testWith('haproxy', 'copies are asked by the protocol of its health checks', async () => {
    let serving = 0x01;
    const ledger = await startStreamingCopy('ledger', (path) =>
      path === '/grpc.health.v1.Health/Check' ? Buffer.from([0, 0, 0, 0, 2, 0x08, serving]) : undefined);
    stopAfterwards(ledger.stop);
    const haproxy = await haproxyWith({ routes: [{ to: { ledger: { port: ledger.port, protocol: Protocol.GRPC, copies: 1, health: 'grpc' } } }] });
    const status = () => new Promise((resolve) => {
      const client = connectHttp2(`http://127.0.0.1:${haproxy.httpPort}`);
      client.request({ ':method': 'POST', ':path': '/', ':authority': HOST }).once('response', (headers) => {
        resolve(headers[':status']);
        client.destroy();
      }).end();
    });
    expect(await status()).toBe(200);
    serving = 0x02;
    // Two checks, which wait for another answer in vain.
    await pause(5500);
    expect(await status()).toBe(503);
  });
});

describe('routes', () => {
  testWith('haproxy', 'leave paths to the applications where each takes all of them', async () => {
    const web = await copiesOf('web', 1);
    const haproxy = await haproxyWith({ routes: [{ to: { web: { port: web.port, copies: 1 } } }, { methods: ['POST'], to: { web: { port: web.port, copies: 1 } } }] });
    for (const path of ['/x/../api', '/x/%2e%2e/api', '/a//b', '/api/%zz', '/caf%C3%A9']) {
      const { status, body } = await haproxy.send({ path });
      expect([status, JSON.parse(body).url]).toEqual([200, path]);
    }
  });

  testWith('haproxy', 'are whole path elements in the case as written, the longest first, then the more special', async () => {
    const [web, api, canary] = [await copiesOf('web', 1), await copiesOf('api', 1), await copiesOf('canary', 1)];
    const to = (name: string, { port }: Copies) => ({ to: { [name]: { port, copies: 1 } } });
    const haproxy = await haproxyWith({
      routes: [
        { path: '/api', methods: ['GET'], headers: { 'X-Version': '2' }, ...to('canary', canary) },
        { path: '/api', ...to('api', api) },
        { path: '/web/', ...to('web', web) },
      ],
    });
    const asked = async (path: string, method = 'GET', headers = {}) => {
      for (const copies of [web, api, canary]) copies.seen.length = 0;
      const { status } = await haproxy.send({ path, method, headers });
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
    for (const path of ['//api', '/%61pi', '/api%2Fx']) expect([path, await asked(path)]).toEqual([path, 'api']);
    for (const path of ['/x/../api', '/./api', '/x/%2e%2e/api', '/x%2F..%2Fapi', '/..']) expect([path, await asked(path)]).toEqual([path, 400]);
    // What cannot be decoded has no path to compare: it would pass by every route but the one for all paths, where a copy may read it.
    for (const path of ['/api/%zz', '/api/%', '/api%00/', '/x%zz/../api', '/x%00/../api']) expect([path, await asked(path)]).toEqual([path, 400]);
  });

  testWith('haproxy', 'take every text as it is', async () => {
    const web = await copiesOf('web', 1);
    const values = ['{$HOME} "a" `b` \\c # : - {host}', '${X} $(id) %41 *', '', '*x*', 'a\\"b`', '%[src]', "it's", '-i', 'if'];
    const paths = ['/a{b}`"$HOME\'x(x)', '/a b', '/{host}', '/ü', '/100%'];
    const to = { web: { port: web.port, copies: 1 } };
    const haproxy = await haproxyWith({
      routes: [
        ...values.map((value) => ({ headers: { 'X-Text': value }, to })),
        ...paths.map((path) => ({ path: path.replace(' ', '%20'), to })),
      ],
    });
    for (const value of values) {
      expect([value, (await haproxy.send({ headers: { 'x-text': value } })).status]).toEqual([value, 200]);
      expect([value, (await haproxy.send({ headers: { 'x-text': `${value}.` } })).status]).toEqual([value, 404]);
    }
    for (const path of paths) {
      expect([path, (await haproxy.send({ path: encodeURI(path) })).status]).toEqual([path, 200]);
      expect([path, (await haproxy.send({ path: `${encodeURI(path)}x` })).status]).toEqual([path, 404]);
    }
  });

  testWith('haproxy', 'of a wildcard take what no host of its own has', async () => {
    const [web, api] = [await copiesOf('web', 1), await copiesOf('api', 1)];
    const haproxy = await haproxyWith({
      routes: [
        { host: '*.acme.example', to: { web: { port: web.port, copies: 1 } } },
        { host: 'api.acme.example', path: '/v1', to: { api: { port: api.port, copies: 1 } } },
      ],
    });
    const status = async (host: string, path: string) => (await haproxy.send({ host, path })).status;
    expect(await Promise.all([
      status('any.acme.example', '/'), status('ANY.acme.example:80', '/'), status('api.acme.example', '/v1'), status('api.acme.example', '/'),
      status('acme.example', '/'), status('evilacme.example', '/'),
    ])).toEqual([200, 200, 200, 404, 404, 404]);
    expect([web.seen.length, api.seen.length]).toEqual([2, 1]);
  });

  testWith('haproxy', 'share requests by weight', async () => {
    const [web, canary] = [await copiesOf('web', 2), await copiesOf('canary', 1)];
    const to = { canary: { port: canary.port, copies: 1, weight: 10 }, web: { port: web.port, weight: 90 } };
    const haproxy = await haproxyWith({ routes: [{ to }] });
    await many(2000, () => haproxy.send());
    // Three standard deviations of 2,000 draws at a tenth are 40.
    expect(Math.abs(canary.seen.length - 200)).toBeLessThan(60);
    expect(web.seen.length).toBe(2000 - canary.seen.length);
  });

  testWith('haproxy', 'share visitors by weight where the algorithm keeps them', async () => {
    const [web, canary] = [await copiesOf('web', 2), await copiesOf('canary', 1)];
    const to = { canary: { port: canary.port, copies: 1, weight: 50 }, web: { port: web.port, weight: 50 } };
    const haproxy = await haproxyWith({ algorithm: 'hashHeader X-Tenant', routes: [{ to }] });
    const seen = async (tenant: string) => {
      canary.seen.length = web.seen.length = 0;
      await many(20, () => haproxy.send({ headers: { 'x-tenant': tenant } }));
      return [canary.seen.length, web.seen.length].filter((count) => count > 0).length;
    };
    for (const tenant of ['a', 'b', 'c', 'd', 'e', 'f']) expect([tenant, await seen(tenant)]).toEqual([tenant, 1]);
  });
});

describe('a route\'s limits', () => {
  testWith('haproxy', 'end a request that takes too long', async () => {
    const web = await copiesOf('web', 1);
    web.behaviour = () => undefined;
    const haproxy = await haproxyWith({ routes: [{ requestTimeoutSeconds: 1, to: { web: { port: web.port, copies: 1 } } }] });
    await haproxy.up(1);
    const { status, milliseconds } = await haproxy.send();
    expect(status).toBe(504);
    expect(milliseconds).toBeLessThan(2000);
  });

  testWith('haproxy', 'refuse a body that is too large, or of a length that nobody knows', async () => {
    const web = await copiesOf('web', 1);
    const haproxy = await haproxyWith({ routes: [{ maxRequestBodyBytes: 100_000, to: { web: { port: web.port, copies: 1 } } }] });
    expect((await haproxy.send({ method: 'POST', body: Buffer.alloc(100_001) })).status).toBe(413);
    expect((await haproxy.send({ method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: Buffer.alloc(100_001) })).status).toBe(411);
    const { status, body } = await haproxy.send({ method: 'POST', body: Buffer.alloc(100_000, 'x') });
    expect([status, JSON.parse(body).body.length]).toEqual([200, 100_000]);
    const client = connectHttp2(`http://127.0.0.1:${haproxy.httpPort}`);
    const stream = client.request({ ':method': 'POST', ':path': '/', ':authority': HOST });
    stream.on('error', () => undefined);
    const answered = new Promise<any>((resolve) => stream.once('response', resolve));
    stream.write(Buffer.alloc(10));
    expect((await answered)[':status']).toBe(411);
    client.destroy();
  });

  testWith('haproxy', 'and broken bodies take no copy out', async () => {
    const web = await copiesOf('web', 1);
    const to = { web: { ...HEALTHY, port: web.port, copies: 1 } };
    const haproxy = await haproxyWith({ routes: [{ maxRequestBodyBytes: 50_000, to }, { path: '/free', to }] });
    await haproxy.up(1);
    for (const method of ['POST', 'GET']) {
      for (const rest of ['/free HTTP/1.1\r\nTransfer-Encoding: chunked\r\n', '/ HTTP/1.1\r\nContent-Length: 49000\r\n']) {
        const socket = connect(haproxy.httpPort, '127.0.0.1', () => socket.write(`${method} ${rest}Host: ${HOST}\r\n\r\n5\r\nxxxxx\r\nZZ\r\n`));
        socket.on('error', () => undefined);
        await pause(100);
        socket.destroy();
        const { status, milliseconds } = await haproxy.send();
        expect(status).toBe(200);
        expect(milliseconds).toBeLessThan(500);
      }
    }
  });

  testWith('haproxy', 'let visitors of some addresses in, known by trusted proxies only', async () => {
    const web = await copiesOf('web', 1);
    const routes = [{ path: '/inside', sourceRanges: ['192.0.2.0/24'], to: { web: { port: web.port, copies: 1 } } }, { to: { web: { port: web.port, copies: 1 } } }];
    const asked = async (haproxy: RunningHaproxy, from: string) => (await haproxy.send({ path: '/inside', headers: { 'x-forwarded-for': from } })).status;
    const trusting = await haproxyWith({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'], routes });
    expect(await asked(trusting, '192.0.2.7')).toBe(200);
    expect(await asked(trusting, '192.0.2.7, 10.0.0.1, 10.0.0.2')).toBe(200);
    expect(await asked(trusting, '198.51.100.7')).toBe(403);
    expect(await asked(trusting, '192.0.2.7, 198.51.100.7')).toBe(403);
    expect(await asked(trusting, '192.0.2.7, 198.51.100.7, 10.0.0.1')).toBe(403);
    expect((await trusting.send()).status).toBe(200);
    const alone = await haproxyWith({ routes });
    expect(await asked(alone, '192.0.2.7')).toBe(403);
  });
});

describe('what copies are told', () => {
  const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'other.example' };

  testWith('haproxy', 'about a visitor is the truth, or the word of a trusted proxy', async () => {
    const web = await copiesOf('web', 1);
    const routes = [{ to: { web: { port: web.port, copies: 1 } } }];
    const told = async (haproxy: RunningHaproxy) => JSON.parse((await haproxy.send({ headers })).body).headers;
    expect(await told(await haproxyWith({ routes }))).toMatchObject({
      'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': HOST,
    });
    expect(await told(await haproxyWith({ routes, trustedProxies: ['127.0.0.0/8'] }))).toMatchObject({
      'x-forwarded-for': '192.0.2.7, 127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'other.example',
    });
  });

  testWith('haproxy', 'and done stands in the access log and in metrics, which no visitor reaches', async () => {
    const web = await copiesOf('web', 1);
    const haproxy = await haproxyWith({ routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
    await haproxy.send({ path: '/a?b="c"' });
    await pause(50);
    expect(haproxy.log.at(-1)).toMatchObject({
      client: '127.0.0.1', method: 'GET', host: HOST, status: 200, destination: 'shop.web:' + web.port, copy: 'web-1',
    });
    expect((await haproxy.metrics()).body).toContain('haproxy_backend_http_responses_total');
    expect((await haproxy.send({ path: '/metrics' })).body).not.toContain('haproxy_backend');
  });
});

describe('the start script', () => {
  testWith('haproxy', 'has new certificates read, and ends with HAProxy', async () => {
    const haproxy = await haproxyWith({ ...LOCAL, routes: [{ to: { web: {} } }] }, { byScript: true });
    bundleFor(haproxy.folder, HOST);
    let subject: string | undefined;
    for (let attempt = 0; subject === undefined && attempt < 80; attempt++) {
      await pause(100);
      subject = await certificateSubject(haproxy);
    }
    expect(subject).toBe('Users own');
    const started = Date.now();
    await haproxy.stop('SIGUSR1');
    expect(Date.now() - started).toBeLessThan(2000);
  });
});

/** Organisation in the certificate that is served; undefined: there is none. */
function certificateSubject({ httpsPort }: RunningHaproxy): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', port: httpsPort, servername: HOST, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.O));
      socket.destroy();
    });
    socket.on('error', () => resolve(undefined));
  });
}

describe('HTTPS', () => {
  testWith('haproxy', 'starts without a certificate, and takes one at the next reload', async () => {
    const web = await copiesOf('web', 1);
    const short = { ...LOCAL, routes: [{ hstsSeconds: 60, to: { web: { port: web.port, copies: 1 } } }] };
    const haproxy = await haproxyWith(short);
    await expect(haproxy.send({ secure: true })).rejects.toThrow();
    const plain = await haproxy.send({ method: 'POST', path: '/a?b=c', body: 'text' });
    expect([plain.status, plain.headers.location]).toEqual([308, `https://${HOST}:${haproxy.httpsPort}/a?b=c`]);
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    bundleFor(haproxy.folder, HOST);
    await haproxy.reload(short);
    const secure = await haproxy.send({ secure: true, path: '/a?b=c' });
    expect([secure.status, secure.headers['strict-transport-security']]).toEqual([200, 'max-age=60']);
    expect(JSON.parse(secure.body).headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': HOST });
    await expect(haproxy.send({ host: 'other.example', secure: true })).rejects.toThrow();
  });

  testWith('haproxy', 'lets a Strict-Transport-Security of the application stand', async () => {
    const web = await copiesOf('web', 1);
    web.behaviour = (_request, response) => response.setHeader('Strict-Transport-Security', 'max-age=5; preload').end();
    const short = { ...LOCAL, routes: [{ hstsSeconds: 60, to: { web: { port: web.port, copies: 1 } } }] };
    const haproxy = await haproxyWith(short);
    bundleFor(haproxy.folder, HOST);
    await haproxy.reload(short);
    expect((await haproxy.send({ secure: true })).headers['strict-transport-security']).toBe('max-age=5; preload');
  });

  testWith('haproxy', 'has the certificate of the user\'s own files, and speaks HTTP/2 and TLS 1.2 at least', async () => {
    const web = await copiesOf('web', 1);
    const short = (kind: IssuerKind) => ({ issuers: { own: { kind } }, hosts: { [HOST]: 'own' }, routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
    const haproxy = await haproxyWith(short(IssuerKind.LOCAL));
    certificateFor(haproxy.folder, 'own', HOST);
    await haproxy.reload(short(IssuerKind.FILES));
    const socket = connectTls({ host: '127.0.0.1', port: haproxy.httpsPort, servername: HOST, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect([socket.getPeerCertificate().subject.O, socket.alpnProtocol]).toEqual(['Users own', 'h2']);
    socket.destroy();
    const old = connectTls({ host: '127.0.0.1', port: haproxy.httpsPort, servername: HOST, rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    await expect(new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject))).rejects.toThrow();
  });

  testWith('haproxy', 'sends visitors of one host to another', async () => {
    const haproxy = await haproxyWith({
      ...LOCAL,
      hosts: { [HOST]: 'local', 'www.acme.example': 'local' },
      redirects: { 'www.acme.example': HOST, 'old.acme.example': 'elsewhere.example' },
      routes: [{ to: { web: {} } }],
    });
    const location = async (host: string) => (await haproxy.send({ host, path: '/a?b' })).headers.location;
    expect(await location('www.acme.example')).toBe(`https://${HOST}:${haproxy.httpsPort}/a?b`);
    expect(await location('old.acme.example')).toBe('http://elsewhere.example/a?b');
  });
});

describe('basic authentication', () => {
  testWith('haproxy', 'lets in who is in the secret, and takes the new secret with a reload', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ users: 'visitors', to: { web: { port: web.port, copies: 1 } } }] };
    const haproxy = await haproxyWith(short, { secrets: { visitors: `# ours\n\nann:${hash('one').replace('$2a', '$2y')}\r\nb o"b#:${hash('two')}` } });
    await haproxy.up(1);
    const asked = async (user: string, password: string) => (await haproxy.send({ headers: basic(user, password) })).status;
    const stranger = await haproxy.send();
    expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Basic realm="restricted"']);
    expect([await asked('ann', 'one'), await asked('b o"b#', 'two'), await asked('ann', 'two'), await asked('eve', '')]).toEqual([200, 200, 401, 401]);
    haproxy.writeSecrets({ visitors: `ann:${hash('three')}\n` });
    await haproxy.reload(short);
    await haproxy.up(1);
    expect([await asked('ann', 'three'), await asked('ann', 'one'), await asked('b o"b#', 'two')]).toEqual([200, 401, 401]);
  });

  testWith('haproxy', 'tells lines that it cannot use without their text, and lets nobody in by them', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ users: 'visitors', to: { web: { port: web.port, copies: 1 } } }, { path: '/open', to: { web: { port: web.port, copies: 1 } } }] };
    const twice = `ann:${hash('one')}\nann:${hash('two')}\n`;
    const haproxy = await haproxyWith(short, { secrets: { visitors: `ann:$apr1$salt$hash\nbob:secret\no'neil:${hash('one')}\nno colon\n:\n${twice}` } });
    await haproxy.up(1);
    const asked = async (user: string, password: string) => (await haproxy.send({ headers: basic(user, password) })).status;
    expect([await asked('bob', 'secret'), await asked('', ''), await asked('ann', 'one'), await asked('ann', 'two')]).toEqual([401, 401, 200, 401]);
    expect((await haproxy.send({ path: '/open' })).status).toBe(200);
    expect(haproxy.messages.match(/line \d: not a user and a bcrypt hash/g)).toHaveLength(5);
    expect(haproxy.messages).not.toMatch(/apr1|secret,/);
  });
});
