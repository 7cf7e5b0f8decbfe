import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as NetServer, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { addressOf, freePort } from './running-caddy';
import type { KeyPair } from './visitors';

/*
 * Small copies of workloads for a proxy to meet.
 */

export interface Seen {
  readonly copy: number;
  readonly method: string;
  readonly path: string;
}

type Behaviour = (request: IncomingMessage, response: ServerResponse, copy: number) => void;

/** The certificate of a copy; none: without TLS. */
export type TlsOf = (copy: number) => KeyPair | undefined;

type Health = (copy: number) => boolean;

/** Answers with the number of the copy and what it was asked. */
export const ECHO: Behaviour = (request, response, copy) => {
  const { servername } = request.socket as Partial<TLSSocket>;
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => response.setHeader('x-copy', String(copy)).end(JSON.stringify({
    copy, servername, method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString(),
  })));
};

export class Copies {
  /** Starts copies 1 to `count` of a workload on one port. */
  static async start(workload: string, count: number, port?: number, tls?: TlsOf): Promise<Copies> {
    const copies = new Copies(workload, port ?? await freePort(), tls);
    for (let copy = 1; copy <= count; copy++) await copies.startCopy(copy);
    return copies;
  }

  readonly seen: Seen[] = [];
  /** What a copy does; a test may change it. */
  behaviour: Behaviour = ECHO;
  /** Whether a copy answers its health check; a test may change it. */
  healthy: Health;
  private readonly servers = new Map<number, Server>();
  private readonly sockets = new Map<number, Set<Socket>>();

  private constructor(readonly workload: string, readonly port: number, private readonly tls?: TlsOf) {
    this.healthy = () => true;
  }

  startCopy(copy: number): Promise<void> {
    const server = this.server(copy, (request, response) => {
      if (request.url === '/healthz') {
        response.writeHead(this.healthy(copy) ? 200 : 503).end();
        return;
      }
      this.seen.push({ copy, method: request.method!, path: request.url! });
      this.behaviour(request, response, copy);
    });
    server.on('upgrade', (request, socket) => {
      // An echo with the handshake of a WebSocket; what follows is of no interest to a proxy.
      this.seen.push({ copy, method: 'UPGRADE', path: request.url! });
      const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      socket.pipe(socket);
      socket.on('error', () => undefined);
    });
    this.servers.set(copy, server);
    return listen(server, this.port, addressOf(this.workload, copy), this.socketsOf(copy));
  }

  private server(copy: number, listener: RequestListener): Server {
    const own = this.tls?.(copy);
    // What is too large is the proxy's to say.
    const maxHeaderSize = 4 * 1024 * 1024;
    return own === undefined ? createServer({ maxHeaderSize }, listener) : createHttpsServer({ ...own, maxHeaderSize }, listener);
  }

  /** Connections are cut and new ones refused, as of a copy that was killed. */
  async kill(copy: number): Promise<void> {
    const server = this.servers.get(copy);
    this.servers.delete(copy);
    for (const socket of this.socketsOf(copy)) socket.destroy();
    await new Promise((resolve) => server === undefined ? resolve(undefined) : server.close(resolve));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.keys()].map((copy) => this.kill(copy)));
  }

  private socketsOf(copy: number): Set<Socket> {
    const sockets = this.sockets.get(copy) ?? new Set();
    this.sockets.set(copy, sockets);
    return sockets;
  }
}

/** A server of HTTP/2, over TLS where it has a certificate, that sends back each piece of a request as it comes, as a gRPC stream would, or a ready answer. */
export async function startStreamingCopy(
  workload: string, answer: (path: string) => Buffer | undefined = () => undefined,
  { copy = 1, port = 0, tls }: { copy?: number; port?: number; tls?: KeyPair } = {},
): Promise<{ port: number; stop(): Promise<void> }> {
  port ||= await freePort();
  const server = tls === undefined ? createHttp2Server() : createSecureServer(tls);
  const sockets = new Set<Socket>();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': headers['content-type'] ?? 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    const ready = answer(headers[':path']!);
    if (ready === undefined) stream.pipe(stream);
    else stream.end(ready);
  });
  await listen(server as unknown as NetServer, port, addressOf(workload, copy), sockets);
  return {
    port,
    stop: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      (server as unknown as NetServer).close(() => resolve());
    }),
  };
}

function listen(server: NetServer, port: number, address: string, sockets: Set<Socket>): Promise<void> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
}
