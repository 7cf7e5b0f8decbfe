import { forwardAuthContract } from './forward-auth';
import { caddyWith, copiesOf, HOST, many } from './live';
import { pause } from './running-caddy';
import { basic, hash } from './visitors';
import { testWith } from '../support/tools';

/*
 * Who may use a route, in the real Caddy.
 */

describe('basic authentication', () => {
  testWith('caddy', 'lets in who is in the secret, and takes the new secret with a reload', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ users: 'visitors', to: { web: { port: web.port, copies: 1 } } }] };
    const caddy = await caddyWith(short, undefined, { visitors: `# ours\n\nann:${hash('one').replace('$2a', '$2y')}\r\nb o b#:${hash('two')}` });
    const asked = async (user: string, password: string) => (await caddy.send({ headers: basic(user, password) })).status;
    const stranger = await caddy.send();
    expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Basic realm="restricted"']);
    expect([await asked('ann', 'one'), await asked('b o b#', 'two'), await asked('ann', 'two'), await asked('eve', '')]).toEqual([200, 200, 401, 401]);
    caddy.writeSecrets({ visitors: `ann:${hash('three')}\n` });
    caddy.reload(short);
    expect([await asked('ann', 'three'), await asked('ann', 'one'), await asked('b o b#', 'two')]).toEqual([200, 401, 401]);
  });

  testWith('caddy', 'tells lines that it cannot use without their text, and lets nobody in by them', async () => {
    const web = await copiesOf('web', 1);
    const routes = [{ users: 'visitors', to: { web: { port: web.port, copies: 1 } } }];
    const caddy = await caddyWith({ routes }, undefined, { visitors: 'ann:$apr1$salt$hash\nbob:secret\n{$HOME}"\\:x\nno colon\n:\n' });
    expect((await caddy.send({ headers: basic('bob', 'secret') })).status).toBe(401);
    expect((await caddy.send({ headers: basic('', '') })).status).toBe(401);
    expect(caddy.log.match(/line \d: not a user and a bcrypt hash/g)).toHaveLength(5);
    expect(caddy.log).not.toMatch(/apr1|secret,/);
  });
});

forwardAuthContract({
  program: 'caddy',
  start: (short, secrets) => caddyWith(short, undefined, secrets),
  to: ({ workload, port }, copies = 1) => ({ [workload]: { port, copies } }),
});

testWith('caddy', 'all of several rules must hold, also with weights', async () => {
  const [web, canary, gate] = [await copiesOf('web', 1), await copiesOf('canary', 1), await copiesOf('gate', 1)];
  gate.behaviour = ({ headers }, response) => response.writeHead(headers.cookie === 'session=1' ? 200 : 403).end();
  const caddy = await caddyWith({
    trustedProxies: ['127.0.0.0/8'],
    routes: [{
      sourceRanges: ['192.0.2.0/24'],
      users: 'visitors',
      asks: { gate: { port: gate.port, copies: 1 } },
      to: { web: { port: web.port, copies: 1, weight: 5 }, canary: { port: canary.port, copies: 1, weight: 5 } },
    }],
  }, undefined, { visitors: `ann:${hash('one')}` });
  const [inside, known, cookie] = [{ 'x-forwarded-for': '192.0.2.7' }, basic('ann', 'one'), { cookie: 'session=1' }];
  const asked = async (headers: object) => (await caddy.send({ headers: { ...headers } })).status;
  expect(await asked({ ...known, ...cookie })).toBe(403);
  expect(await asked({ ...inside, ...cookie })).toBe(401);
  expect(await asked({ ...inside, ...known })).toBe(403);
  expect([web.seen, canary.seen]).toEqual([[], []]);
  await many(100, () => caddy.send({ headers: { ...inside, ...known, ...cookie } }));
  expect(web.seen.length + canary.seen.length).toBe(100);
  expect(Math.min(web.seen.length, canary.seen.length)).toBeGreaterThan(20);
});

describe('what an operator sees', () => {
  testWith('caddy', 'is a line of JSON for each request, without cookies and credentials', async () => {
    const web = await copiesOf('web', 1);
    const short = { routes: [{ to: { web: { port: web.port, copies: 1 } } }] };
    const caddy = await caddyWith(short);
    await caddy.send({ path: '/a?b', headers: { cookie: 'session=hidden', authorization: 'Bearer hidden' } });
    await pause(100);
    const lines = caddy.accessLog.trim().split('\n').map((line) => JSON.parse(line));
    expect(lines.map(({ status, request }) => [status, request.method, request.host, request.uri])).toEqual([[200, 'GET', HOST, '/a?b']]);
    expect(caddy.accessLog).not.toContain('hidden');
    const silent = await caddyWith({ ...short, accessLog: false });
    await silent.send();
    await pause(100);
    expect(silent.accessLog).toBe('');
  });

  testWith('caddy', 'are metrics, on its own port', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
    await caddy.send();
    const text = await (await fetch(caddy.metricsUrl)).text();
    expect(text).toMatch(/^caddy_http_requests_total\{.* 1$/m);
    expect(text).toContain('caddy_reverse_proxy_upstreams_healthy{upstream="127.77.1.1:');
    expect((await caddy.send({ path: '/metrics' })).headers['x-copy']).toBe('1');
  });
});

describe('while no copy is there', () => {
  testWith('caddy', 'visitors see a page and when to come back; gRPC and an application\'s own 503 are left alone', async () => {
    const web = await copiesOf('web', 1);
    // As long as a copy is waited for.
    const requestTimeoutSeconds = 1;
    const caddy = await caddyWith({ routes: [{ requestTimeoutSeconds, to: { web: { port: web.port, copies: 1, health: '/healthz' } } }] });
    web.behaviour = (_request, response) => response.writeHead(503, { 'x-own': 'yes' }).end('own words');
    const own = await caddy.send();
    expect([own.status, own.headers['retry-after'], own.body]).toEqual([503, undefined, 'own words']);
    await web.stop();
    for (const method of ['GET', 'POST']) {
      const { status, headers, body } = await caddy.send({ method });
      expect([method, status, headers['retry-after'], headers['content-type']]).toEqual([method, 503, '5', 'text/html; charset=utf-8']);
      expect(body).toContain('<h1>Back soon</h1>');
    }
    const grpc = await caddy.send({ method: 'POST', headers: { 'content-type': 'application/grpc' } });
    expect([grpc.headers['retry-after'], grpc.body]).toEqual([undefined, '']);
  });

  testWith('caddy', 'a request that was sent keeps its error, since it may have been carried out', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
    web.behaviour = (request) => request.socket.destroy();
    const { status, headers, body } = await caddy.send({ method: 'POST', body: 'text' });
    expect([status, headers['retry-after'], body]).toEqual([502, undefined, '']);
  });
});
