import { ECHO, startStreamingCopy } from './copies';
import { sentThereAndBack } from './grpc-visitor';
import { caddyWith, copiesOf, copiesSeen, copy, LOCAL, many, stopAfterwards } from './live';
import { RESOLVED } from './models';
import { NameServer } from './name-server';
import type { Received } from './requests';
import { addressOf, pause, type RunningCaddy } from './running-caddy';
import { echoed, upgraded } from './web-socket';
import { Protocol } from '../../src/model/port';
import type { ITargetTraits } from '../../src/model/traits';
import { testWith } from '../support/tools';

/*
 * Copies that die, hang and are chosen, in the real Caddy.
 */

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

describe('copies that are about to stop', () => {
  testWith('caddy', 'get no more requests, and finish what they have', async () => {
    const web = await copiesOf('web', 3);
    web.behaviour = (request, response, number) => { setTimeout(() => ECHO(request, response, number), request.url === '/slow' ? 1000 : 0); };
    const caddy = await caddyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] });
    const send = (index: number) => caddy.send({ method: index % 2 === 0 ? 'GET' : 'POST' });
    const begun = Promise.all(Array.from({ length: 6 }, () => caddy.send({ path: '/slow' })));
    await pause(300);
    caddy.drain(addressOf('web', 1), addressOf('web', 3));
    for (let second = 0; second < 3; second++) {
      expect(copiesSeen(await many(60, send))).toEqual(['2']);
      await pause(1000);
    }
    expect(copiesSeen(await begun)).toEqual(['1', '2', '3']);
    expect(caddy.log).not.toContain('"level":"error"');
    caddy.drain();
    await pause(2500);
    expect(copiesSeen(await many(60, send))).toEqual(['1', '2', '3']);
  });

  testWith('caddy', 'are those alone that it knows', async () => {
    const web = await copiesOf('web', 2);
    const caddy = await caddyWith({ algorithm: 'roundRobin', routes: [{ to: { web: { port: web.port, copies: 2 } } }] });
    caddy.drain('web-9', addressOf('web', 1));
    expect(copiesSeen(await many(60, () => caddy.send()))).toEqual(['2']);
    caddy.drain('web-9');
    await pause(2500);
    expect(copiesSeen(await many(60, () => caddy.send()))).toEqual(['1', '2']);
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
    stopAfterwards(ledger.stop);
    const caddy = await caddyWith({ ...LOCAL, routes: [{ to: { ledger: { port: ledger.port, protocol: Protocol.GRPC, copies: 1 } } }] });
    expect(await sentThereAndBack(`https://127.0.0.1:${caddy.httpsPort}`, ['one', 'two', 'three'])).toEqual({ back: ['one', 'two', 'three'], grpcStatus: '0' });
  });
});

describe('where copies have one name for all', () => {
  testWith('caddy', 'the name server is asked: who leaves gets no traffic, who comes gets some, who is dead costs nothing', async () => {
    const web = await copiesOf('web', 3);
    const names = await NameServer.start();
    stopAfterwards(() => names.stop());
    names.addresses = [1, 2].map((number) => addressOf('web', number));
    const traits: ITargetTraits = { ...RESOLVED, dnsServer: `127.0.0.1:${names.port}` };
    const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 3, health: '/healthz' } } }] }, traits);
    const seen = async (count = 60) => [...new Set((await many(count, () => caddy.send())).map(copy))].sort();
    expect(await seen()).toEqual(['1', '2']);
    names.addresses = [2, 3].map((number) => addressOf('web', number));
    await pause(1200);
    expect(await seen()).toEqual(['2', '3']);
    await web.kill(2);
    for (const method of ['GET', 'POST']) {
      const results = await many(60, () => caddy.send({ method }));
      expect(results.map(({ status }) => status)).toEqual(results.map(() => 200));
      expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
    }
  });
});
