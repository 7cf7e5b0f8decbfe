import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caddyWith, copiesOf, HOST, LOCAL } from './live';
import type { RunningCaddy } from './running-caddy';
import { testWith } from '../support/tools';

/*
 * A Caddy that is about to stop, while others serve.
 */

describe('a proxy that is about to stop has visitors open new connections', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaving-'));
  const leavingFile = join(folder, 'leaving');
  const serve = async () => {
    const web = await copiesOf('web', 1);
    rmSync(leavingFile, { force: true });
    return caddyWith({ ...LOCAL, leavingFile, routes: [{ to: { web: { port: web.port, copies: 1 } } }] });
  };

  afterAll(() => rmSync(folder, { recursive: true }));

  testWith('caddy', 'over HTTP/1.1, with an answer and not in the middle of a request', async () => {
    const caddy = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, servername: HOST });
    const send = () => sendOver(agent, caddy);
    expect([await send(), await send()]).toEqual(['200 keep-alive', '200 keep-alive']);
    writeFileSync(leavingFile, '');
    expect(await send()).toBe('200 close');
    agent.destroy();
  });

  testWith('caddy', 'over HTTP/2', async () => {
    const caddy = await serve();
    const session = connectHttp2(`https://127.0.0.1:${caddy.httpsPort}`, { rejectUnauthorized: false, servername: HOST });
    let leaves = false;
    session.on('goaway', () => { leaves = true; });
    const closed = new Promise((resolve) => session.on('close', resolve));
    const send = () => new Promise((resolve, reject) => {
      const stream = session.request({ ':path': '/', ':authority': HOST });
      stream.on('response', (headers) => stream.resume().on('end', () => resolve(headers[':status']))).on('error', reject);
    });
    expect([await send(), await send(), leaves]).toEqual([200, 200, false]);
    writeFileSync(leavingFile, '');
    expect(await send()).toBe(200);
    await closed;
    expect(leaves).toBe(true);
  });
});

/** Status, and what becomes of the connection. */
function sendOver(agent: Agent, { httpsPort }: RunningCaddy): Promise<string> {
  return new Promise((resolve, reject) => {
    httpsRequest({ host: '127.0.0.1', port: httpsPort, agent, headers: { host: HOST } }, (response) => {
      response.resume().on('end', () => resolve(`${response.statusCode} ${response.headers.connection ?? 'keep-alive'}`));
    }).on('error', reject).end();
  });
}
