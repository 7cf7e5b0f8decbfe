import type { Copies } from './copies';
import { copiesOf, HOST } from './live';
import type { ShortLoadBalancer } from './models';
import { RunningNginx } from './running-nginx';
import { basic, hash } from './visitors';
import { testWith } from '../support/tools';

/*
 * Who may use a route, in the real nginx.
 */

/** Copies by their addresses. */
const to = ({ workload, port }: Copies, copies = 1) => ({ [workload]: { port, copies, stateful: true } });

const start = (short: ShortLoadBalancer) => RunningNginx.start(short);

testWith('nginx', 'a password lets in who is in the secret, also after it changed, and an address must fit besides', async () => {
  const web = await copiesOf('web', 1);
  const nginx = await RunningNginx.start({
    routes: [{ users: 'visitors', to: to(web) }, { path: '/far', users: 'visitors', sourceRanges: ['192.0.2.0/24'], to: to(web) }],
  }, undefined, { visitors: `# ours\n\nann:${hash('one').replace('$2a', '$2y')}\nbob:secret\n` });
  const asked = async (user: string, password: string, path = '/') => (await nginx.send({ path, headers: basic(user, password) })).status;
  const stranger = await nginx.send();
  expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Basic realm="restricted"']);
  expect([await asked('ann', 'one'), await asked('ann', 'two'), await asked('eve', ''), await asked('ann', 'one', '/far')]).toEqual([200, 401, 401, 403]);
  nginx.writeSecrets({ visitors: `ann:${hash('three')}\n` });
  expect([await asked('ann', 'three'), await asked('ann', 'one'), await asked('bob', 'secret')]).toEqual([200, 401, 401]);
});

describe('forward authentication', () => {
  testWith('nginx', 'asks with the request, and lets a 2xx pass with the headers of the answer', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 2)];
    const asked: { method?: string; url?: string; headers: NodeJS.Dict<string | string[]> }[] = [];
    gate.behaviour = ({ method, url, headers }, response) => {
      asked.push({ method, url, headers });
      response.writeHead(204, headers['x-anonymous'] === undefined ? { 'Remote-User': 'ann' } : {}).end();
    };
    const nginx = await start({
      routes: [
        { asks: { gate: { ...to(gate, 2).gate, path: '/check', copyHeaders: ['Remote-User', 'Remote-Groups'] } }, to: to(web) },
        { path: '/open', to: to(web) },
      ],
    });
    const spoofed = { 'remote-user': 'root', 'remote-groups': 'wheel', 'x-forwarded-uri': '/else', 'x-forwarded-method': 'GET', 'x-forwarded-host': 'else' };
    for (const method of ['POST', 'DELETE']) {
      asked.length = 0;
      const { status, body } = await nginx.send({ method, path: '/orders?a=b', body: 'text', headers: { ...spoofed, cookie: 'session=1' } });
      const { headers, ...got } = JSON.parse(body);
      expect([status, got.method, got.url, got.body, headers['remote-user'], headers['remote-groups'], headers['x-real-ip']])
        .toEqual([200, method, '/orders?a=b', 'text', 'ann', undefined, '127.0.0.1']);
      expect(asked.map((one) => [one.method, one.url, one.headers['content-length']])).toEqual([['GET', '/check', undefined]]);
      expect(asked[0].headers).toMatchObject({
        'host': HOST, 'cookie': 'session=1', 'x-forwarded-method': method, 'x-forwarded-uri': '/orders?a=b', 'x-forwarded-host': HOST,
      });
      expect(asked[0].headers['remote-user']).toBeUndefined();
    }
    const anonymous = await nginx.send({ headers: { ...spoofed, 'x-anonymous': 'yes' } });
    expect([anonymous.status, JSON.parse(anonymous.body).headers['remote-user']]).toEqual([200, undefined]);
    asked.length = 0;
    expect((await nginx.send({ path: '/open' })).status).toBe(200);
    expect(asked).toEqual([]);
  });

  for (const status of [302, 303, 400, 401, 403, 404, 418, 500, 503]) {
    testWith('nginx', `gives an answer ${status} to the visitor as it is`, async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
      gate.behaviour = (_request, response) => response.writeHead(status, { 'location': '/login', 'set-cookie': 'a=b', 'www-authenticate': 'Own' }).end('this way');
      const nginx = await start({ routes: [{ asks: to(gate), to: to(web) }] });
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status: got, headers, body } = await nginx.send({ method, body: method === 'GET' ? undefined : 'text' });
        expect([got, headers.location, headers['set-cookie'], headers['www-authenticate'], body]).toEqual([status, '/login', ['a=b'], 'Own', 'this way']);
      }
      expect(web.seen).toEqual([]);
    });
  }

  testWith('nginx', 'lets nobody in while nobody answers, and leaves an application\'s refusals alone', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    const nginx = await start({ routes: [{ asks: to(gate), to: to(web) }] });
    for (const status of [401, 403, 500]) {
      web.behaviour = (_request, response) => response.writeHead(status).end('mine');
      const { status: got, body } = await nginx.send();
      expect([got, body]).toEqual([status, 'mine']);
    }
    web.seen.length = 0;
    await gate.stop();
    expect((await nginx.send()).status).toBe(503);
    expect(web.seen).toEqual([]);
  });

  testWith('nginx', 'cannot be gone around by the name of what asks', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    gate.behaviour = (_request, response) => response.writeHead(403).end();
    const nginx = await start({ routes: [{ asks: to(gate), to: to(web) }, { path: '/open', to: to(web) }] });
    for (const path of ['/ask:1', '/%61sk:1', '/1', '//ask:1', '/open/../ask:1']) expect([path, (await nginx.send({ path })).status]).toEqual([path, 403]);
    expect(web.seen).toEqual([]);
  });

  testWith('nginx', 'needs all of several rules, each with its own answer', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    gate.behaviour = ({ headers }, response) => response.writeHead(headers.cookie === 'session=1' ? 200 : 403).end('gate');
    const nginx = await RunningNginx.start({
      trustedProxies: ['127.0.0.0/8'],
      routes: [{ sourceRanges: ['192.0.2.0/24'], users: 'visitors', asks: to(gate), to: to(web) }],
    }, undefined, { visitors: `ann:${hash('one')}\n` });
    const [inside, known, cookie] = [{ 'x-forwarded-for': '192.0.2.7' }, basic('ann', 'one'), { cookie: 'session=1' }];
    const asked = async (headers: object) => nginx.send({ headers: { ...headers } });
    expect((await asked({ ...known, ...cookie })).status).toBe(403);
    const stranger = await asked({ ...inside, ...cookie });
    expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Basic realm="restricted"']);
    expect(gate.seen).toEqual([]);
    const refused = await asked({ ...inside, ...known });
    expect([refused.status, refused.body]).toEqual([403, 'gate']);
    expect(web.seen).toEqual([]);
    expect((await asked({ ...inside, ...known, ...cookie })).status).toBe(200);
  });
});
