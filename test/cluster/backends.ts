import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Api } from './api';
import type { KeyPair } from '../loadbalancers/visitors';

/*
 * Copies behind Services of a control plane that has no nodes: servers on this machine, and the EndpointSlices that lead to them.
 */

/** What a copy says it got. */
export interface Got {
  /** `SERVICE:PORT`, the Service and the name of its port. */
  readonly at: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

export class Backends {
  private readonly servers: (Server | Http2Server)[] = [];

  /** @param certificate of ports that end TLS themselves: those of which the Service knows nothing but TCP */
  public constructor(private readonly api: Api, private readonly namespace: string, private readonly certificate: KeyPair) {}

  /** Gives each port of a Service that selects pods a copy, which tells what it got as JSON. */
  public async serve({ metadata: { name }, spec: { ports } }: any): Promise<void> {
    const listening = await Promise.all(ports.map(async (port: any) => ({
      name: port.name, protocol: port.protocol ?? 'TCP', port: await this.listen(`${name}:${port.name}`, port.appProtocol),
    })));
    await this.api.create(`/apis/discovery.k8s.io/v1/namespaces/${this.namespace}/endpointslices`, {
      metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ownAddress()], conditions: { ready: true } }],
      ports: listening,
    });
  }

  public stop(): void {
    for (const server of this.servers) server.close();
  }

  private async listen(at: string, appProtocol: string): Promise<number> {
    const answer = (request: any, response: any) => {
      const got: Got = { at, path: request.url, headers: { ...request.headers } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(got));
    };
    const server = appProtocol === 'tcp' ? createHttpsServer(this.certificate, answer)
      : appProtocol === 'kubernetes.io/h2c' ? createHttp2Server(answer) : createHttpServer(answer);
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, ownAddress(), resolve));
    return (server.address() as AddressInfo).port;
  }
}

/** An address of this machine that may stand in an EndpointSlice, as that of the loopback may not. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses).find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this machine has no address but that of the loopback');
  return found.address;
}
