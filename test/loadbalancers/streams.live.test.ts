import { BACKENDS, type Running } from './backends';
import { said, startEcho } from './echo';
import { copiesOf, copy, haproxyWith, HOST, many, stopAfterwards } from './live';
import type { ShortLoadBalancer } from './models';
import type { Sent } from './requests';
import { freePort, pause } from './running-caddy';
import { Authority } from './visitors';
import { IssuerKind } from '../../src/model/certificate';
import { testWith } from '../support/tools';

/*
 * Connections that every back end but Caddy passes on as they are.
 */

const authority = Authority.root('acme');
const OWN = authority.sign('/CN=edge', { dns: [HOST, 'www.acme.example'] });
const OF_COPIES = authority.sign('/CN=copies', { dns: ['*.acme.example'] });
const SECRETS = { 'own-certificate': OWN.cert, 'own-key': OWN.key };
const SECURE = { issuers: { own: { kind: IssuerKind.FILES } }, hosts: { [HOST]: 'own' } };
const VISITOR = '127.0.0.9';

const ABLE = BACKENDS.filter(([tool]) => tool !== 'caddy').map(([tool, start]) => [tool === 'nginx' ? 'nginx stream' : tool, start] as const);

for (const [tool, start] of ABLE) {
  describe(tool, () => {
    /** Two workloads by their server names, one of them for all names below another, and one over HTTPS. */
    const shop = async (more: Partial<ShortLoadBalancer> = {}): Promise<Running> => {
      const [web, api, ledger] = [await copiesOf('web', 2), await copiesOf('api', 2, undefined, () => OF_COPIES), await copiesOf('ledger', 2, undefined, () => OF_COPIES)];
      return started({
        ...SECURE,
        routes: [{ to: { web: { port: web.port, health: '/healthz' } } }],
        tls: { 'api.acme.example': { api: { port: api.port, health: 'tcp' } }, '*.acme.example': { ledger: { port: ledger.port, health: 'tcp' } } },
        ...more,
      }, 6);
    };
    const started = async (short: ShortLoadBalancer, up: number): Promise<Running> => {
      const running = await start(short, SECRETS, up);
      // Traefik and nginx do not tell whom they know.
      if (tool !== 'haproxy') await pause(1500);
      return running;
    };
    const asked = async (running: Running, host: string, more: Sent = {}): Promise<any> => {
      const { status, body } = await running.send({ host, secure: true, from: VISITOR, ...more });
      return { status, ...body.startsWith('{') ? JSON.parse(body) : { body } };
    };

    testWith(tool, 'passes TLS on by the server name, and ends that of other hosts, whose visitors stay known', async () => {
      const edge = await shop();
      const passed = await asked(edge, 'api.acme.example');
      expect([passed.status, passed.servername, passed.headers['x-forwarded-for']]).toEqual([200, 'api.acme.example', undefined]);
      const ended = await asked(edge, HOST);
      expect([ended.status, ended.servername, ended.headers['x-forwarded-for'], ended.headers['x-forwarded-proto']]).toEqual([200, undefined, VISITOR, 'https']);
    });

    testWith(tool, 'gives a wildcard all names but those that somebody else has', async () => {
      const edge = await shop();
      for (const [host, servername] of [['other.acme.example', 'other.acme.example'], ['a.b.acme.example', 'a.b.acme.example'], [HOST, undefined]] as const) {
        expect([host, (await asked(edge, host)).servername]).toEqual([host, servername]);
      }
    });

    testWith(tool, 'does not mind the case of a server name', async () => {
      expect((await asked(await shop(), 'api.acme.example', { servername: 'API.acme.example' })).status).toBe(200);
    });

    testWith(tool, 'closes what nobody is there for', async () => {
      const api = await copiesOf('api', 1, undefined, () => OF_COPIES);
      const edge = await started({ tls: { 'api.acme.example': { api: { port: api.port, copies: 1, health: 'tcp' } } } }, 1);
      expect((await asked(edge, 'api.acme.example')).status).toBe(200);
      await expect(asked(edge, 'foreign.acme.example')).rejects.toThrow();
    });

    testWith(tool, 'spreads connections over copies', async () => {
      const edge = await shop();
      const results = await many(40, () => edge.send({ host: 'api.acme.example', secure: true }));
      expect([...new Set(results.map(copy))].sort()).toEqual(['1', '2']);
    });

    testWith(tool, 'passes all that comes to a port on, both ways, also what is said first by the copy, and half an end', async () => {
      const [port, echo] = [await freePort(), await startEcho('ledger', 2)];
      stopAfterwards(() => echo.stop());
      await started({ tcp: { [port]: { ledger: { port: echo.port, health: 'tcp' } } } }, 2);
      expect(await said(port, 'one')).toMatch(/^hello from [12]\nONE$/);
    });

    testWith(tool, 'has another copy where one is dead', async () => {
      const [port, echo] = [await freePort(), await startEcho('ledger', 3)];
      stopAfterwards(() => echo.stop());
      await started({ tcp: { [port]: { ledger: { port: echo.port, copies: 3, health: 'tcp' } } } }, 3);
      await echo.kill(2);
      const answersOf = (count: number) => Promise.all(Array.from({ length: count }, () => said(port, 'one').catch(() => '')));
      // It has to find it out.
      for (let attempt = 0; tool === 'traefik' && attempt < 20 && (await answersOf(6)).includes(''); attempt++) await pause(500);
      const answers = await answersOf(60);
      expect([...new Set(answers)].sort()).toEqual(['hello from 1\nONE', 'hello from 3\nONE']);
    });
  });
}

describe('a reload', () => {
  testWith('haproxy', 'costs no connection, though its copies are asked anew', async () => {
    const [port, echo] = [await freePort(), await startEcho('ledger', 2)];
    stopAfterwards(() => echo.stop());
    const short = { tcp: { [port]: { ledger: { port: echo.port, health: 'tcp' } } } };
    const haproxy = await haproxyWith(short);
    await haproxy.up(2);
    const answers: Promise<string>[] = [];
    const visitors = setInterval(() => answers.push(said(port, 'one').catch(String)), 20);
    await haproxy.reload(short);
    await pause(1500);
    clearInterval(visitors);
    expect((await Promise.all(answers)).filter((answer) => !answer.endsWith('ONE'))).toEqual([]);
    expect(answers.length).toBeGreaterThan(20);
  });

  testWith('haproxy', 'keeps TLS ended behind the port that passes TLS on', async () => {
    const api = await copiesOf('api', 1, undefined, () => OF_COPIES);
    const web = await copiesOf('web', 1);
    const short = {
      ...SECURE,
      routes: [{ to: { web: { port: web.port, copies: 1, health: '/healthz' } } }],
      tls: { 'api.acme.example': { api: { port: api.port, copies: 1, health: 'tcp' } } },
    };
    const haproxy = await haproxyWith(short, { secrets: SECRETS });
    await haproxy.up(2);
    for (let load = 0; load < 3; load++) {
      await haproxy.reload(short);
      for (const host of [HOST, 'api.acme.example']) {
        const { status, body } = await haproxy.send({ host, secure: true, from: VISITOR });
        expect([host, status, JSON.parse(body).headers['x-forwarded-for']]).toEqual([host, 200, host === HOST ? VISITOR : undefined]);
      }
    }
    expect(haproxy.log.filter(({ host }) => host === HOST).every(({ client }) => client === VISITOR)).toBe(true);
    // Passed-on connections are told when they end, and those whose TLS is ended by their requests alone.
    expect(haproxy.log.filter(({ destination }) => destination === 'https')).toEqual([]);
  });
});
