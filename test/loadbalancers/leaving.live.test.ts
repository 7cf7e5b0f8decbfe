import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caddyWith, copiesOf, haproxyWith, HOST, LOCAL, stopAfterwards } from './live';
import { loadBalancer, NAMED } from './models';
import { AT_ADDRESSES, pause } from './running-caddy';
import { RunningNginx } from './running-nginx';
import { RunningTraefik } from './running-traefik';
import { echoed, upgraded } from './web-socket';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { testWith } from '../support/tools';

/*
 * A proxy that is about to stop, while others serve: it has visitors open new connections, with an answer and not in the middle of a
 * request.
 */

describe('over HTTP/1.1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaving-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  testWith('caddy', 'Caddy does so as soon as it is told that it leaves', async () => {
    const leavingFile = join(folder, 'leaving');
    const caddy = await caddyWhichLeaves(leavingFile);
    const send = keptConnection(caddy.httpsPort, true);
    expect([await send(), await send()]).toEqual(['200 keep-alive', '200 keep-alive']);
    writeFileSync(leavingFile, '');
    expect(await send()).toBe('200 close');
  });

  testWith('haproxy', 'HAProxy does so when it is told to stop, and stops then', async () => {
    const web = await copiesOf('web', 1);
    const haproxy = await haproxyWhichLeaves(web.port);
    const send = keptConnection(haproxy.httpPort);
    expect(await send()).toBe('200 keep-alive');
    const stopped = haproxy.stop('SIGUSR1');
    await pause(500);
    expect(await send('POST')).toBe('200 close');
    await stopped;
  });

  testWith('nginx', 'nginx does so when it is told to stop', async () => {
    const web = await copiesOf('web', 1);
    const nginx = await RunningNginx.start({ routes: [{ to: { web: { port: web.port, copies: 1, stateful: true } } }] });
    const send = keptConnection(nginx.httpPort);
    expect(await send()).toBe('200 keep-alive');
    const stopped = nginx.stop('SIGQUIT');
    await pause(500);
    expect(await send('POST')).toBe('200 close');
    await stopped;
  });

  testWith('traefik', 'Traefik cannot be told, and keeps no connection longer than two thirds of that time', async () => {
    const web = await copiesOf('web', 1);
    const traefik = await traefikWhichLeaves(web.port, 3);
    const send = keptConnection(traefik.httpPort);
    expect([await send(), await send()]).toEqual(['200 keep-alive', '200 keep-alive']);
    await pause(2_100);
    expect([await send('POST'), await send()]).toEqual(['200 close', '200 keep-alive']);
  });
});

describe('over HTTP/2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaving-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  testWith('caddy', 'Caddy does so as soon as it is told that it leaves', async () => {
    const leavingFile = join(folder, 'leaving');
    const caddy = await caddyWhichLeaves(leavingFile);
    const session = connectHttp2(`https://127.0.0.1:${caddy.httpsPort}`, { rejectUnauthorized: false, servername: HOST });
    const left = leaving(session);
    expect([await ask(session), await ask(session)]).toEqual([200, 200]);
    writeFileSync(leavingFile, '');
    expect(await ask(session)).toBe(200);
    await left;
  });

  testWith('haproxy', 'HAProxy does so when it is told to stop, and ends what it has', async () => {
    const web = await copiesOf('web', 1);
    web.behaviour = (_request, response) => setTimeout(() => response.end(), 300);
    const haproxy = await haproxyWhichLeaves(web.port);
    const session = connectHttp2(`http://127.0.0.1:${haproxy.httpPort}`);
    const left = leaving(session);
    const answer = ask(session);
    await pause(100);
    const stopped = haproxy.stop('SIGUSR1');
    await left;
    expect(await answer).toBe(200);
    await stopped;
  });
});

describe('a WebSocket', () => {
  testWith('caddy', 'ends with Caddy, and its visitor is told that it goes away', async () => {
    const web = await copiesOf('web', 1);
    const caddy = await caddyWith({ routes: [{ to: { web: { port: web.port, copies: 1 } } }] }, { ...AT_ADDRESSES, leavingSeconds: 30 });
    const socket = await upgraded(caddy.httpPort);
    expect(await echoed(socket, 'still there')).toContain('still there');
    const heard = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    await caddy.stop('SIGTERM');
    // A frame that closes, with 1001.
    expect((await heard).toString('hex')).toBe('880203e9');
    socket.destroy();
  });

  testWith('traefik', 'is kept by Traefik, however old its connection is', async () => {
    const web = await copiesOf('web', 1);
    const traefik = await traefikWhichLeaves(web.port, 1);
    const socket = await upgraded(traefik.httpPort);
    await pause(1_500);
    expect(await echoed(socket, 'still there')).toContain('still there');
    socket.destroy();
  });
});

async function caddyWhichLeaves(leavingFile: string) {
  const web = await copiesOf('web', 1);
  rmSync(leavingFile, { force: true });
  return caddyWith({ ...LOCAL, leavingFile, routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
}

async function haproxyWhichLeaves(port: number) {
  const haproxy = await haproxyWith({ routes: [{ to: { web: { port, copies: 1 } } }] }, { traits: { ...NAMED, leavingSeconds: 30 } });
  await haproxy.up(1);
  return haproxy;
}

async function traefikWhichLeaves(port: number, leavingSeconds: number): Promise<RunningTraefik> {
  const traits = { ...AT_ADDRESSES, leavingSeconds };
  const model = loadBalancer({ routes: [{ to: { web: { port, copies: 1 } } }] });
  const traefik = await RunningTraefik.start(LoadBalancerBackend.traefik().lower(model, traits));
  stopAfterwards(() => traefik.stop());
  return traefik;
}

/** Sends over one connection, as long as it is kept: gives the status, and what becomes of the connection. */
function keptConnection(port: number, secure = false): (method?: string) => Promise<string> {
  const one = { keepAlive: true, maxSockets: 1 };
  const agent = secure ? new SecureAgent({ ...one, rejectUnauthorized: false, servername: HOST }) : new Agent(one);
  stopAfterwards(async () => agent.destroy());
  return (method = 'GET') => new Promise((resolve, reject) => {
    (secure ? httpsRequest : httpRequest)({ host: '127.0.0.1', port, agent, method, headers: { host: HOST } }, (response) => {
      response.resume().on('end', () => resolve(`${response.statusCode} ${response.headers.connection ?? 'keep-alive'}`));
    }).on('error', reject).end();
  });
}

function ask(session: ClientHttp2Session): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/', ':authority': HOST });
    stream.on('response', (headers) => stream.resume().on('end', () => resolve(headers[':status']))).on('error', reject);
  });
}

/** The visitor is told so; one that hears it opens no more requests on this connection. */
const leaving = (session: ClientHttp2Session): Promise<void> => new Promise((resolve) => {
  session.on('goaway', () => resolve());
});
