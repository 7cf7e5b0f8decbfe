import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

/*
 * Requests to a proxy on this machine.
 */

export interface Sent {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly secure?: boolean;
  /** The visitor's own certificate, in PEM form. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** The visitor's address. */
  readonly from?: string;
  /** The host that the connection is opened for; by default that of the request. */
  readonly servername?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly milliseconds: number;
}

/** One request over a connection of its own. */
export function sendTo({ httpPort, httpsPort }: { httpPort: number; httpsPort: number }, sent: Sent = {}): Promise<Received> {
  const { method = 'GET', host = 'shop.acme.example', path = '/', headers = {}, body, secure = false, certificate = {}, servername = host, from } = sent;
  const started = Date.now();
  // Node sends the body of a DELETE without its length.
  const length = body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { host: '127.0.0.1', port: secure ? httpsPort : httpPort, method, path, headers: { host, ...length, ...headers }, agent: false, localAddress: from };
  return new Promise((resolve, reject) => {
    const request = secure
      ? httpsRequest({ ...options, ...certificate, servername, rejectUnauthorized: false })
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
