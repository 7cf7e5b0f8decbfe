import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane';
import { findTool } from '../support/tools';

/** The name that Traefik goes by in a GatewayClass. */
export const CONTROLLER = 'traefik.io/gateway-controller';

/** The real Traefik, which reads Gateways and routes of a control plane and serves them on this machine. */
export class RunningGateway {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  private readonly process: ChildProcess;
  private output = '';

  public constructor(plane: ControlPlane, public readonly httpPort: number, public readonly httpsPort: number) {
    this.process = spawn(findTool('traefik')![0], [
      '--providers.kubernetesgateway=true', '--providers.kubernetesgateway.statusaddress.ip=198.51.100.7',
      `--entrypoints.web.address=127.0.0.1:${httpPort}`, `--entrypoints.websecure.address=127.0.0.1:${httpsPort}`,
      '--log.level=INFO', '--log.nocolor=true',
    ], { env: { PATH: process.env.PATH, HOME: this.folder, KUBECONFIG: plane.kubeconfig() }, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', (chunk) => { this.output += chunk; });
  }

  public get log(): string {
    return this.output;
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
