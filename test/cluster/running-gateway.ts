import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type ControlPlane } from './control-plane';
import { findTool } from '../support/tools';

/** What says that Gateways of this class are Traefik's. */
export const TRAEFIK_CLASS = {
  apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass', metadata: { name: 'traefik' }, spec: { controllerName: 'traefik.io/gateway-controller' },
};

export interface EntryPoints {
  readonly address: string;
  readonly httpPort: number;
  readonly httpsPort: number;
}

/** The real Traefik, which reads Gateways and routes of a control plane and serves them on this machine. */
export class RunningGateway {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  private readonly process: ChildProcess;
  private output = '';

  public constructor(private readonly plane: ControlPlane, { address, httpPort, httpsPort }: EntryPoints) {
    this.process = spawn(findTool('traefik')![0], [
      '--providers.kubernetesgateway=true', '--providers.kubernetesgateway.statusaddress.ip=198.51.100.7',
      `--entrypoints.web.address=${address}:${httpPort}`, `--entrypoints.websecure.address=${address}:${httpsPort}`,
      '--log.level=INFO', '--log.nocolor=true',
    ], { env: { PATH: process.env.PATH, HOME: this.folder, KUBECONFIG: plane.kubeconfig() }, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', (chunk) => { this.output += chunk; });
  }

  /** Waits until it says of every Gateway that it serves it. */
  public async programmed(): Promise<void> {
    await eventually(() => `Traefik to serve its Gateways\n${this.output}`, async () => {
      const { items } = await this.plane.api.get('/apis/gateway.networking.k8s.io/v1/gateways');
      return items.length > 0 && items.every(({ status }: any) =>
        (status?.conditions ?? []).some(({ type, status: is }: any) => type === 'Programmed' && is === 'True'));
    }, 60);
  }

  public async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
