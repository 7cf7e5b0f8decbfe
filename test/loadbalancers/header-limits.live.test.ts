import { connect } from 'node:net';
import { BACKENDS } from './backends';
import { copiesOf, HOST } from './live';
import { testWith, type Tool } from '../support/tools';

/*
 * How large the headers of a request may be, behind every back end: much, and not as much as a visitor likes.
 */

/** Bytes of headers that a request may have, as docs/load-balancers.md says. */
const MOST: { [tool in Tool]?: number } = { caddy: 16 * 1024, haproxy: 15 * 1024, nginx: 31 * 1024, traefik: 1024 * 1024 };

/** The status of a request with a header of so many bytes; undefined where the connection is closed without one. */
function statusWith(port: number, bytes: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\nX-Large: ${'x'.repeat(bytes)}\r\n\r\n`));
    let answer = '';
    socket.on('data', (chunk) => { answer += chunk.toString(); }).on('error', () => undefined)
      .on('close', () => resolve(answer === '' ? undefined : Number(answer.split(' ')[1])));
  });
}

for (const [tool, start] of BACKENDS) {
  describe(tool, () => {
    testWith(tool, 'takes headers up to its limit, and refuses larger ones before a copy sees them', async () => {
      const web = await copiesOf('web', 1);
      web.behaviour = (_request, response) => response.end();
      const { httpPort } = await start({ routes: [{ to: { web: { port: web.port, copies: 1, health: '/healthz' } } }] }, undefined, 1);
      expect(await statusWith(httpPort, MOST[tool]! - 1024)).toBe(200);
      const seen = web.seen.length;
      expect([400, 431]).toContain(await statusWith(httpPort, MOST[tool]! + 64 * 1024));
      expect(web.seen.length).toBe(seen);
    });
  });
}
