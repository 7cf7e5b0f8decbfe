import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECHO, startStreamingCopy, type Copies } from './copies';
import { sentThereAndBack } from './grpc-visitor';
import { copiesOf, copiesSeen, copy, HOST, LOCAL, many, stopAfterwards } from './live';
import { loadBalancer, type ShortLoadBalancer } from './models';
import type { Received } from './requests';
import { addressOf, AT_ADDRESSES, certificateFor, pause } from './running-caddy';
import { PROJECT, RunningTraefik } from './running-traefik';
import { basic, hash } from './visitors';
import { echoed, upgraded } from './web-socket';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { IssuerKind } from '../../src/model/certificate';
import { Protocol } from '../../src/model/port';
import type { ITargetTraits } from '../../src/model/traits';
import { testWith } from '../support/tools';

/*
 * Requests to the real Traefik.
 */

/** The one copy of a workload that is asked about requests has an address and no name here. */
const TRAITS: ITargetTraits = { ...AT_ADDRESSES, allCopiesName: (_chart, workload) => addressOf(workload, 1) };
const lowered = (short: ShortLoadBalancer) => LoadBalancerBackend.traefik().lower(loadBalancer(short), TRAITS);
const one = ({ port }: Copies) => ({ port, copies: 1 });

async function traefikWith(short: ShortLoadBalancer, prepare?: (folder: string) => void): Promise<RunningTraefik> {
  const traefik = await RunningTraefik.start(lowered(short), prepare);
  stopAfterwards(() => traefik.stop());
  return traefik;
}

describe('a dead copy', () => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    testWith('traefik', `costs no ${method}: the connection is refused, nothing was sent`, async () => {
      const web = await copiesOf('web', 3);
      const traefik = await traefikWith({ routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] });
      await web.kill(2);
      const results = await many(200, () => traefik.send({ method, body: method === 'POST' ? 'text' : undefined }));
      expect(results.map(({ status }) => status)).toEqual(results.map(() => 200));
      expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(2000);
      expect([...new Set(results.map(copy))].sort()).toEqual(['1', '3']);
    });
  }

  for (const [method, sent] of [['GET', 2], ['HEAD', 2], ['OPTIONS', 2], ['POST', 1], ['PATCH', 1], ['PUT', 1], ['DELETE', 1], ['PURGE', 1]] as const) {
    testWith('traefik', `that dies with a request ${sent === 2 ? 'costs no' : 'costs that'} ${method}, which is sent ${sent === 2 ? 'again' : 'once'}`, async () => {
      const web = await copiesOf('web', 2);
      web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
      const traefik = await traefikWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port } } }] });
      const statuses = [await traefik.send({ method }), await traefik.send({ method })].map(({ status }) => status);
      // Copies take turns, so that one of two comes to the one that dies.
      const seenBy = (number: number) => web.seen.filter((request) => request.copy === number).length;
      expect([statuses.filter((status) => status === 200).length, seenBy(1) > 0, seenBy(2)]).toEqual(sent === 2 ? [2, true, 2] : [1, true, 1]);
    });
  }

  testWith('traefik', 'that dies with a PUT or DELETE costs none where they may be repeated', async () => {
    const web = await copiesOf('web', 2);
    web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
    const traefik = await traefikWith({ algorithm: 'roundRobin', retryIdempotent: true, routes: [{ to: { web: { port: web.port } } }] });
    for (const method of ['PUT', 'DELETE']) {
      for (let index = 0; index < 4; index++) {
        const { status, body } = await traefik.send({ method, body: 'whole body' });
        expect([status, JSON.parse(body).body]).toEqual([200, 'whole body']);
      }
    }
  });

  for (const [method, repeated] of [['GET', 0], ['PUT', 65_536]] as const) {
    testWith('traefik', `that dies with a ${method} costs none with a body of ${repeated} bytes, and one with a larger body`, async () => {
      const web = await copiesOf('web', 2);
      web.behaviour = (request, response, number) => {
        if (number === 1) request.resume().on('end', () => request.socket.destroy());
        else ECHO(request, response, number);
      };
      const traefik = await traefikWith({ algorithm: 'roundRobin', retryIdempotent: true, routes: [{ to: { web: { port: web.port } } }] });
      for (const [size, statuses] of [[repeated, [200, 200]], [repeated + 1, [200, 502]]] as const) {
        const results = [await traefik.send({ method, body: Buffer.alloc(size, 'x') }), await traefik.send({ method, body: Buffer.alloc(size, 'x') })];
        expect(results.map(({ status }) => status).sort()).toEqual(statuses);
        for (const { status, body } of results) if (status === 200) expect(JSON.parse(body).body.length).toBe(size);
      }
    });
  }

  testWith('traefik', 'is noticed by its health check, as is one that lives again', async () => {
    const web = await copiesOf('web', 3);
    web.healthy = (number) => number !== 3;
    const traefik = await traefikWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] });
    await pause(1500);
    expect([...new Set((await many(60, () => traefik.send())).map(copy))].sort()).toEqual(['1', '2']);
    web.healthy = () => true;
    await pause(1500);
    expect([...new Set((await many(60, () => traefik.send())).map(copy))].sort()).toEqual(['1', '2', '3']);
  });
});

describe('copies that are about to stop', () => {
  testWith('traefik', 'get no more requests, and finish what they have', async () => {
    const web = await copiesOf('web', 3);
    web.behaviour = (request, response, number) => { setTimeout(() => ECHO(request, response, number), request.url === '/slow' ? 3000 : 0); };
    const traits = { ...TRAITS, copyNames: (_: string, workload: string, copies: number) => TRAITS.copyNames('', workload, copies, false).map((name) => name.replace(PROJECT, '{project}')) };
    const edge = LoadBalancerBackend.traefik().lower(loadBalancer({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] }), traits);
    const traefik = await RunningTraefik.start(edge);
    stopAfterwards(() => traefik.stop());
    const begun = Promise.all(Array.from({ length: 9 }, () => traefik.send({ path: '/slow' })));
    await pause(300);
    traefik.drain(edge, addressOf('web', 1), '10.0.0.7', addressOf('web', 3));
    expect(copiesSeen(await many(60, (index) => traefik.send({ method: index % 2 === 0 ? 'GET' : 'POST' })))).toEqual(['2']);
    expect(copiesSeen(await begun)).toEqual(['1', '2', '3']);
    traefik.drain(edge);
    expect(copiesSeen(await many(60, () => traefik.send()))).toEqual(['1', '2', '3']);
    expect(await traefik.problems()).toEqual([]);
  });
});

describe('an algorithm', () => {
  const visits = async (algorithm: string, send: (traefik: RunningTraefik) => Promise<Received>) => {
    const web = await copiesOf('web', 4);
    const traefik = await traefikWith({ algorithm, routes: [{ to: { web: { port: web.port, copies: 4 } } }] });
    return new Set((await many(80, () => send(traefik))).map(copy)).size;
  };

  for (const algorithm of ['roundRobin', 'random', 'powerOfTwoChoices', 'leastConnections']) {
    testWith('traefik', `${algorithm} uses every copy`, async () => {
      expect(await visits(algorithm, (traefik) => traefik.send())).toBe(4);
    });
  }

  testWith('traefik', 'hashClientAddress keeps a visitor', async () => {
    expect(await visits('hashClientAddress', (traefik) => traefik.send())).toBe(1);
  });

  testWith('traefik', 'sticky keeps a visitor by a cookie, whatever the method', async () => {
    const web = await copiesOf('web', 4);
    const traefik = await traefikWith({ algorithm: 'sticky home', routes: [{ to: { web: { port: web.port, copies: 4 } } }] });
    const first = await traefik.send();
    const cookie = first.headers['set-cookie']![0].split(';')[0];
    expect(cookie).toMatch(/^home=/);
    const results = await many(40, (index) => traefik.send({ method: index % 2 === 0 ? 'GET' : 'POST', headers: { cookie } }));
    expect([...new Set(results.map(copy))]).toEqual([copy(first)]);
  });
});

describe('memory', () => {
  const MEBIBYTE = 1024 * 1024;

  testWith('traefik', 'is not taken for bodies that waiting requests do not have', async () => {
    const web = await copiesOf('web', 1);
    const waiting: (() => void)[] = [];
    web.behaviour = (request, response, number) => waiting.push(() => ECHO(request, response, number));
    const traefik = await traefikWith({ routes: [{ to: { web: one(web) } }] });
    const results = Promise.all(Array.from({ length: 200 }, () => traefik.send()));
    while (waiting.length < 200) await pause(50);
    expect(await traefik.metric('go_memstats_heap_alloc_bytes')).toBeLessThan(100 * MEBIBYTE);
    for (const answer of waiting) answer();
    expect((await results).every(({ status }) => status === 200)).toBe(true);
  });

  for (const method of ['POST', 'PUT']) {
    testWith('traefik', `is not taken for a ${method} of 10 MiB as a whole`, async () => {
      const web = await copiesOf('web', 1);
      const waiting: (() => void)[] = [];
      web.behaviour = (request, response) => {
        let bytes = 0;
        request.on('data', (chunk: Buffer) => { bytes += chunk.length; }).on('end', () => waiting.push(() => response.end(String(bytes))));
      };
      const traefik = await traefikWith({ retryIdempotent: true, routes: [{ to: { web: one(web) } }] });
      const results = Promise.all(Array.from({ length: 20 }, () => traefik.send({ method, body: Buffer.alloc(10 * MEBIBYTE) })));
      while (waiting.length < 20) await pause(50);
      expect(await traefik.metric('go_memstats_heap_alloc_bytes')).toBeLessThan(100 * MEBIBYTE);
      for (const answer of waiting) answer();
      expect((await results).every(({ body }) => body === String(10 * MEBIBYTE))).toBe(true);
    });
  }
});

describe('long connections', () => {
  testWith('traefik', 'a WebSocket goes on when routes change', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ to: { web: { port: web.port, copies: 1, health: '/healthz' } } }] };
    const traefik = await traefikWith(short);
    const socket = await upgraded(traefik.httpPort);
    expect(await echoed(socket, 'before')).toBe('before');
    await traefik.reload(lowered({ routes: [...short.routes, { path: '/other', to: { web: one(web) } }] }));
    expect(await echoed(socket, 'after')).toBe('after');
    expect((await traefik.send()).status).toBe(200);
    socket.destroy();
  });

  testWith('traefik', 'a gRPC stream goes both ways at once', async () => {
    const ledger = await startStreamingCopy('ledger');
    stopAfterwards(ledger.stop);
    const traefik = await traefikWith({ ...LOCAL, routes: [{ to: { ledger: { port: ledger.port, protocol: Protocol.GRPC, copies: 1 } } }] });
    expect(await sentThereAndBack(`https://127.0.0.1:${traefik.httpsPort}`, ['one', 'two', 'three'])).toEqual({ back: ['one', 'two', 'three'], grpcStatus: '0' });
  });
});

describe('HTTPS', () => {
  testWith('traefik', 'has the certificate of the user\'s own files, and HTTP is sent there', async () => {
    const web = await copiesOf('web', 1);
    const traefik = await traefikWith({
      issuers: { own: { kind: IssuerKind.FILES } }, hosts: { [HOST]: 'own' }, routes: [{ hstsSeconds: 60, to: { web: one(web) } }],
    }, (folder) => certificateFor(folder, 'own', HOST));
    const secure = await traefik.send({ secure: true, path: '/a?b=c' });
    expect([secure.status, secure.headers['strict-transport-security']]).toEqual([200, 'max-age=60']);
    expect(JSON.parse(secure.body).headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': HOST, 'x-forwarded-for': '127.0.0.1' });
    const plain = await Promise.all(['GET', 'POST'].map((method) => traefik.send({ method, path: '/a?b=c' })));
    expect(plain.map(({ status, headers }) => [status, headers.location])).toEqual([301, 308].map((status) => [status, `https://${HOST}/a?b=c`]));
    await expect(traefik.send({ host: 'other.example', secure: true })).rejects.toThrow();
    expect((await traefik.send({ host: 'other.example' })).status).toBe(404);
  });

  testWith('traefik', 'of a local authority is a certificate that Traefik signs itself', async () => {
    const web = await copiesOf('web', 1);
    const traefik = await traefikWith({ ...LOCAL, httpsPort: 8443, routes: [{ to: { web: one(web) } }] });
    expect((await traefik.send({ secure: true })).status).toBe(200);
    expect((await traefik.send()).headers.location).toBe(`https://${HOST}:8443/`);
  });

  testWith('traefik', 'visitors of one host are sent to another', async () => {
    const hosts = { [HOST]: 'local', 'www.acme.example': 'local' };
    const traefik = await traefikWith({ ...LOCAL, hosts, redirects: { 'www.acme.example': HOST }, routes: [{ to: { web: {} } }] });
    for (const secure of [false, true]) {
      expect((await traefik.send({ host: 'www.acme.example', path: '/a?b', secure })).headers.location).toBe(`https://${HOST}/a?b`);
    }
  });
});

describe('routes', () => {
  testWith('traefik', 'are whole path elements in the case as written, the longest first, then the more special', async () => {
    const [web, api, canary] = [await copiesOf('web', 1), await copiesOf('api', 1), await copiesOf('canary', 1)];
    const traefik = await traefikWith({
      routes: [
        { path: '/api', methods: ['GET'], headers: { 'X-Version': '2' }, to: { canary: one(canary) } },
        { path: '/api', to: { api: one(api) } },
        { path: '/web/', to: { web: one(web) } },
      ],
    });
    const asked = async (path: string, method = 'GET', headers = {}) => {
      for (const copies of [web, api, canary]) copies.seen.length = 0;
      const { status } = await traefik.send({ path, method, headers });
      return [web, api, canary].find(({ seen }) => seen.length > 0)?.workload ?? status;
    };
    for (const path of ['/api', '/api/', '/api/x/y?z']) expect([path, await asked(path)]).toEqual([path, 'api']);
    expect(await asked('/api', 'GET', { 'x-version': '2' })).toBe('canary');
    expect(await asked('/api', 'POST', { 'x-version': '2' })).toBe('api');
    expect(await asked('/api', 'GET', { 'x-version': '20' })).toBe('api');
    for (const path of ['/web', '/web/x']) expect([path, await asked(path)]).toEqual([path, 'web']);
    for (const path of ['/', '/apis', '/API', '/x/api', '/webs']) expect([path, await asked(path)]).toEqual([path, 404]);
    // No way around a route by writing it in another way.
    for (const path of ['//api', '/x/../api', '/%61pi', '/api%2Fx', '/api%2fx']) expect([path, await asked(path)]).toEqual([path, 'api']);
  });

  testWith('traefik', 'take every text as it is', async () => {
    const web = await copiesOf('web', 1);
    const values = ['{{ env "HOME" }} "a" `b` \\c # : - {host}', '${X} $(id) %41 *', '', '*x*', 'a\\"b`'];
    const paths = ['/a{b}`"$HOME\'x(x)', '/{{ . }}', '/ü', '/100%', '/a%20b'];
    const routes = [
      ...values.map((value, index) => ({ host: `value-${index}.example`, headers: { 'X-Text': value }, to: { web: one(web) } })),
      ...paths.map((path, index) => ({ host: `path-${index}.example`, path, to: { web: one(web) } })),
    ];
    const traefik = await traefikWith({ routes });
    for (const [index, value] of values.entries()) {
      const asked = async (text: string) => (await traefik.send({ host: `value-${index}.example`, headers: { 'x-text': text } })).status;
      expect([value, await asked(value), await asked(`${value}.`)]).toEqual([value, 200, 404]);
    }
    for (const [index, path] of paths.entries()) {
      const written = path === '/100%' ? '/100%25' : encodeURI(decodeURI(path));
      const asked = async (text: string) => (await traefik.send({ host: `path-${index}.example`, path: text })).status;
      expect([path, await asked(written), await asked(`${written}x`)]).toEqual([path, 200, 404]);
    }
  });

  testWith('traefik', 'of a wildcard are for one label, and not for a host with routes of its own', async () => {
    const [web, api] = [await copiesOf('web', 1), await copiesOf('api', 1)];
    const traefik = await traefikWith({
      routes: [{ host: '*.acme.example', to: { web: one(web) } }, { host: 'shop.acme.example', path: '/api', to: { api: one(api) } }],
    });
    const asked = async (host: string, path = '/') => (await traefik.send({ host, path })).status;
    expect([await asked('a.acme.example'), await asked('a.b.acme.example'), await asked('acme.example'), await asked('xacme.example')]).toEqual([200, 404, 404, 404]);
    expect([await asked('shop.acme.example'), await asked('shop.acme.example', '/api')]).toEqual([404, 200]);
  });

  testWith('traefik', 'share requests by weight', async () => {
    const [web, canary] = [await copiesOf('web', 2), await copiesOf('canary', 1)];
    const traefik = await traefikWith({ routes: [{ to: { canary: { ...one(canary), weight: 10 }, web: { port: web.port, weight: 90 } } }] });
    await many(200, () => traefik.send());
    expect([canary.seen.length, web.seen.length]).toEqual([20, 180]);
  });
});

describe('a route\'s limits', () => {
  testWith('traefik', 'end a request that takes too long', async () => {
    const web = await copiesOf('web', 1);
    web.behaviour = () => undefined;
    const traefik = await traefikWith({ routes: [{ requestTimeoutSeconds: 1, to: { web: one(web) } }] });
    const { status, milliseconds } = await traefik.send();
    expect([status, milliseconds < 2000]).toEqual([504, true]);
  });

  testWith('traefik', 'refuse a body that is too large', async () => {
    const web = await copiesOf('web', 1);
    const traefik = await traefikWith({ routes: [{ maxRequestBodyBytes: 100_000, to: { web: one(web) } }] });
    for (const headers of [{ 'content-length': 100_001 }, { 'transfer-encoding': 'chunked' }]) {
      expect((await traefik.send({ method: 'POST', headers, body: Buffer.alloc(100_001) })).status).toBe(413);
    }
    const { status, body } = await traefik.send({ method: 'POST', body: Buffer.alloc(100_000, 'x') });
    expect([status, JSON.parse(body).body.length]).toEqual([200, 100_000]);
  });

  testWith('traefik', 'let visitors of some addresses in, known by trusted proxies only', async () => {
    const web = await copiesOf('web', 1);
    const routes = [{ path: '/inside', sourceRanges: ['192.0.2.0/24', '127.0.0.0/8'], to: { web: one(web) } }];
    const asked = async (traefik: RunningTraefik, from?: string) =>
      (await traefik.send({ path: '/inside', headers: from === undefined ? {} : { 'x-forwarded-for': from } })).status;
    const trusting = await traefikWith({ trustedProxies: ['127.0.0.0/8'], routes });
    expect(await asked(trusting, '192.0.2.7')).toBe(200);
    expect(await asked(trusting, '198.51.100.7')).toBe(403);
    expect(await asked(trusting, '192.0.2.7, 198.51.100.7')).toBe(403);
    const distrusting = await traefikWith({ trustedProxies: ['10.0.0.0/8'], routes });
    expect([await asked(distrusting), await asked(distrusting, '198.51.100.7')]).toEqual([200, 200]);
    const alone = await traefikWith({ routes: [{ ...routes[0], sourceRanges: ['192.0.2.0/24'] }] });
    expect(await asked(alone, '192.0.2.7')).toBe(403);
  });
});

describe('access', () => {
  testWith('traefik', 'by a password lets in who is in the secret', async () => {
    const web = await copiesOf('web', 1);
    const visitors = `# ours\n\nann:${hash('one').replace('$2a', '$2y')}\nb o b#:${hash('two')}`;
    const traefik = await traefikWith({ routes: [{ users: 'visitors', to: { web: one(web) } }] }, secretIn('visitors', visitors));
    const asked = async (user: string, password: string) => (await traefik.send({ headers: basic(user, password) })).status;
    const stranger = await traefik.send();
    expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Basic realm="restricted"']);
    expect([await asked('ann', 'one'), await asked('b o b#', 'two'), await asked('ann', 'two'), await asked('eve', '')]).toEqual([200, 200, 401, 401]);
  });

  testWith('traefik', 'by another workload asks with the request, and lets a 2xx pass with the headers of the answer', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    const seen: { method?: string; url?: string; headers: NodeJS.Dict<string | string[]> }[] = [];
    gate.behaviour = ({ method, url, headers }, response) => {
      seen.push({ method, url, headers });
      response.writeHead(204, headers['x-anonymous'] === undefined ? { 'Remote-User': 'ann' } : {}).end();
    };
    const traefik = await traefikWith({ routes: [{ asks: { gate: { ...one(gate), path: '/check?a=b', copyHeaders: ['Remote-User', 'Remote-Groups'] } }, to: { web: one(web) } }] });
    const spoofed = { 'remote-user': 'root', 'remote-groups': 'wheel', 'x-forwarded-uri': '/else', 'x-forwarded-method': 'GET', 'x-forwarded-host': 'else' };
    const { status, body } = await traefik.send({ method: 'POST', path: '/orders?a=b', body: 'text', headers: { ...spoofed, cookie: 'session=1' } });
    const { headers } = JSON.parse(body);
    expect([status, JSON.parse(body).body, headers['remote-user'], headers['remote-groups']]).toEqual([200, 'text', 'ann', undefined]);
    expect([seen[0].method, seen[0].url, seen[0].headers['remote-user']]).toEqual(['GET', '/check?a=b', undefined]);
    expect(seen[0].headers).toMatchObject({ 'cookie': 'session=1', 'x-forwarded-method': 'POST', 'x-forwarded-uri': '/orders?a=b', 'x-forwarded-host': HOST });
    const anonymous = await traefik.send({ headers: { ...spoofed, 'x-anonymous': 'yes' } });
    expect([anonymous.status, JSON.parse(anonymous.body).headers['remote-user']]).toEqual([200, undefined]);
  });

  testWith('traefik', 'gives any other answer of that workload to the visitor, and nobody gets in while nobody answers', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    gate.behaviour = (_request, response) => response.writeHead(302, { 'location': '/login', 'set-cookie': 'a=b' }).end('this way');
    const traefik = await traefikWith({ routes: [{ asks: { gate: one(gate) }, to: { web: one(web) } }] });
    const { status, headers, body } = await traefik.send();
    expect([status, headers.location, headers['set-cookie'], body]).toEqual([302, '/login', ['a=b'], 'this way']);
    await gate.stop();
    expect((await traefik.send()).status).toBeGreaterThanOrEqual(500);
    expect(web.seen).toEqual([]);
  });

  testWith('traefik', 'by several rules needs all of them', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    gate.behaviour = ({ headers }, response) => response.writeHead(headers.cookie === 'session=1' ? 200 : 403).end();
    const traefik = await traefikWith({
      trustedProxies: ['127.0.0.0/8'],
      routes: [{ sourceRanges: ['192.0.2.0/24'], users: 'visitors', asks: { gate: one(gate) }, to: { web: one(web) } }],
    }, secretIn('visitors', `ann:${hash('one')}\n`));
    const [inside, known, cookie] = [{ 'x-forwarded-for': '192.0.2.7' }, basic('ann', 'one'), { cookie: 'session=1' }];
    const asked = async (headers: object) => (await traefik.send({ headers: { ...headers } })).status;
    expect(await asked({ ...known, ...cookie })).toBe(403);
    expect(await asked({ ...inside, ...cookie })).toBe(401);
    expect(await asked({ ...inside, ...known })).toBe(403);
    expect(web.seen).toEqual([]);
    expect(await asked({ ...inside, ...known, ...cookie })).toBe(200);
  });
});

const secretIn = (name: string, value: string) => (folder: string): void => writeFileSync(join(folder, 'secrets', name), value);
