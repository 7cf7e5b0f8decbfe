import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';

/*
 * A visitor.
 */

export interface Sent {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly secure?: boolean;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly milliseconds: number;
}

/** One request over a connection of its own. */
export function sendTo({ httpPort, httpsPort }: { httpPort: number; httpsPort: number }, sent: Sent): Promise<Received> {
  const { method = 'GET', host = 'shop.acme.example', path = '/', headers = {}, body, secure = false } = sent;
  const started = Date.now();
  // Node sends the body of a DELETE without its length.
  const length = body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { host: '127.0.0.1', port: secure ? httpsPort : httpPort, method, path, headers: { host, ...length, ...headers }, agent: false };
  return new Promise((resolve, reject) => {
    const request = secure
      ? httpsRequest({ ...options, servername: host, rejectUnauthorized: false })
      : httpRequest(options);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({
        status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString(), milliseconds: Date.now() - started,
      }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A connection after the handshake of a WebSocket. */
export function upgraded(port: number, host = 'shop.acme.example'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(
      `GET /socket HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    ));
    socket.once('error', reject);
    socket.once('data', (head) => head.toString().startsWith('HTTP/1.1 101') ? resolve(socket) : reject(new Error(head.toString())));
  });
}

/** What comes back through such a connection. */
export function echoed(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => resolve(chunk.toString()));
    socket.once('close', () => reject(new Error('closed')));
    socket.write(text);
  });
}
