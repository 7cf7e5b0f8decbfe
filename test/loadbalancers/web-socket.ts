import { connect, type Socket } from 'node:net';
import { HOST } from './live';

/*
 * As much of a WebSocket as a proxy looks at.
 */

/** A connection after the handshake. */
export function upgraded(port: number, host = HOST): Promise<Socket> {
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
    let back = '';
    // It may come in parts.
    const take = (chunk: Buffer) => {
      back += chunk.toString();
      if (back.length < text.length) return;
      socket.off('data', take);
      resolve(back);
    };
    socket.on('data', take).once('close', () => reject(new Error('closed')));
    socket.write(text);
  });
}
