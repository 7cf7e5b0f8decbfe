/** What can happen to an application that is deployed, and what it may cost. */

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST, Release } from './deployment';
import { docker, execIn, httpFrom, waitUntil } from './engine';
import { affordableRate } from './load/affordable';
import { DEFAULT_RATE, LoadOptions, LoadReport, underLoad } from './load/load';
import { WHOLE } from './record';

/** An application under load. */
export interface UnderLoad {
  /** Where copies put what they have executed. */
  readonly executed: string;
  /** `host:port` where visitors arrive. */
  entrance(): Promise<string>;
}

export interface Disruption<T extends UnderLoad = Deployment> {
  readonly name: string;
  /** What happens. */
  readonly run: (deployment: T) => Promise<unknown>;
  /** What must be there before the load begins. */
  readonly prepare?: (deployment: T) => Promise<unknown>;
  /** Most that may be lost; anything that was sent to a copy that dies may be, and none may be done twice. */
  readonly may?: Losses | ((deployment: T) => Losses);
  /** Fewest seconds of load, where what is lost is a share of it. @default - as long as it takes */
  readonly seconds?: number;
  /** Whether WebSockets of `web` end, with a word of farewell: its copies are replaced. @default false */
  readonly replacesWeb?: boolean;
  /** What is asked for. @default '/' */
  readonly path?: string;
}

export interface Losses {
  readonly get?: number;
  readonly post?: number;
  /** POSTs that a dead copy has, up to so many, where answers take so long that more than `post` are on their way. @default - `post` */
  readonly postsOnTheirWay?: number;
  /** Slow requests, uploads and WebSockets. */
  readonly long?: number;
  /** Milliseconds of what comes over HTTP/1.1 or on new connections; where one of 100 answers took longer at that time, as long. */
  readonly newOrHttp1?: number;
  readonly slowShare?: number;
  readonly perTenThousand?: number;
}

/** HTTP/1.1 is half of all requests, and half of the others come on new connections. */
const NEW_OR_HTTP1_SHARE = 0.75;
const POST_SHARE = 0.2;

/**
 * Milliseconds. A client that starts a request so much too late had no processor, nor had what it asks: how long answers took is then the
 * machine's doing.
 */
const STARVED = 100;

/** Each request has `web` call `api`. */
export const CALLS = '/call?url=http://api:8080/';
/** Each has it call `quotes`, over gRPC. */
const GRPC_CALLS = '/call-grpc?url=http://quotes:8080';

/**
 * When Caddy tells the server of the configuration before to stop, Go's server drops what it has accepted and not read yet: as much as
 * comes in while a request is on its way. What comes over HTTP/2 on a connection that is kept is told so, and goes elsewhere.
 */
const RELOAD = { newOrHttp1: 60 };

/**
 * Before copies stop, load balancers of Compose send them nothing any more. Those of Swarm are not told: there a copy that stops resets
 * connections that it has not accepted yet, and a POST in one of them must not be sent again.
 */
const REPLACED = ({ target }: Deployment): Losses => target === 'swarm' ? { post: 2 } : {};

const RELOADED = (deployment: Deployment): Losses => ({ ...REPLACED(deployment), ...RELOAD });

/** nginx can spare all copies of a service, for which others stand in, and not some of them. */
const FEWER = (deployment: Deployment): Losses => ({ ...RELOADED(deployment), ...deployment.backendName === 'nginx' ? { post: 2 } : {} });

/** All three slow requests, the upload and the four WebSockets may be with the copies that die. */
export const WITH_COPIES: Losses = { post: 3, postsOnTheirWay: 10, long: 8 };

/** What was deployed in the end. */
const LATEST: Release = { web: '2', settings: 'two', api: '2' };

/** Each leaves behind what the next one finds. */
export const DEPLOYMENTS: readonly Disruption[] = [
  { name: 'deploy a new image', run: (one) => one.deploy({ web: '2' }), may: REPLACED, replacesWeb: true },
  { name: 'deploy a new file', run: (one) => one.deploy({ web: '2', settings: 'two' }), may: REPLACED, replacesWeb: true },
  { name: 'deploy the callee', run: (one) => one.deploy(LATEST), path: CALLS },
  { name: '3 to 5 copies', run: (one) => one.deploy({ ...LATEST, copies: 5 }), may: RELOADED },
  { name: '5 to 2 copies', run: (one) => one.deploy({ ...LATEST, copies: 2 }), may: FEWER, replacesWeb: true },
  { name: 'add a service and a route', run: (one) => one.deploy({ ...LATEST, copies: 2, admin: true }), may: RELOADED },
  { name: 'remove them', run: (one) => one.deploy({ ...LATEST, copies: 2 }), may: RELOADED },
  { name: 'a version that never gets healthy', run: (one) => fails(one, { ...LATEST, web: 'bad', copies: 2 }) },
  { name: 'a version that crashes', run: (one) => fails(one, { ...LATEST, web: 'crash', copies: 2 }) },
  { name: 'a release step that fails', run: (one) => fails(one, { ...LATEST, web: '1', copies: 2, step: ['false'] }) },
  { name: 'rollback', run: (one) => one.run(one.synth(), ['rollback']), may: RELOADED, replacesWeb: true },
  { name: 'rotate a secret', run: rotate, may: RELOADED, replacesWeb: true },
];

/** Compose alone: Swarm goes on by itself when its script is killed. */
export const interruptions = (kills: number): Disruption =>
  ({ name: `deploy, killed ${kills} times`, run: (one) => interrupt(one, kills), may: RELOADED, replacesWeb: true });

export const FAILURES: readonly Disruption[] = [
  { name: 'two copies killed', run: (one) => killCopies(one), may: WITH_COPIES, replacesWeb: true },
  { name: 'a copy hangs', run: (one) => hang(one), may: { ...WITH_COPIES, slowShare: 0.001 }, replacesWeb: true },
];

/** Compose alone, where a proxy stands between the two. */
export const CALLEE_FAILURES: readonly Disruption[] = [
  { name: 'a copy of the callee killed', run: (one) => killCopies(one, 'api', 1), may: WITH_COPIES, path: CALLS },
  // It goes on taking POSTs until its proxy's next check, and web's own callers wait for them meanwhile.
  { name: 'a copy of the callee hangs', run: (one) => hang(one, 'api'), may: { ...WITH_COPIES, post: 6, slowShare: 0.003 }, path: CALLS },
];

/** With a service more than the others have, so it comes last. */
export const GRPC_CALLEE: Disruption = {
  name: 'deploy the callee that speaks gRPC',
  prepare: (one) => one.deploy({ ...LATEST, quotes: '1' }),
  run: (one) => one.deploy({ ...LATEST, quotes: '2' }),
  path: GRPC_CALLS,
};

/** Compose alone: on Swarm a service is in the network before or in the one that follows. Comes after the one above, whose services it has. */
export const OTHER_NETWORKS: Disruption = {
  name: 'other addresses for all networks',
  run: (one) => one.deploy({ ...LATEST, quotes: '2', addressPool: '10.128.0.0/10' }),
  may: RELOADED,
  replacesWeb: true,
};

/** Compose alone, where the load balancer is one container. What arrives while nothing runs is lost; nothing may be done twice. */
export const LOAD_BALANCER: readonly Disruption[] = [
  { name: 'the load balancer killed', run: killLoadBalancer, seconds: 20, may: { perTenThousand: 150 }, replacesWeb: true },
  { name: 'every container killed at once', run: killEverything, may: { perTenThousand: 10_000 }, replacesWeb: true },
];

/** Runs a disruption under load and fails where more is lost than it may cost. */
export async function endure<T extends UnderLoad>(
  deployment: T, { run, prepare, seconds = 0, may: allowed = {}, replacesWeb = false, path = '/' }: Disruption<T>, options: Partial<LoadOptions> = {},
): Promise<LoadReport> {
  await prepare?.(deployment);
  const may = typeof allowed === 'function' ? allowed(deployment) : allowed;
  const visitors = { url: `https://${HOST}${path}`, connect: await deployment.entrance(), ...options };
  // The proof itself knows no slow machine.
  const rate = WHOLE ? DEFAULT_RATE : await affordableRate(deployment, visitors);
  if (rate < DEFAULT_RATE) process.stdout.write(`${rate} requests a second are what this machine carries\n`);
  const report = await underLoad({
    rate,
    minimum: seconds * rate,
    // What web calls is not written down.
    executed: path === '/' ? deployment.executed : undefined,
    webSockets: { count: 4, allowPlannedClose: replacesWeb },
    slow: { count: 3, milliseconds: 5_000 },
    uploads: 1,
    ...visitors,
  }, () => run(deployment));
  const lost = (of: (words: string[]) => boolean) => Object.entries(report.kinds)
    .filter(([kind]) => of(kind.split(' '))).reduce((sum, [, { failed }]) => sum + failed, 0);
  // Slow requests, uploads and WebSockets too.
  const isNewOrHttp1 = (words: string[]) => !words.includes('reused') || words.includes('h1');
  const lostOf = (method: string) => lost((words) => words[0] === method && (may.newOrHttp1 === undefined || !isNewOrHttp1(words)));
  const lostLong = lost(([kind]) => ['slow', 'upload', 'websocket'].includes(kind));
  const mostNewOrHttp1 = may.newOrHttp1 === undefined ? Infinity
    : Math.ceil(rate * NEW_OR_HTTP1_SHARE * Math.max(may.newOrHttp1, report.p99) / 1_000);
  const onTheirWay = WHOLE ? 0 : Math.min(may.postsOnTheirWay ?? 0, Math.ceil(rate * POST_SHARE * report.p99 / 1_000));
  const mostPosts = Math.max(may.post ?? 0, onTheirWay);
  // As many wait for a copy that hangs at any rate: by least connections, what comes after them goes to others.
  const mostSlow = (may.slowShare ?? Infinity) * report.sent * DEFAULT_RATE / rate;
  const isJudged = WHOLE || report.latestStart < STARVED;
  if (may.slowShare !== undefined && !isJudged) {
    process.stdout.write(`slow answers are not judged: the machine had no time for the client itself for ${report.latestStart.toFixed(0)} ms\n`);
  }
  const tooMany = [
    ...lost(isNewOrHttp1) > mostNewOrHttp1 ? [`${lost(isNewOrHttp1)} over HTTP/1.1 or on new connections, of at most ${mostNewOrHttp1}`] : [],
    ...may.perTenThousand === undefined && lostOf('GET') > (may.get ?? 0) ? [`${lostOf('GET')} GET`] : [],
    ...may.perTenThousand === undefined && lostOf('POST') > mostPosts ? [`${lostOf('POST')} POST, of at most ${mostPosts}`] : [],
    ...may.perTenThousand === undefined && may.newOrHttp1 === undefined && lostLong > (may.long ?? 0) ? [`${lostLong} slow requests, uploads or WebSockets`] : [],
    ...may.perTenThousand === undefined && may.newOrHttp1 === undefined && may.post === undefined && report.failed > 0 ? [`${report.failed} of all kinds`] : [],
    ...may.perTenThousand !== undefined && report.failed * 10_000 > may.perTenThousand * report.sent ? [`${report.failed} of all kinds`] : [],
    ...isJudged && report.slowerThan1s > mostSlow ? [`${report.slowerThan1s} slow, of at most ${mostSlow.toFixed(1)}`] : [],
    ...report.doneTwice > 0 ? [`${report.doneTwice} done twice`] : [],
    ...report.neverDone > 0 ? [`${report.neverDone} answered and never done`] : [],
  ];
  if (report.failed > 0) process.stdout.write(`lost: ${JSON.stringify(report.failures)}\n`);
  if (tooMany.length > 0) {
    throw new Error(`of ${report.sent} requests were lost: ${tooMany.join(', ')}\n${JSON.stringify(report.failures, undefined, 1)}`);
  }
  return report;
}

async function fails(deployment: Deployment, release: Release): Promise<void> {
  const { code, stderr } = await deployment.run(deployment.synth(release), [], { mayFail: true });
  if (code === 0) throw new Error(`the deployment was to fail, and did not:\n${stderr}`);
}

async function rotate(deployment: Deployment): Promise<void> {
  const script = deployment.synth({ secretVersion: '2' });
  await deployment.run(script, ['secrets', 'set', 'token'], { input: 'second' });
  await deployment.run(script);
  const [copy] = await deployment.copies('web');
  const { stdout } = await execIn(copy, ['cat', '/run/secrets/token']);
  if (stdout !== 'second') throw new Error(`the secret is still '${stdout}'`);
}

/** At moments that differ from run to run, each release another; synthesized again in between. */
async function interrupt(deployment: Deployment, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    const script = deployment.synth({ web: String(kill % 2 + 1) });
    const child = spawn(script, { env: { ...process.env, ...deployment.environment }, stdio: 'ignore', detached: true });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await sleep(500 + Math.random() * 14_000);
    try {
      // With and without the programs that it has started.
      process.kill(kill % 3 === 0 ? child.pid! : -child.pid!, 'SIGKILL');
    } catch {
      // It had ended.
    }
    await ended;
  }
  await deployment.deploy({ web: '2' });
}

async function killCopies(deployment: Deployment, service = 'web', count = 2): Promise<void> {
  for (const copy of (await deployment.copies(service)).slice(0, count)) {
    await execIn(copy, ['sh', '-c', 'kill -9 -1'], { mayFail: true });
    await sleep(4_000);
  }
  await allReady(deployment, service);
}

async function hang(deployment: Deployment, service = 'web'): Promise<void> {
  const [copy] = await deployment.copies(service);
  // Swarm leaves what it has stopped as it is, and starts another.
  const started = () => docker(['inspect', '-f', '{{.State.Running}} {{.State.StartedAt}}', copy], { mayFail: true }).then(({ stdout }) => stdout);
  const before = await started();
  await httpFrom({ container: copy }, 'http://localhost:8080/hang');
  await waitUntil(async () => await started() !== before, 20_000, 'the copy that hangs to be started again');
  await allReady(deployment, service);
}

async function killLoadBalancer(deployment: Deployment): Promise<void> {
  const [edge] = await deployment.copies('edge');
  // One that dies within seconds of its start is another case: its engine waits before it starts it again.
  await sleep(6_000);
  // As the kernel does when memory is short: the program dies, not its container.
  const program = 'for p in /proc/[0-9]*; do case $(cat $p/comm) in caddy | haproxy | nginx | traefik) kill -9 ${p#/proc/}; esac; done';
  await execIn(edge, ['sh', '-c', program], { mayFail: true });
  await sleep(10_000);
  await allReady(deployment, 'edge');
}

/** As a host that loses its power: nothing starts in an order. */
async function killEverything(deployment: Deployment): Promise<void> {
  const { stdout } = await docker(['ps', '-q', '--filter', `name=^${deployment.name}[-_]`]);
  const { stdout: first } = await docker(['inspect', '-f', '{{.State.Pid}}', ...stdout.trim().split('\n')]);
  for (const pid of first.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  await waitUntil(async () => (await deployment.copies('edge')).length > 0, 120_000, 'a load balancer');
  for (const service of ['api', 'web', 'edge']) await allReady(deployment, service);
}

async function allReady(deployment: Deployment, service: string): Promise<void> {
  await waitUntil(async () => {
    const copies = await deployment.copies(service);
    const { stdout } = await docker(['inspect', '-f', '{{.State.Health.Status}}', ...copies], { mayFail: true });
    return copies.length > 0 && stdout.trim().split('\n').every((status) => status === 'healthy');
  }, 40_000, `all copies of ${service}`);
}
