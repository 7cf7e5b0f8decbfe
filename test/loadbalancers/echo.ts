import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { addressOf, freePort } from './running-caddy';

export interface Echo {
  readonly port: number;
  kill(copy: number): Promise<void>;
  stop(): Promise<void>;
}

/** Copies of a workload that speaks first, and says again in capitals what it hears until the visitor has said all. */
export async function startEcho(workload: string, count: number): Promise<Echo> {
  const port = await freePort();
  const [servers, sockets] = [new Map<number, Server>(), new Set<Socket>()];
  for (let copy = 1; copy <= count; copy++) {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      let heard = '';
      socket.write(`hello from ${copy}\n`);
      // An answer may take a while after the visitor has said all.
      socket.on('data', (chunk) => { heard += chunk; }).on('end', () => setTimeout(() => socket.end(heard.toUpperCase()), 300));
    });
    servers.set(copy, server);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, addressOf(workload, copy), resolve));
  }
  const kill = async (copy: number) => {
    await new Promise((resolve) => servers.get(copy)?.close(resolve) ?? resolve(undefined));
    servers.delete(copy);
  };
  return {
    port,
    kill,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([...servers.keys()].map(kill));
    },
  };
}

/** What a visitor hears who is greeted, says something and then nothing more. */
export function said(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = createConnection({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('error', reject).once('data', () => socket.end(text)).on('data', (chunk) => { heard += chunk; }).on('end', () => {
      socket.destroy();
      resolve(heard);
    });
  });
}
