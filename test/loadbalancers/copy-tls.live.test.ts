import type { ClientHttp2Session } from 'node:http2';
import { BACKENDS, type Running } from './backends';
import { startStreamingCopy, type Copies, type TlsOf } from './copies';
import { called, grpcVisitor, sentThereAndBack } from './grpc-visitor';
import { copiesOf, copy, LOCAL, many, stopAfterwards } from './live';
import type { ShortRoute, ShortTarget } from './models';
import type { Received } from './requests';
import { Authority } from './visitors';
import { echoed, upgraded } from './web-socket';
import { Protocol } from '../../src/model/port';
import { testWith } from '../support/tools';

/*
 * Copies that speak TLS, with the right certificate and with others, behind every back end.
 */

const authority = Authority.root('copies');
const RIGHT = authority.sign('/CN=web', { dns: ['web.internal.example'] });
const FOREIGN = Authority.root('foreign').sign('/CN=web', { dns: ['web.internal.example'] });
const OTHER_NAME = authority.sign('/CN=api', { dns: ['api.internal.example'] });
const ENDED = authority.sign('/CN=web', { dns: ['web.internal.example'], days: -1 });

/** The question for a gRPC server's health, and its answer. */
/** What a copy answers, but to calls that it sends back piece by piece. */
const READY = new Map([
  ['/grpc.health.v1.Health/Check', Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01])],
  ['/healthz', Buffer.from('well')],
  ['/ledger.Ledger/Read', Buffer.from('message')],
]);

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

    describe('gRPC', () => {
      const ledgers = async (own: TlsOf, count: number, up: number, more: Partial<ShortTarget> = {}): Promise<Running> => {
        let port = 0;
        for (let number = 1; number <= count; number++) {
          const ledger = await startStreamingCopy('ledger', (path) => READY.get(path), { copy: number, port, tls: own(number) });
          stopAfterwards(ledger.stop);
          port = ledger.port;
        }
        const to = { ledger: { port, protocol: Protocol.GRPCS, copies: count, signedBy: authority.pem, serverName: 'web.internal.example', ...more } };
        // Caddy speaks HTTP/2 with visitors over TLS alone.
        return start({ ...tool === 'caddy' ? LOCAL : {}, routes: [{ to }] }, undefined, up);
      };
      const originOf = ({ httpPort, httpsPort }: Running) => tool === 'caddy' ? `https://127.0.0.1:${httpsPort}` : `http://127.0.0.1:${httpPort}`;
      const calling = (running: Running) => grpcVisitor(originOf(running));
      const answered = (client: ClientHttp2Session) => new Promise<{ status: unknown; body: string }>((resolve) => {
        const stream = called(client, 'Read');
        let [status, body]: [unknown, string] = [undefined, ''];
        stream.on('error', () => undefined).on('response', (headers) => { status = headers[':status']; })
          .on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('close', () => resolve({ status, body })).end('message');
      });

      testWith(tool, 'goes both ways at once over TLS', async () => {
        expect(await sentThereAndBack(originOf(await ledgers(() => RIGHT, 2, 2)), ['one', 'two', 'three'])).toEqual({ back: ['one', 'two', 'three'], grpcStatus: '0' });
      });

      for (const [what, own] of [['of another authority', FOREIGN], ['with another name', OTHER_NAME], ['that has ended', ENDED], ['that is not there', undefined]] as const) {
        testWith(tool, `sends nothing to copies with a certificate ${what}`, async () => {
          const client = calling(await ledgers(() => own, 1, 0));
          expect((await answered(client)).body).not.toBe('message');
          client.destroy();
        });
      }

      // Caddy asks no copy of gRPC for its health: it finds out by a call, which it does not repeat.
      testWith(tool, `leaves out one copy with a foreign certificate, which costs ${tool === 'caddy' ? 'a call' : 'nothing'}`, async () => {
        const client = calling(await ledgers((number) => number === 2 ? FOREIGN : RIGHT, 3, 2, { health: '/healthz' }));
        // It takes each copy for well until it has asked it.
        if (tool === 'traefik') await new Promise((resolve) => setTimeout(resolve, 4000));
        const answers: { body: string }[] = [];
        for (let call = 0; call < 20; call++) answers.push(await answered(client));
        client.destroy();
        expect(answers.filter(({ body }) => body !== 'message').length).toBeLessThanOrEqual(tool === 'caddy' ? 2 : 0);
      });

      if (tool === 'haproxy') {
        testWith(tool, 'asks copies for their health over TLS by its own protocol', async () => {
          const client = calling(await ledgers(() => RIGHT, 2, 2, { health: 'grpc' }));
          expect(await answered(client)).toEqual({ status: 200, body: 'message' });
          client.destroy();
        });
      }
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
