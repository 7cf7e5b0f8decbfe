import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { HOST } from './live';

/*
 * A visitor that speaks gRPC with a proxy on this machine.
 */

/** `https://127.0.0.1:8443`, or without TLS. */
export const grpcVisitor = (origin: string): ClientHttp2Session => connect(origin, { servername: HOST, rejectUnauthorized: false });

export const called = (visitor: ClientHttp2Session, method: string): ClientHttp2Stream => visitor.request(
  { ':method': 'POST', ':path': `/ledger.Ledger/${method}`, ':authority': HOST, 'content-type': 'application/grpc', 'te': 'trailers' });

/** One stream: sends each piece when the one before has come back; tells what came, and how it ended. */
export async function sentThereAndBack(origin: string, pieces: string[]): Promise<{ back: string[]; grpcStatus: unknown }> {
  const visitor = grpcVisitor(origin);
  const stream = called(visitor, 'Follow');
  const trailers = new Promise<any>((resolve) => stream.once('trailers', resolve));
  const back: string[] = [];
  for (const piece of pieces) {
    const next = new Promise<string>((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    stream.write(piece);
    back.push(await next);
  }
  stream.end();
  const { 'grpc-status': grpcStatus } = await trailers;
  visitor.destroy();
  return { back, grpcStatus };
}
