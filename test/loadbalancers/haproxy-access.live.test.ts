import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Copies } from './copies';
import { forwardAuthContract } from './forward-auth';
import { copiesOf, haproxyWith, many } from './live';
import { addressOf, pause } from './running-caddy';
import { testWith } from '../support/tools';

/*
 * Another workload's word about requests, in the real HAProxy.
 */

/** Copies by the name server. */
const to = ({ workload, port }: Copies, copies = 1) => ({ [workload]: { port, copies, health: '/healthz' } });

forwardAuthContract({ program: 'haproxy', start: (short, secrets) => haproxyWith(short, { secrets }), to });

describe('the script that asks', () => {
  testWith('haproxy', 'tells no question in the access log', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    const haproxy = await haproxyWith({ routes: [{ asks: to(gate), to: to(web) }] });
    expect((await haproxy.send({ path: '/a?b' })).status).toBe(200);
    await pause(200);
    expect(haproxy.log.map(({ method, uri, status, destination }) => [method, uri, status, destination])).toEqual([['GET', '/a?b', 200, `shop.web:${web.port}`]]);
    expect(haproxy.messages).not.toMatch(/HTTPCLIENT|hlua/);
  });

  testWith('haproxy', 'puts values of the answer into the request in their order, and no header of its own', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    gate.behaviour = ({ headers }, response) => response.writeHead(headers['x-asked'] === undefined ? 200 : 500, { 'X-Group': ['ops', 'dev'] }).end();
    const haproxy = await haproxyWith({ routes: [{ asks: { gate: { ...to(gate).gate, copyHeaders: ['X-Group'] } }, to: to(web) }] });
    const { status, body } = await haproxy.send({ headers: { 'x-asked': 'ask:shop.web:1', 'x-group': 'root' } });
    expect([status, JSON.parse(body).headers['x-group']]).toEqual([200, 'ops, dev']);
  });

  testWith('haproxy', 'refuses a request whose body nobody reads', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    gate.behaviour = (_request, response) => response.writeHead(403).end('no '.repeat(10_000));
    const haproxy = await haproxyWith({ routes: [{ asks: to(gate), to: to(web) }] });
    const { status, body } = await haproxy.send({ method: 'POST', body: 'text '.repeat(20_000) });
    expect([status, body.length]).toEqual([403, 30_000]);
    expect(web.seen).toEqual([]);
  });

  testWith('haproxy', 'finds copies at new addresses, and asks those that are healthy', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 3)];
    gate.healthy = (copy) => copy !== 2;
    const haproxy = await haproxyWith({ routes: [{ asks: to(gate, 2), to: to(web) }] });
    const asked = async () => {
      gate.seen.length = 0;
      expect(new Set((await many(20, () => haproxy.send())).map(({ status }) => status))).toEqual(new Set([200]));
      return [...new Set(gate.seen.map(({ copy }) => copy))].sort();
    };
    expect(await asked()).toEqual([1]);
    haproxy.names.byName.set('gate', [addressOf('gate', 3)]);
    await pause(2500);
    expect(await asked()).toEqual([3]);
  });

  testWith('haproxy', 'asks another copy where one dies with the question, and gives up after ten seconds', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 2)];
    gate.behaviour = (request, response, copy) => copy === 1 ? request.socket.destroy() : response.end();
    const haproxy = await haproxyWith({ routes: [{ asks: to(gate, 2), to: to(web) }] });
    await haproxy.up(3);
    expect((await many(10, () => haproxy.send({ method: 'POST', body: 'text' }))).map(({ status }) => status)).toEqual(Array(10).fill(200));
    web.seen.length = 0;
    gate.behaviour = () => undefined;
    const { status, milliseconds } = await haproxy.send();
    expect([status, milliseconds >= 10_000, milliseconds < 13_000]).toEqual([504, true, true]);
    expect(web.seen).toEqual([]);
  });

  testWith('haproxy', 'is read again by a reload, and lets nobody in where it fails', async () => {
    const [web, gate] = [await copiesOf('web', 1), await copiesOf('gate', 1)];
    const haproxy = await haproxyWith({ routes: [{ to: to(web) }] });
    // The process before may take one more request.
    const becomes = async (status: number) => {
      for (let attempt = 0; attempt < 50 && (await haproxy.send()).status !== status; attempt++) await pause(50);
      expect((await haproxy.send()).status).toBe(status);
    };
    await becomes(200);
    gate.behaviour = (_request, response) => response.writeHead(403).end();
    const asking = { routes: [{ asks: to(gate), to: to(web) }] };
    await haproxy.reload(asking);
    await becomes(403);
    web.seen.length = 0;
    const script = join(haproxy.folder, 'forward-auth.lua');
    await haproxy.reload(asking, () => writeFileSync(script, readFileSync(script, 'utf8').replace('without_connection(txn', 'no_such_function(txn')));
    await becomes(503);
    expect(web.seen).toEqual([]);
  });
});
