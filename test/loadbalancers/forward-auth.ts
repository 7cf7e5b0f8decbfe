import type { Copies } from './copies';
import { copiesOf, HOST } from './live';
import type { ShortLoadBalancer, ShortTarget } from './models';
import type { Received, Sent } from './requests';
import type { Secrets } from './running-caddy';
import { basic, hash } from './visitors';
import { echoed, upgraded } from './web-socket';
import { testWith, type Tool } from '../support/tools';

/*
 * What every load balancer keeps that has another workload asked about requests, in the real program.
 */

export interface Asking {
  readonly program: Tool;
  /** Starts it; the test's end stops it. */
  start(short: ShortLoadBalancer, secrets?: Secrets): Promise<{ readonly httpPort: number; send(sent?: Sent): Promise<Received> }>;
  /** A destination as the program finds it in a test. */
  to(workload: Copies, copies?: number): { [name: string]: ShortTarget };
}

export function forwardAuthContract({ program, start, to }: Asking): void {
  describe('forward authentication', () => {
    testWith(program, 'asks with the request, and lets a 2xx pass with the headers of the answer', async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 2)];
      const asked: { method?: string; url?: string; headers: NodeJS.Dict<string | string[]> }[] = [];
      gate.behaviour = ({ method, url, headers }, response) => {
        asked.push({ method, url, headers });
        response.writeHead(204, headers['x-anonymous'] === undefined ? { 'Remote-User': 'ann' } : {}).end();
      };
      const proxy = await start({
        routes: [
          { asks: { gate: { ...to(gate, 2).gate, path: '/check', copyHeaders: ['Remote-User', 'Remote-Groups'] } }, to: to(web) },
          { path: '/open', to: to(web) },
        ],
      });
      const spoofed = { 'remote-user': 'root', 'remote-groups': 'wheel', 'x-forwarded-uri': '/else', 'x-forwarded-method': 'GET', 'x-forwarded-host': 'else' };
      for (const method of ['POST', 'DELETE']) {
        asked.length = 0;
        const { status, body } = await proxy.send({ method, path: '/orders?a=b', body: 'text', headers: { ...spoofed, cookie: 'session=1' } });
        const { headers, ...got } = JSON.parse(body);
        expect([status, got.method, got.url, got.body, headers['remote-user'], headers['remote-groups'], headers['x-forwarded-for']])
          .toEqual([200, method, '/orders?a=b', 'text', 'ann', undefined, '127.0.0.1']);
        expect(asked.map((one) => [one.method, one.url, one.headers['content-length']])).toEqual([['GET', '/check', undefined]]);
        expect(asked[0].headers).toMatchObject({
          'host': HOST,
          'cookie': 'session=1',
          'x-forwarded-method': method,
          'x-forwarded-uri': '/orders?a=b',
          'x-forwarded-host': HOST,
          'x-forwarded-proto': 'http',
          'x-forwarded-for': '127.0.0.1',
        });
        expect(asked[0].headers['remote-user']).toBeUndefined();
      }
      // Applications that read variables of CGI, or are written in PHP, take these for the same.
      const aliases = { 'Remote_User': 'root', 'remote.user': 'root', 'Remote!Groups': 'wheel', 'x_forwarded_uri': '/else', 'remote~user': 'root' };
      for (const path of ['/', '/open']) {
        asked.length = 0;
        const respelled = await proxy.send({ path, headers: { ...aliases, 'x-anonymous': 'yes', 'remote-user-agent': 'kept' } });
        const passed = [JSON.parse(respelled.body).headers, ...asked.map((one) => one.headers)];
        expect(passed.map((headers) => [Object.keys(headers).filter((name) => /[^a-z0-9-]/.test(name)), headers['remote-user-agent']]))
          .toEqual(passed.map(() => [[], 'kept']));
      }
      const anonymous = await proxy.send({ headers: { ...spoofed, 'x-anonymous': 'yes' } });
      expect([anonymous.status, JSON.parse(anonymous.body).headers['remote-user']]).toEqual([200, undefined]);
      asked.length = 0;
      expect((await proxy.send({ path: '/open' })).status).toBe(200);
      expect(asked).toEqual([]);
    });

    for (const status of [302, 303, 400, 401, 403, 404, 418, 500, 503]) {
      testWith(program, `gives an answer ${status} to the visitor as it is`, async () => {
        const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
        gate.behaviour = (_request, response) => response.writeHead(status, { 'location': '/login', 'set-cookie': ['a=b', 'c=d'], 'www-authenticate': 'Own' }).end('this way');
        const proxy = await start({ routes: [{ asks: to(gate), to: to(web) }] });
        for (const method of ['GET', 'POST', 'DELETE']) {
          const { status: got, headers, body } = await proxy.send({ method, body: method === 'GET' ? undefined : 'text' });
          expect([got, headers.location, headers['set-cookie'], headers['www-authenticate'], body]).toEqual([status, '/login', ['a=b', 'c=d'], 'Own', 'this way']);
        }
        const { status: got, headers, body } = await proxy.send({ method: 'HEAD' });
        expect([got, headers.location, body]).toEqual([status, '/login', '']);
        expect(web.seen).toEqual([]);
      });
    }

    testWith(program, 'gives an answer of any length', async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
      gate.behaviour = (_request, response) => response.writeHead(403).end('no '.repeat(300_000));
      const proxy = await start({ routes: [{ asks: to(gate), to: to(web) }] });
      const { status, body } = await proxy.send();
      expect([status, body.length]).toEqual([403, 900_000]);
      expect(web.seen).toEqual([]);
    });

    testWith(program, 'asks about WebSockets', async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
      const proxy = await start({ routes: [{ asks: to(gate), to: to(web) }] });
      gate.behaviour = ({ headers }, response) => response.writeHead(headers.upgrade === undefined ? 403 : 500).end();
      await expect(upgraded(proxy.httpPort)).rejects.toThrow('HTTP/1.1 403');
      expect(web.seen).toEqual([]);
      gate.behaviour = (_request, response) => response.end();
      const socket = await upgraded(proxy.httpPort);
      expect(await echoed(socket, 'text')).toBe('text');
      socket.destroy();
    });

    testWith(program, 'lets nobody in while nobody answers, and leaves an application\'s refusals alone', async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
      const proxy = await start({ routes: [{ asks: to(gate), to: to(web) }] });
      for (const status of [401, 403, 500]) {
        web.behaviour = (_request, response) => response.writeHead(status).end('mine');
        const { status: got, body } = await proxy.send();
        expect([got, body]).toEqual([status, 'mine']);
      }
      web.seen.length = 0;
      await gate.stop();
      expect((await proxy.send()).status).toBe(503);
      expect(web.seen).toEqual([]);
    });

    testWith(program, 'cannot be gone around by the name of what asks', async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
      gate.behaviour = (_request, response) => response.writeHead(403).end();
      const proxy = await start({ routes: [{ asks: to(gate), to: to(web) }, { path: '/open', to: to(web) }] });
      for (const path of ['/ask:1', '/%61sk:1', '/1', '//ask:1', '/open/../ask:1']) expect([400, 403]).toContain((await proxy.send({ path })).status);
      expect(web.seen).toEqual([]);
    });

    testWith(program, 'needs all of several rules, each with its own answer', async () => {
      const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
      gate.behaviour = ({ headers }, response) => response.writeHead(headers.cookie === 'session=1' ? 200 : 403).end('gate');
      const proxy = await start({
        trustedProxies: ['127.0.0.0/8'],
        routes: [{ sourceRanges: ['192.0.2.0/24'], users: 'visitors', asks: to(gate), to: to(web) }],
      }, { visitors: `ann:${hash('one')}\n` });
      const [inside, known, cookie] = [{ 'x-forwarded-for': '192.0.2.7' }, basic('ann', 'one'), { cookie: 'session=1' }];
      const asked = async (headers: object) => proxy.send({ headers: { ...headers } });
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
}
