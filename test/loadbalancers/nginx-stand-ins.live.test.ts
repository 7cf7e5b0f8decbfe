import { ECHO, startStreamingCopy, type Copies, type TlsOf } from './copies';
import { sentThereAndBack } from './grpc-visitor';
import { copiesOf, copiesSeen, many, stopAfterwards } from './live';
import { NAMED, type ShortLoadBalancer, type ShortRoute, type ShortTarget } from './models';
import { NameServer } from './name-server';
import type { Received } from './requests';
import { addressOf, pause } from './running-caddy';
import { RunningNginx } from './running-nginx';
import { Authority } from './visitors';
import { echoed, upgraded } from './web-socket';
import { Protocol } from '../../src/model/port';
import { testWith } from '../support/tools';

/*
 * The real nginx while copies of a service are replaced as Compose does it: copies 1 and 2 are the service's own, 3 and 4 stand in
 * for them.
 */

const OWN = ['1', '2'];
const STAND_INS = ['3', '4'];
const METHODS = ['GET', 'OPTIONS', 'POST', 'PATCH', 'PUT', 'DELETE', 'PURGE'];
const authority = Authority.root('copies');
const CERTIFICATE = authority.sign('/CN=web', { dns: ['web.internal.example'] });

let names: NameServer;

beforeEach(async () => {
  names = await NameServer.start();
});
afterEach(() => names.stop());

/** What the name server says of a workload from now on. */
function resolve(workload: string, own: string[] = OWN, standIns: string[] = STAND_INS): void {
  const addresses = (copies: string[]) => copies.map((number) => addressOf(workload, Number(number)));
  names.byName.set(workload, addresses(own));
  names.byName.set(`${workload}-next`, addresses(standIns));
  names.byName.set(`copies.${workload}`, addresses([...own, ...standIns]));
}

/** nginx counts whole seconds: an answer that holds for one is asked for anew after two. */
const refreshed = () => pause(2300);

const start = (short: ShortLoadBalancer) => RunningNginx.start(short, { ...NAMED, dnsServer: `127.0.0.1:${names.port}` });

const to = ({ workload, port }: Copies, more: ShortTarget = {}) => ({ [workload]: { port, ...more } });

interface Update {
  readonly web: Copies;
  readonly nginx: RunningNginx;
}

interface Short extends Pick<ShortLoadBalancer, 'algorithm' | 'retryIdempotent'> {
  readonly route?: Partial<ShortRoute>;
  readonly target?: ShortTarget;
}

/** nginx before four copies of one workload. */
async function updating({ route, target, ...short }: Short = {}, certificate?: TlsOf): Promise<Update> {
  const web = await copiesOf('web', 4, undefined, certificate);
  resolve('web');
  const nginx = await start({ ...short, routes: [{ to: to(web, target), ...route }] });
  await knowing(nginx, web);
  return { web, nginx };
}

/** Once it has started nginx asks for names, and knows no copy before it has its answers. */
async function knowing(nginx: RunningNginx, web: Copies): Promise<void> {
  for (let attempt = 0; attempt < 100 && !OWN.includes((await nginx.send({ path: `/${attempt}` })).headers['x-copy'] as string); attempt++) await pause(50);
  web.seen.length = 0;
}

/** A copy that is not ready closes what it accepts, or says 503. */
function notReady(web: Copies, copies: string[], how: 'closes' | 'answers 503' = 'closes'): void {
  web.behaviour = (request, response, number) => {
    if (!copies.includes(String(number))) ECHO(request, response, number);
    else if (how === 'closes') request.socket.destroy();
    else response.writeHead(503).end();
  };
}

const statuses = (results: Received[]) => [...new Set(results.map(({ status }) => status))];

/** Who answers requests of all methods; a request that is lost, or whose body is, fails. */
async function answering(nginx: RunningNginx, methods = METHODS): Promise<string[]> {
  const results = await many(20 * methods.length, (index) => {
    const method = methods[index % methods.length];
    return nginx.send({ method, body: method === 'GET' || method === 'OPTIONS' ? undefined : 'text' });
  });
  expect(statuses(results)).toEqual([200]);
  for (const [index, { body }] of results.entries()) {
    const method = methods[index % methods.length];
    expect(JSON.parse(body)).toMatchObject({ method, body: method === 'GET' || method === 'OPTIONS' ? '' : 'text' });
  }
  return copiesSeen(results);
}

describe('copies that are not ready yet, and stand beside others', () => {
  for (const algorithm of ['leastConnections', 'roundRobin', 'sticky']) {
    for (const how of ['closes', 'answers 503'] as const) {
      testWith('nginx', `get no requests: ${algorithm}, one ${how}`, async () => {
        const { web, nginx } = await updating({ algorithm });
        notReady(web, STAND_INS, how);
        expect(await answering(nginx)).toEqual(OWN);
        expect(web.seen.filter(({ copy }) => copy > 2)).toEqual([]);
      });
    }
  }

  testWith('nginx', 'get no requests of a route with a time limit', async () => {
    const { web, nginx } = await updating({ route: { requestTimeoutSeconds: 20 } });
    notReady(web, STAND_INS);
    expect(await answering(nginx)).toEqual(OWN);
  });

  testWith('nginx', 'are asked all the same where the algorithm knows no others', async () => {
    const { nginx } = await updating({ algorithm: 'random' });
    expect(await answering(nginx)).toEqual([...OWN, ...STAND_INS]);
  });
});

describe('copies that are replaced', () => {
  for (const algorithm of ['leastConnections', 'roundRobin', 'random', 'hashUri', 'sticky']) {
    testWith('nginx', `get no requests while others stand in for them, whatever the method, and all of them again afterwards: ${algorithm}`, async () => {
      const { web, nginx } = await updating({ algorithm });
      expect(await answering(nginx)).toEqual(expect.arrayContaining(algorithm === 'hashUri' ? [] : OWN));
      nginx.standIn('web-next');
      notReady(web, OWN);
      expect(await answering(nginx)).toEqual(STAND_INS);
      web.behaviour = ECHO;
      await nginx.standBack('web-next');
      const answered = await answering(nginx);
      if (algorithm !== 'random' && algorithm !== 'hashUri') expect(OWN).toEqual(expect.arrayContaining(answered));
    });
  }

  testWith('nginx', 'get their requests when the new ones have other addresses, none of them is lost', async () => {
    const { web, nginx } = await updating();
    await web.kill(2);
    resolve('web', ['1'], STAND_INS);
    nginx.standIn('web-next');
    await web.kill(1);
    resolve('web', [], STAND_INS);
    expect(await answering(nginx)).toEqual(STAND_INS);
    await web.startCopy(2);
    resolve('web', ['2'], STAND_INS);
    await nginx.standBack('web-next');
    expect(await answering(nginx)).toEqual(['2']);
  });

  testWith('nginx', 'are spared on a route with a time limit, and that counts', async () => {
    const { web, nginx } = await updating({ route: { requestTimeoutSeconds: 1 } });
    nginx.standIn('web-next');
    notReady(web, OWN);
    expect(await answering(nginx)).toEqual(STAND_INS);
    web.behaviour = () => undefined;
    const slow = await nginx.send();
    expect([slow.status, slow.milliseconds < 2000]).toEqual([504, true]);
  });

  testWith('nginx', 'are spared where PUT and DELETE may be repeated', async () => {
    const { web, nginx } = await updating({ retryIdempotent: true });
    nginx.standIn('web-next');
    notReady(web, [...OWN, '3']);
    expect(await answering(nginx, ['GET', 'PUT', 'DELETE'])).toEqual(['4']);
  });

  for (const limit of [undefined, 20]) {
    testWith('nginx', `are spared over TLS, and those that stand in are verified${limit === undefined ? '' : ': with a time limit'}`, async () => {
      const foreign = Authority.root('foreign').sign('/CN=web', { dns: ['web.internal.example'] });
      const target = { signedBy: authority.pem, serverName: 'web.internal.example' };
      const { web, nginx } = await updating({ target, route: { requestTimeoutSeconds: limit } }, (number) => number === 3 ? foreign : CERTIFICATE);
      nginx.standIn('web-next');
      notReady(web, OWN);
      expect(await answering(nginx)).toEqual(['4']);
      await web.kill(4);
      for (const method of ['POST', 'PUT']) expect((await nginx.send({ method })).status).toBe(503);
      expect(web.seen.filter((one) => one.copy !== 4)).toEqual([]);
    });
  }

  testWith('nginx', 'are spared where visitors use a host by its path, its headers, a password and HTTP alone', async () => {
    const [web, api] = [await copiesOf('web', 4), await copiesOf('api', 4)];
    resolve('web');
    resolve('api');
    const nginx = await start({
      routes: [{ path: '/api', sourceRanges: ['127.0.0.0/8'], maxRequestBodyBytes: 10, to: to(api) }, { to: { ...to(web, { weight: 1 }), ...to(api, { weight: 1 }) } }],
    });
    await knowing(nginx, web);
    api.seen.length = 0;
    nginx.standIn('api-next');
    notReady(api, OWN);
    expect(copiesSeen(await many(40, () => nginx.send({ path: '/api', method: 'POST', body: 'text' })))).toEqual(STAND_INS);
    expect((await nginx.send({ path: '/api', method: 'POST', body: 'more than ten' })).status).toBe(413);
    expect(statuses(await many(100, (index) => nginx.send({ method: METHODS[index % METHODS.length] })))).toEqual([200]);
    expect([...new Set(web.seen.map((one) => String(one.copy)))].sort()).toEqual(OWN);
    expect(api.seen.filter((one) => one.copy < 3)).toEqual([]);
  });

  testWith('nginx', 'get no WebSockets', async () => {
    const { web, nginx } = await updating();
    nginx.standIn('web-next');
    for (let number = 0; number < 4; number++) {
      const socket = await upgraded(nginx.httpPort);
      expect(await echoed(socket, 'text')).toBe('text');
      socket.destroy();
    }
    expect(web.seen.filter((one) => one.copy < 3)).toEqual([]);
  });

  for (const secure of [false, true]) {
    testWith('nginx', `get no calls of gRPC${secure ? ' over TLS' : ''}`, async () => {
      const tls = secure ? CERTIFICATE : undefined;
      const { port, ...standIn } = await startStreamingCopy('ledger', undefined, { copy: 3, tls });
      stopAfterwards(standIn.stop);
      // The own ones are not there.
      resolve('ledger', OWN, ['3']);
      const target = secure ? { protocol: Protocol.GRPCS, signedBy: authority.pem, serverName: 'web.internal.example' } : { protocol: Protocol.GRPC };
      const nginx = await start({ routes: [{ to: { ledger: { port, ...target } } }] });
      nginx.standIn('ledger-next');
      for (let call = 0; call < 4; call++) {
        expect(await sentThereAndBack(`http://127.0.0.1:${nginx.httpPort}`, ['one', 'two'])).toEqual({ back: ['one', 'two'], grpcStatus: '0' });
      }
      const own = await startStreamingCopy('ledger', undefined, { copy: 1, port, tls });
      stopAfterwards(own.stop);
      await nginx.standBack('ledger-next');
      await standIn.stop();
      expect((await sentThereAndBack(`http://127.0.0.1:${nginx.httpPort}`, ['one'])).grpcStatus).toBe('0');
    });
  }

  testWith('nginx', 'are not asked about requests, nor sent copies of them', async () => {
    const [web, gate, next] = [await copiesOf('web', 4), await copiesOf('gate', 4), await copiesOf('canary', 4)];
    for (const workload of ['web', 'gate', 'canary']) resolve(workload);
    const nginx = await start({ routes: [{ asks: to(gate, {}), copiesTo: to(next), to: to(web) }] });
    await knowing(nginx, web);
    for (const workload of ['gate', 'canary']) nginx.standIn(`${workload}-next`);
    for (const { seen } of [gate, next]) seen.length = 0;
    gate.behaviour = (request, response, number) => response.writeHead(number < 3 ? 500 : request.headers.cookie === undefined ? 204 : 403).end();
    expect(await answering(nginx)).toEqual(OWN);
    expect((await nginx.send({ headers: { cookie: 'a=b' } })).status).toBe(403);
    await pause(300);
    for (const { seen } of [gate, next]) {
      expect(seen.length).toBeGreaterThan(100);
      expect([...new Set(seen.map((one) => String(one.copy)))].sort()).toEqual(STAND_INS);
    }
  });

  testWith('nginx', 'stay spared through a reload', async () => {
    const { web, nginx } = await updating();
    nginx.standIn('web-next');
    expect(nginx.reload({ routes: [{ to: to(web) }, { path: '/more', to: to(web) }] })).toBe(0);
    await pause(300);
    expect(await answering(nginx)).toEqual(STAND_INS);
  });

  testWith('nginx', 'that are all gone are those for whom others are asked, also when nobody has said so', async () => {
    const { web, nginx } = await updating();
    await web.kill(1);
    await web.kill(2);
    expect(await answering(nginx)).toEqual(STAND_INS);
    resolve('web', [], STAND_INS);
    await refreshed();
    expect(await answering(nginx)).toEqual(STAND_INS);
  });
});

for (const secure of [false, true]) {
  testWith('nginx', `those that stand in and are gone without a word cost no GET${secure ? ' over TLS' : ''}`, async () => {
    const target = secure ? { signedBy: authority.pem, serverName: 'web.internal.example' } : {};
    const { web, nginx } = await updating({ target }, secure ? () => CERTIFICATE : undefined);
    nginx.standIn('web-next');
    await web.kill(3);
    await web.kill(4);
    expect(await answering(nginx, ['GET', 'OPTIONS'])).toEqual(OWN);
    resolve('web', OWN, []);
    await refreshed();
    expect(await answering(nginx, ['GET', 'OPTIONS'])).toEqual(OWN);
    expect((await nginx.send({ method: 'POST' })).status).toBe(503);
  });
}

testWith('nginx', 'a name server that answers late costs nothing while others stand in', async () => {
  const { nginx } = await updating();
  nginx.standIn('web-next');
  names.delay = 2000;
  // Those that waited for one answer all begin with its first address.
  expect(STAND_INS).toEqual(expect.arrayContaining(await answering(nginx)));
});

testWith('nginx', 'a visitor has no say in it', async () => {
  const { nginx } = await updating();
  for (const method of METHODS) {
    const { headers, body } = await nginx.send({ method, headers: { 'x-nginx-stand-ins': `127.0.0.1:${nginx.httpPort}` } });
    expect(OWN).toContain(headers['x-copy']);
    expect(Object.keys(JSON.parse(body).headers).filter((name) => name.startsWith('x-nginx'))).toEqual([]);
  }
});

testWith('nginx', 'while nobody stands in, nothing of it is in the log', async () => {
  const { nginx } = await updating();
  resolve('web', OWN, []);
  expect(await answering(nginx)).toEqual(OWN);
  await refreshed();
  expect(await answering(nginx)).toEqual(OWN);
  expect(nginx.log).not.toMatch(/could not be resolved|uninitialized/);
});
