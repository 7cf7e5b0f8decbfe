import { BACKENDS, type Running } from './backends';
import type { Copies, TlsOf } from './copies';
import { copiesOf, copy, many } from './live';
import type { ShortRoute } from './models';
import type { Received } from './requests';
import { Authority } from './visitors';
import { echoed, upgraded } from './web-socket';
import { testWith } from '../support/tools';

/*
 * Copies that speak TLS, with the right certificate and with others, behind every back end.
 */

const authority = Authority.root('copies');
const RIGHT = authority.sign('/CN=web', { dns: ['web.internal.example'] });
const FOREIGN = Authority.root('foreign').sign('/CN=web', { dns: ['web.internal.example'] });
const OTHER_NAME = authority.sign('/CN=api', { dns: ['api.internal.example'] });
const ENDED = authority.sign('/CN=web', { dns: ['web.internal.example'], days: -1 });

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PURGE'];

for (const [tool, start] of BACKENDS) {
  describe(tool, () => {
    const behind = async (count: number, tls: TlsOf, up: number, more: Partial<ShortRoute> = {}): Promise<{ backend: Running; web: Copies }> => {
      const web = await copiesOf('web', count, undefined, tls);
      const to = { web: { port: web.port, copies: count, health: '/healthz', signedBy: authority.pem, serverName: 'web.internal.example' } };
      return { web, backend: await start({ routes: [{ to, ...more }] }, undefined, up) };
    };
    const send = (backend: Running, method: string): Promise<Received> => backend.send({ method, body: method === 'GET' ? undefined : 'text' });

    testWith(tool, 'meets copies over TLS, by their name, for every method and for WebSockets', async () => {
      const { backend } = await behind(2, () => RIGHT, 2);
      for (const method of METHODS) {
        const { status, body } = await send(backend, method);
        const got = JSON.parse(body);
        expect([method, status, got.method, got.servername, got.headers.host]).toEqual([method, 200, method, 'web.internal.example', 'shop.acme.example']);
        expect(got.body).toBe(method === 'GET' ? '' : 'text');
      }
      const socket = await upgraded(backend.httpPort);
      expect(await echoed(socket, 'over TLS')).toBe('over TLS');
      socket.destroy();
    });

    testWith(tool, 'keeps a time limit over TLS too', async () => {
      const { backend } = await behind(2, () => RIGHT, 2, { requestTimeoutSeconds: 20 });
      for (const method of METHODS) expect([method, (await send(backend, method)).status]).toEqual([method, 200]);
    });

    for (const [what, own] of [
      ['with a certificate of another authority', FOREIGN], ['with another name', OTHER_NAME], ['with a certificate that has ended', ENDED], ['without TLS', undefined],
    ] as const) {
      testWith(tool, `sends nothing to copies ${what}`, async () => {
        const { backend, web } = await behind(1, () => own, 0);
        // At once, as some wait for a copy.
        const results = await Promise.all(METHODS.map((method) => send(backend, method)));
        for (const { status } of results) expect(status).toBeGreaterThanOrEqual(500);
        expect(web.seen).toEqual([]);
      });
    }

    testWith(tool, 'leaves out one copy with a foreign certificate, and loses nothing by it', async () => {
      const { backend, web } = await behind(3, (number) => number === 2 ? FOREIGN : RIGHT, 2);
      for (const method of ['GET', 'POST', 'PUT']) {
        const results = await many(40, () => send(backend, method));
        expect(results.map(({ status }) => status)).toEqual(results.map(() => 200));
        expect([...new Set(results.map(copy))].sort()).toEqual(['1', '3']);
      }
      expect(web.seen.filter((one) => one.copy === 2)).toEqual([]);
    });

    if (tool !== 'nginx') {
      testWith(tool, 'asks copies for their health over TLS', async () => {
        const { backend, web } = await behind(2, () => RIGHT, 2);
        web.healthy = (number) => number === 1;
        await new Promise((resolve) => setTimeout(resolve, 4000));
        const results = await many(20, () => send(backend, 'GET'));
        expect([...new Set(results.map(copy))]).toEqual(['1']);
      });
    }
  });
}
