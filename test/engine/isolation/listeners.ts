/** An application as generated, each of its containers with a listener on many ports instead of its program. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { docker, execIn, HTTPS_PORT, HTTP_PORT, REACH_IMAGE, run, waitUntil } from '../engine';

export interface Listener {
  readonly id: string;
  /** `web-2`: its service, and which of its containers. */
  readonly name: string;
  readonly service: string;
  readonly addresses: readonly string[];
}

/** A port that is published on the host. */
export interface Published {
  readonly service: string;
  /** `tcp:18080`, as visitors ask for it. */
  readonly port: string;
  /** `tcp:80`, in the container. */
  readonly inside: string;
}

/** Where proxies between workloads listen besides, and all others: by these a name tells whom it leads to. */
export const PROXY_MARK = 'tcp:7778';
export const OTHERS_MARK = 'tcp:7779';

export class Listeners {
  public readonly published: Published[] = [];
  private readonly file: string;
  private readonly copies: number;

  /**
   * @param target which engine command runs it
   * @param name of the project or stack
   * @param text the file that was generated
   * @param ports where each container listens
   * @param proxies the services that are proxies between workloads
   */
  public constructor(private readonly target: 'compose' | 'swarm', private readonly name: string, text: string, ports: readonly string[], proxies: readonly string[]) {
    const document = parse(text, { merge: true });
    delete document.secrets;
    delete document.configs;
    delete document.volumes;
    for (const [service, body] of Object.entries<any>(document.services)) {
      // One-shot services have no network to speak of; twins are in the networks of those they follow.
      if (service.endsWith('-volumes') || body.profiles !== undefined) delete document.services[service];
      else document.services[service] = this.listening(service, body, [...ports, proxies.includes(service) ? PROXY_MARK : OTHERS_MARK]);
    }
    this.copies = Object.values<any>(document.services).reduce((sum, { deploy }) => sum + (deploy?.replicas ?? 1), 0);
    this.file = join(mkdtempSync(join(tmpdir(), 'cdk8s-ha-isolation-')), 'file.yml');
    writeFileSync(this.file, stringify(document));
  }

  public async start(): Promise<void> {
    await this.remove();
    if (this.target === 'compose') await docker(['compose', '--file', this.file, 'up', '--detach'], { timeout: 300_000 });
    else await docker(['stack', 'deploy', '--resolve-image', 'never', '--compose-file', this.file, this.name], { timeout: 300_000 });
    await waitUntil(async () => (await this.ids()).length === this.copies, 240_000, `${this.copies} containers of ${this.name}`);
  }

  public async containers(): Promise<Listener[]> {
    const label = this.target === 'compose' ? 'com.docker.compose.service' : 'com.docker.swarm.service.name';
    const ids = (await this.ids()).sort();
    const services = (await docker(['inspect', '-f', `{{index .Config.Labels "${label}"}}`, ...ids])).stdout.trim().split('\n');
    const counts = new Map<string, number>();
    const found: Listener[] = [];
    for (const [i, id] of ids.entries()) {
      const service = services[i].replace(this.target === 'swarm' ? `${this.name}_` : '', '');
      counts.set(service, (counts.get(service) ?? 0) + 1);
      const { stdout } = await waitUntil(() => execIn(id, ['reach', 'addresses']), 20_000, `${service} to run`);
      found.push({ id, service, name: `${service}-${counts.get(service)}`, addresses: stdout.split('\n').filter((address) => address !== '') });
    }
    return found.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Subnets of its networks in which the host has no address. */
  public async closedSubnets(): Promise<string[]> {
    const networks = (await docker(['network', 'ls', '--quiet', '--filter', this.label()])).stdout.trim().split('\n');
    const all = JSON.parse((await docker(['network', 'inspect', ...networks])).stdout) as any[];
    return all.filter(({ Internal, Driver }) => Internal || Driver === 'overlay').flatMap(({ IPAM }) => IPAM.Config.map(({ Subnet }: any) => Subnet));
  }

  public async remove(): Promise<void> {
    if (this.target === 'compose') {
      await docker(['compose', '--file', this.file, 'down', '--timeout', '2', '--remove-orphans'], { timeout: 300_000 });
      return;
    }
    await docker(['stack', 'rm', this.name], { mayFail: true });
    const left = (...kind: string[]) => docker([...kind, '--quiet', '--filter', this.label()]).then(({ stdout }) => stdout.trim());
    await waitUntil(async () => await left('container', 'ls', '--all') === '' && await left('network', 'ls') === '', 120_000, 'the stack is gone');
  }

  private listening(service: string, body: any, listen: readonly string[]): any {
    const { networks, external_links, ports = [], hostname, init, user, read_only, cap_drop, cap_add, security_opt, network_mode, deploy } = body;
    const moved = ports.map((port: any) => this.elsewhere(service, port));
    return {
      image: REACH_IMAGE,
      command: ['listen', ...listen],
      networks,
      external_links,
      ports: moved.length > 0 ? moved : undefined,
      hostname,
      init,
      user,
      read_only,
      cap_drop,
      cap_add,
      security_opt,
      network_mode,
      deploy: { ...deploy, placement: undefined, resources: undefined, update_config: undefined, rollback_config: undefined },
    };
  }

  /** Published where this machine's tests publish. */
  private elsewhere(service: string, port: any): any {
    const places: { [port: string]: number } = { 80: HTTP_PORT, 443: HTTPS_PORT };
    if (typeof port === 'string') {
      const [, address = '', outside, inside, transport = 'tcp'] = /^(.*:)?(\d+):(\d+)(?:\/(\w+))?$/.exec(port)!;
      const published = places[outside] ?? Number(outside);
      this.published.push({ service, port: `${transport}:${published}`, inside: `${transport}:${inside}` });
      return `${address}${published}:${inside}/${transport}`;
    }
    const published = places[port.published] ?? Number(port.published);
    const transport = port.protocol ?? 'tcp';
    this.published.push({ service, port: `${transport}:${published}`, inside: `${transport}:${port.target}` });
    return { ...port, published };
  }

  private async ids(): Promise<string[]> {
    const { stdout } = await run('docker', ['ps', '--quiet', '--filter', this.label(), '--filter', 'status=running']);
    return stdout.split('\n').filter((id) => id !== '');
  }

  private label(): string {
    return this.target === 'compose' ? `label=com.docker.compose.project=${this.name}` : `label=com.docker.stack.namespace=${this.name}`;
  }
}
