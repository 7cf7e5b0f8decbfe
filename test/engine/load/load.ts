/** Proves that something loses no request: a constant load beside it, and what became of each request. */

import { ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOAD_CLIENT, LOAD_IMAGE, Place } from '../engine';
import { LoadReport } from './report';

export * from './report';

export type Protocol = 'http/1.1' | 'h2' | 'h2c';

/** Requests a second. */
export const DEFAULT_RATE = 500;

export interface LoadOptions {
  /** Its host is the Host header and the name that TLS asks for. */
  readonly url: string;
  /** `host:port` to connect to, whatever the host of the URL is. */
  readonly connect?: string;
  /** PEM of the authority to trust. @default - certificates are not verified */
  readonly ca?: string;
  /** Each on new and on reused connections, in equal shares. @default - HTTP/1.1, and HTTP/2 for https */
  readonly protocols?: readonly Protocol[];
  /** Where the load comes from. @default - this machine, as visitors do */
  readonly from?: Place;

  /** Requests a second, whatever becomes of them. @default 500 */
  readonly rate?: number;
  /** How many of them are POSTs. @default 0.2 */
  readonly postShare?: number;
  /** Milliseconds until a request counts as failed. @default 10000 */
  readonly timeout?: number;
  /** Requests to send in any case. @default 0 */
  readonly minimum?: number;
  /** Milliseconds of load before the disruption. @default 1000 */
  readonly warmUp?: number;
  /** Milliseconds of load after it. @default 3000 */
  readonly settle?: number;

  /** `GET /slow`, so many always under way; those that began are waited for. @default - none */
  readonly slow?: { readonly count: number; readonly milliseconds: number };
  /** Always open, with an echo a second at `/ws`. A planned close (1001, 1012) may be allowed. @default - none */
  readonly webSockets?: { readonly count: number; readonly allowPlannedClose?: boolean };
  /** POSTs of 10 MiB to `/sink`, spread over 2 s, so many always under way. @default 0 */
  readonly uploads?: number;
  /** Unary calls a second over HTTP/2. @default - none */
  readonly grpc?: { readonly rate: number; readonly url?: string };

  /**
   * Folder or volume that every copy has as its EXECUTED_DIR: only with it is known what was done twice or never.
   * From this machine it is a folder.
   */
  readonly executed?: string;
  /** Show a line a second. @default false */
  readonly progress?: boolean;
}

/** Runs a disruption under load. The report has every request, from the warm-up to the last answer. */
export async function underLoad(options: LoadOptions, disruption: () => Promise<unknown>): Promise<LoadReport> {
  const client = new LoadClient(options);
  try {
    await client.runFor(options.warmUp ?? 1_000);
    await disruption();
    await client.runFor(options.settle ?? 3_000);
  } catch (error) {
    client.kill();
    throw error;
  }
  return client.stop();
}

class LoadClient {
  private readonly child: ChildProcess;
  private readonly ended: Promise<LoadReport>;

  public constructor(options: LoadOptions) {
    const [program, ...args] = commandFor(options);
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', options.progress ? 'inherit' : 'pipe'] });
    const output = { stdout: '', stderr: '' };
    this.child.stdout!.on('data', chunk => { output.stdout += chunk; });
    this.child.stderr?.on('data', chunk => { output.stderr += chunk; });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', code => code === 0
        ? resolve(JSON.parse(output.stdout) as LoadReport)
        : reject(new Error(`the load client ended with ${code}: ${output.stderr}`)));
    });
    // Awaited later; until then a failure is none of the process's.
    this.ended.catch(() => {});
  }

  /** Waits, unless the client fails. */
  public async runFor(milliseconds: number): Promise<void> {
    await Promise.race([sleep(milliseconds), this.ended]);
  }

  public stop(): Promise<LoadReport> {
    this.child.stdin!.end();
    return this.ended;
  }

  /** In a container it outlives `docker run`, and ends because its input does. */
  public kill(): void {
    this.child.kill('SIGKILL');
  }
}

function commandFor(options: LoadOptions): string[] {
  const { from, executed } = options;
  if (from === undefined) {
    return [LOAD_CLIENT, ...argumentsFor(options, executed)];
  }
  const network = 'network' in from ? from.network : `container:${from.container}`;
  const volume = executed === undefined ? [] : ['--volume', `${executed}:/executed:ro`];
  return [
    'docker', 'run', '--rm', '--interactive', '--network', network, ...volume, LOAD_IMAGE,
    ...argumentsFor(options, executed && '/executed'),
  ];
}

function argumentsFor(options: LoadOptions, executed: string | undefined): string[] {
  const { slow, webSockets, grpc } = options;
  const flags: Record<string, string | number | boolean | undefined> = {
    'url': options.url,
    'connect': options.connect,
    'ca': options.ca,
    'insecure': options.ca === undefined,
    'protocols': options.protocols?.join(','),
    'rate': options.rate ?? DEFAULT_RATE,
    'post-share': options.postShare,
    'timeout': inMilliseconds(options.timeout),
    'minimum': options.minimum,
    'slow': slow?.count,
    'slow-time': inMilliseconds(slow?.milliseconds),
    'websockets': webSockets?.count,
    'allow-planned-close': webSockets?.allowPlannedClose,
    'uploads': options.uploads,
    'grpc-rate': grpc?.rate,
    'grpc-url': grpc?.url,
    'executed': executed,
    'progress': options.progress,
  };
  return Object.entries(flags).flatMap(([name, value]) => value === undefined ? [] : [`-${name}=${value}`]);
}

function inMilliseconds(time: number | undefined): string | undefined {
  return time === undefined ? undefined : `${time}ms`;
}
