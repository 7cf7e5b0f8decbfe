import { Agent, get } from 'node:http';
import { BACKENDS, type Running } from './backends';
import { ECHO, type Copies } from './copies';
import { copiesOf, copy, many } from './live';
import type { ShortRoute } from './models';
import { pause } from './running-caddy';
import { RunningNginx } from './running-nginx';
import { echoed, upgraded } from './web-socket';
import { testWith } from '../support/tools';

/*
 * Copies of requests for another workload, behind every back end that sends them.
 */

interface Tried {
  readonly backend: Running;
  readonly web: Copies;
  readonly next: Copies;
  /** What the other workload got, with headers and body. */
  readonly got: any[];
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PURGE'];

for (const [tool, start] of BACKENDS.filter(([name]) => name === 'nginx' || name === 'traefik')) {
  describe(tool, () => {
    const tried = async (more: Partial<ShortRoute> & { percent?: number; copies?: number } = {}): Promise<Tried> => {
      const { percent, copies = 2, ...route } = more;
      const [web, next] = [await copiesOf('web', copies), await copiesOf('next', 1)];
      const got: any[] = [];
      next.behaviour = (request, response, number) => ECHO(request, {
        setHeader: () => ({
          end: (text: string) => {
            got.push(JSON.parse(text));
            response.end('from next');
          },
        }),
      } as any, number);
      const backend = await start({
        routes: [{
          to: { web: { port: web.port, copies, health: '/healthz', stateful: true } },
          copiesTo: { next: { port: next.port, copies: 1, health: '/healthz', stateful: true, percent } },
          ...route,
        }],
      }, undefined, copies);
      return { backend, web, next, got };
    };
    const arrived = async (got: any[], count: number) => {
      for (let attempt = 0; attempt < 60 && got.length < count; attempt++) await pause(50);
      // One more than there should be would come late.
      await pause(200);
      return got.length;
    };

    testWith(tool, 'copies each request whole, whatever the method; the visitor sees nothing of it', async () => {
      const { backend, got } = await tried();
      for (const [index, method] of METHODS.entries()) {
        const body = method === 'GET' ? undefined : `body of ${method}`;
        const answer = await backend.send({ method, path: '/a%20b?c=d', body, headers: { 'x-tenant': 'red' } });
        expect([method, answer.status, JSON.parse(answer.body).method, JSON.parse(answer.body).body]).toEqual([method, 200, method, body ?? '']);
        expect(await arrived(got, index + 1)).toBe(index + 1);
        expect(got[index]).toMatchObject({
          method, url: '/a%20b?c=d', body: body ?? '', headers: { 'host': 'shop.acme.example', 'x-tenant': 'red', 'x-forwarded-for': '127.0.0.1' },
        });
        expect(Object.keys(got[index].headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^x-nginx/)]));
      }
    });

    testWith(tool, 'copies a part of them', async () => {
      const { backend, got } = await tried({ percent: 10 });
      await many(400, () => backend.send());
      const count = await arrived(got, 30);
      // Three standard deviations of 400 draws at a tenth are 18.
      expect(Math.abs(count - 40)).toBeLessThan(25);
    });

    testWith(tool, 'costs a visitor nothing when the other workload is dead, or slow', async () => {
      const { backend, next } = await tried();
      next.behaviour = () => undefined;
      const slow = await many(20, (index) => backend.send({ method: METHODS[index % 5], body: index % 5 === 0 ? undefined : 'text' }));
      await next.kill(1);
      const dead = await many(20, (index) => backend.send({ method: METHODS[index % 5], body: index % 5 === 0 ? undefined : 'text' }));
      for (const results of [slow, dead]) {
        expect([...new Set(results.map(({ status }) => status))]).toEqual([200]);
        expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(1500);
      }
    });

    testWith(tool, 'copies a request once that is tried on two copies', async () => {
      const { backend, web, got } = await tried();
      web.behaviour = (request, response, number) => number === 1 ? request.socket.destroy() : ECHO(request, response, number);
      const results = await many(40, () => backend.send());
      // Traefik tries three times, and may meet the same copy each time: one request of sixteen does.
      const answered = results.filter(({ status }) => status !== 502);
      expect(answered.length).toBeGreaterThanOrEqual(tool === 'traefik' ? 32 : 40);
      expect([...new Set(answered.map(copy))]).toEqual(['2']);
      expect(web.seen.length).toBeGreaterThan(40);
      expect(await arrived(got, 40)).toBe(40);
    });

    testWith(tool, 'sends no copy to the destinations, and none of it to a visitor, when the other workload fails', async () => {
      const { backend, web, next } = await tried();
      next.behaviour = (request) => request.socket.destroy();
      const results = await many(10, () => backend.send());
      await pause(500);
      expect([...new Set(results.map(({ status }) => status))]).toEqual([200]);
      expect(web.seen.length).toBe(10);
    });

    testWith(tool, 'passes large bodies and WebSockets on, and copies neither', async () => {
      const { backend, got } = await tried();
      const large = 'x'.repeat(100_000);
      expect(JSON.parse((await backend.send({ method: 'POST', body: large })).body).body).toBe(large);
      const small = large.slice(1);
      expect(JSON.parse((await backend.send({ method: 'POST', body: small })).body).body).toBe(small);
      const socket = await upgraded(backend.httpPort);
      expect(await echoed(socket, 'hello')).toBe('hello');
      socket.destroy();
      expect(await arrived(got, 1)).toBe(1);
      expect(got[0].body).toBe(small);
    });

    testWith(tool, 'passes bodies on whose length is not announced', async () => {
      const { backend } = await tried();
      const answer = await backend.send({ method: 'POST', body: 'x'.repeat(200_000), headers: { 'transfer-encoding': 'chunked' } });
      expect(JSON.parse(answer.body).body).toHaveLength(200_000);
    });

    testWith(tool, 'copies nothing of who may not use the route', async () => {
      const { backend, got } = await tried({ sourceRanges: ['10.0.0.0/8'] });
      expect((await backend.send()).status).toBe(403);
      expect(await arrived(got, 0)).toBe(0);
    });

    testWith(tool, 'copies what destinations with weights share', async () => {
      const [web, canary, next] = [await copiesOf('web', 1), await copiesOf('canary', 1), await copiesOf('next', 1)];
      const to = ({ port }: Copies) => ({ port, copies: 1, health: '/healthz', stateful: true });
      const backend = await start({ routes: [{ to: { web: to(web), canary: to(canary) }, copiesTo: { next: to(next) } }] }, undefined, 2);
      await many(100, () => backend.send());
      await arrived(next.seen, 100);
      expect([web.seen.length + canary.seen.length, next.seen.length]).toEqual([100, 100]);
      expect(Math.min(web.seen.length, canary.seen.length)).toBeGreaterThan(20);
    });
  });
}

testWith('nginx', 'keeps the next request on a connection waiting while a copy is silent, for five seconds at most', async () => {
  const [web, next] = [await copiesOf('web', 1), await copiesOf('next', 1)];
  next.behaviour = () => undefined;
  const nginx = await RunningNginx.start({
    routes: [{ to: { web: { port: web.port, copies: 1, stateful: true } }, copiesTo: { next: { port: next.port, copies: 1, stateful: true } } }],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const milliseconds = async () => {
    const began = Date.now();
    await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: nginx.httpPort, headers: { host: 'shop.acme.example' }, agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
    });
    return Date.now() - began;
  };
  expect(await milliseconds()).toBeLessThan(1500);
  const second = await milliseconds();
  agent.destroy();
  expect(second).toBeGreaterThan(4000);
  expect(second).toBeLessThan(7000);
});
