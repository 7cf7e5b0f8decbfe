import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * A name server that gives the same addresses for every name, or those of all copies for the name of a service, as the
 * engine's does (RFC 1035). Without addresses there is no such name. Some ask over TCP.
 */
export class NameServer {
  static start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(new NameServer(socket))));
  }

  /** Addresses of names that are not in `byName`. */
  addresses: string[] = [];
  readonly byName = new Map<string, string[]>();
  /** Milliseconds before an answer. */
  delay = 0;

  private isStopped = false;

  private readonly overTcp = createServer((connection) => connection.on('error', () => undefined).once('data', (query) => {
    const answer = this.answer(query.subarray(2));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(answer.length);
    connection.end(Buffer.concat([length, answer]));
  }));

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, from) => setTimeout(() => this.isStopped || socket.send(this.answer(query), from.port, from.address), this.delay));
    this.overTcp.on('error', () => undefined).listen(this.port, '127.0.0.1');
  }

  get port(): number {
    return this.socket.address().port;
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.overTcp.close();
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private answer(query: Buffer): Buffer {
    let end = 12;
    const labels: string[] = [];
    for (; query[end] !== 0; end += query[end] + 1) labels.push(query.toString('latin1', end + 1, end + 1 + query[end]));
    const question = query.subarray(12, end + 5);
    const known = this.byName.get(labels.join('.')) ?? this.addresses;
    const addresses = question.readUInt16BE(question.length - 4) === 1 ? known : [];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(known.length > 0 ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(addresses.length, 6);
    head.writeUInt16BE(0, 10);
    const records = addresses.map((address) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]));
    return Buffer.concat([head, question, ...records]);
  }
}
