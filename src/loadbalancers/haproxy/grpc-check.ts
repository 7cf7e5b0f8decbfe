/*
 * A question to the gRPC health service as the bytes of HTTP/2 (RFC 9113), since HAProxy itself can ask over HTTP only, where it
 * does not see the message.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */

const SETTINGS = 0x4;
const HEADERS = 0x1;
const DATA = 0x0;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;

/**
 * A connection's first bytes and the call of `Check` for the whole server, in hexadecimal digits.
 *
 * @internal
 */
export function grpcQuestion(authority: string, overTls = false): string {
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(SETTINGS, 0, 0, Buffer.alloc(0)),
    frame(HEADERS, END_HEADERS, 1, headers(authority, overTls)),
    frame(DATA, END_STREAM, 1, message(Buffer.alloc(0))),
  ]).toString('hex');
}

/**
 * The answer `SERVING`, in hexadecimal digits: field 1 of the message is 1.
 *
 * @internal
 */
export function grpcServing(): string {
  return message(Buffer.from([0x08, 0x01])).toString('hex');
}

/** Numbers are those of the static table of HPACK: RFC 7541, appendix A. */
function headers(authority: string, overTls: boolean): Buffer {
  return Buffer.concat([
    // `:method: POST`, `:scheme: http` or `https`
    Buffer.from([0x83, overTls ? 0x87 : 0x86]),
    // `:path`
    Buffer.from([0x04]), text('/grpc.health.v1.Health/Check'),
    // `:authority`
    Buffer.from([0x01]), text(authority),
    // `content-type` is 31, and 15 fit into the first byte.
    Buffer.from([0x0f, 0x10]), text('application/grpc'),
    Buffer.from([0x00]), text('te'), text('trailers'),
  ]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A message of gRPC: not compressed, its length, itself. */
function message(payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** A text of HPACK below 127 bytes. */
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
