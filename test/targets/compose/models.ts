import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Chart, Testing, type App } from 'cdk8s';
import { Construct } from 'constructs';
import { Answer } from '../../../src/model/answer';
import type { ChartModel, SharedVolumeModel } from '../../../src/model/app-model';
import { IssuerKind, KeyType, type IssuerModel } from '../../../src/model/certificate';
import { HealthCheck } from '../../../src/model/health-check';
import type { LoadBalancerModel, RouteModel } from '../../../src/model/load-balancer';
import type { ILoadBalancerBackend } from '../../../src/model/load-balancer-backend';
import { LoadBalancing } from '../../../src/model/load-balancing';
import type { LinkModel, NetworkModel } from '../../../src/model/network';
import { Port } from '../../../src/model/port';
import type { SecretModel } from '../../../src/model/secret';
import { Security } from '../../../src/model/security';
import { Volume } from '../../../src/model/volume';
import {
  PeerKind, WorkloadKind, type ConnectionModel, type ContainerModel, type FileModel, type PeerModel, type WorkloadModel,
} from '../../../src/model/workload';
import {
  LinkSlot, LoadBalancerSlot, NetworkSlot, SecretSlot, SharedVolumeSlot, WorkloadSlot,
} from '../../../src/targets/slots';
import type { OutputFile, Target } from '../../../src/targets/target';
import { readYaml } from '../../support/yaml-documents';

/*
 * Models made by hand, so that a test of a target says what it renders and nothing about constructs.
 */

export const CHART = 'shop';

export function container(name: string, more: Partial<ContainerModel> = {}): ContainerModel {
  return {
    name,
    image: 'localhost/cdk8s-ha/shop:1',
    environment: {},
    secretEnvironment: {},
    secrets: [],
    ports: [],
    files: [],
    volumes: [],
    resources: { cpuMillis: 100, memoryMebibytes: 256, memoryLimitMebibytes: 256 },
    security: Security.restricted(),
    user: 10001,
    group: 10001,
    healthCheckPort: more.ports?.[0]?.number,
    ...more,
  };
}

export function workload(name: string, more: Partial<WorkloadModel> = {}): WorkloadModel {
  return {
    path: `${CHART}/${name}`,
    chart: CHART,
    name,
    kind: WorkloadKind.SERVICE,
    replicas: 2,
    targetCpuPercent: 70,
    scaleOn: [],
    container: container(name, { ports: more.ports }),
    sidecars: [],
    init: [],
    releaseSteps: [],
    ports: [],
    publishedPorts: [],
    attachments: [],
    callers: [],
    callees: [],
    egress: [],
    initProcess: true,
    drainSeconds: 30,
    maxSurge: '1',
    maxUnavailable: '0',
    labels: {},
    annotations: {},
    imagePullSecrets: [],
    hosts: [],
    ...more,
  };
}

export function network(name: string, members: string[], more: Partial<NetworkModel> = {}): NetworkModel {
  return { path: `${CHART}/${name}`, chart: CHART, name, connectedOnly: false, encrypted: false, members, ports: [], egress: [], ...more };
}

export const peer = (name: string, kind: PeerKind = PeerKind.WORKLOAD, of: string = CHART): PeerModel => ({ kind, chart: of, name });

export const connection = (from: PeerModel, to: PeerModel, ports: Port[], startAfter = false): ConnectionModel =>
  ({ from, to, ports, startAfter, direct: false });

export const link = (of: ConnectionModel, covered = false): LinkModel => ({ name: `${of.from.name}-to-${of.to.name}`, connection: of, covered });

export const attach = (to: NetworkModel, address?: string, aliases: string[] = []) => ({ network: to, address, aliases });

export const secret = (name: string): SecretModel =>
  ({ path: `${CHART}/${name}`, chart: CHART, name, file: `/run/secrets/${name}`, secretName: name, key: 'value' });

export const file = (path: string, content: string): FileModel =>
  ({ path, content, hash: createHash('sha256').update(content).digest('hex').slice(0, 8) });

export const sharedVolume = (name: string, more: Partial<SharedVolumeModel> = {}): SharedVolumeModel =>
  ({ path: `${CHART}/${name}`, chart: CHART, name, sizeMebibytes: 1024, ...more });

export function issuer(name: string, kind: IssuerKind, more: Partial<IssuerModel> = {}): IssuerModel {
  return { path: `${CHART}/${name}`, chart: CHART, name, kind, keyType: KeyType.ECDSA_P256, trusted: true, ...more };
}

/** A back end that writes its routes and names down, so that a test needs no real one. */
export const NOTING_BACKEND: ILoadBalancerBackend = {
  name: 'noting',
  answerBalancing: () => Answer.native('notes it down'),
  lower: ({ routes }, traits) => ({
    image: 'localhost/cdk8s-ha/caddy:2',
    configurationFolder: '/etc/noting',
    configuration: {
      'routes.conf': routes.map(({ host, targets }) => `${host} ${targets.map(({ peer: to, copies, stateful }) =>
        [...traits.copyNames(to.chart, to.name, copies, stateful), traits.allCopiesName(to.chart, to.name)].join(' ')).join(' ')}\n`).join(''),
    },
    reloadCommand: ['noting', 'reload'],
    ports: [Port.http('http', 8080), Port.tcp('https', 8443), Port.udp('http3', 8443)],
    volumes: [Volume.persistent('/data'), Volume.scratch('/run/noting')],
    security: Security.restricted({ bindLowPorts: true }),
    user: 1000,
    healthCheck: HealthCheck.command(['noting', 'healthy']),
  }),
};

export function loadBalancer(name: string, more: Partial<LoadBalancerModel> = {}): LoadBalancerModel {
  return {
    path: `${CHART}/${name}`,
    chart: CHART,
    name,
    backend: NOTING_BACKEND,
    balancing: LoadBalancing.leastConnections(),
    hosts: [],
    routes: [],
    redirects: [],
    streams: [],
    httpPort: 80,
    httpsPort: 443,
    trustedProxies: [],
    retryIdempotent: false,
    accessLog: true,
    drainSeconds: 30,
    ...more,
  };
}

export function route(host: string, to: PeerModel, copies: number, stateful = false): RouteModel {
  return {
    host,
    path: '/',
    headers: {},
    methods: [],
    targets: [{ peer: to, port: Port.http('http', 8080), weight: 1, copies, stateful }],
    access: [],
    redirectHttp: true,
    hstsSeconds: 0,
  };
}

export function chart(more: Partial<ChartModel> = {}): ChartModel {
  return {
    path: CHART,
    name: CHART,
    workloads: [],
    networks: [],
    links: [],
    cutLinks: [],
    loadBalancers: [],
    issuers: [],
    secrets: [],
    sharedVolumes: [],
    externalServices: [],
    pods: [],
    ...more,
  };
}

/** What the constructs do: a construct for each model, bound to a target. */
export class Bound {
  public readonly root: App = Testing.app();
  private readonly constructs = new Map<string, Construct>();

  public constructor(private readonly target: Target, private readonly charts: ChartModel[]) {
    for (const model of charts) this.bind(model, new Chart(this.root, model.name));
  }

  /** A construct by path. */
  public at(path: string): Construct {
    return this.constructs.get(path)!;
  }

  public files(): OutputFile[] {
    const app = { charts: this.charts };
    this.target.validate(app);
    return this.target.files({ app, root: this.root, rendered: [{ target: this.target, app }], findings: [] });
  }

  public text(path: string): string {
    const found = this.files().find((candidate) => candidate.path === path);
    if (found === undefined) throw new Error(`no file ${path}: there are ${this.files().map((candidate) => candidate.path).join(', ')}`);
    return found.text;
  }

  private bind(model: ChartModel, in_: Chart): void {
    this.constructs.set(in_.node.path, in_);
    this.target.bindChart(in_);
    const at = (name: string) => {
      const known = this.constructs.get(`${model.name}/${name}`) ?? new Construct(in_, name);
      this.constructs.set(known.node.path, known);
      return known;
    };
    const produced = (value: any) => ({ produce: () => value });
    for (const one of model.secrets) this.target.bindSecret(new SecretSlot(at(one.name), in_, one.name, one));
    for (const one of model.sharedVolumes) this.target.bindSharedVolume(new SharedVolumeSlot(at(one.name), in_, one.name, one));
    for (const one of model.networks) this.target.bindNetwork(new NetworkSlot(at(one.name), in_, one.name, { layer2: one.layer2 }, produced(one)));
    for (const one of model.workloads) {
      this.target.bindWorkload(new WorkloadSlot(at(one.name), in_, one.name, {
        kind: one.kind,
        replicas: one.replicas,
        maxReplicas: one.maxReplicas,
        ports: one.ports,
        publishedPorts: one.publishedPorts,
        volumes: one.container.volumes,
        hasFiles: one.container.files.length > 0,
        files: one.container.files.map(({ path }) => path),
      }, produced(one)));
    }
    for (const one of model.loadBalancers) this.target.bindLoadBalancer(new LoadBalancerSlot(at(one.name), in_, one.name, produced(one)));
    for (const one of model.links) {
      const { from, to, startAfter } = one.connection;
      this.target.bindLink(new LinkSlot(at(from.name), in_, one.name, at(to.name), startAfter, produced(one)));
    }
  }
}

/** A small shop with one of everything. */
export function shop(): ChartModel {
  const password = secret('db-password');
  const apiKey = secret('api-key');
  const backend = network('backend', ['db', 'web'], { subnet: '10.7.0.0/24' });
  const webToDb = connection(peer('web'), peer('db'), [Port.tcp('main', 5432)], true);
  const mailerToWeb = connection(peer('mailer'), peer('web'), [Port.http('http', 8080)]);
  const edgeToWeb = connection(peer('edge', PeerKind.LOAD_BALANCER), peer('web'), [Port.http('http', 8080)]);
  const certificates = issuer('certificates', IssuerKind.FILES, { certificate: secret('tls-certificate'), privateKey: secret('tls-key') });

  const db = workload('db', {
    kind: WorkloadKind.STATEFUL,
    replicas: 2,
    ports: [Port.tcp('main', 5432)],
    attachments: [attach(backend)],
    callers: [webToDb],
    container: container('db', {
      image: 'localhost/cdk8s-ha/postgres:17',
      environment: { PGDATA: '/var/lib/postgresql/data/pgdata', POSTGRES_PASSWORD_FILE: password.file, POSTGRES_USER: 'postgres' },
      secrets: [password],
      volumes: [Volume.persistent('/var/lib/postgresql/data'), Volume.scratch('/var/run/postgresql')],
      user: 999,
      group: 999,
      healthCheck: HealthCheck.command(['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres']),
    }),
  });
  const web = workload('web', {
    replicas: 3,
    ports: [Port.http('http', 8080)],
    attachments: [attach(backend, undefined, ['shop'])],
    callers: [edgeToWeb, mailerToWeb],
    callees: [webToDb],
    labels: { team: 'shop' },
    container: container('web', {
      ports: [Port.http('http', 8080)],
      environment: { DB_HOST: 'db', PRICE: '$5 and ${more}' },
      secretEnvironment: { API_KEY: apiKey },
      secrets: [password],
      files: [file('/etc/shop/shop.conf', 'currency = $\n')],
      volumes: [Volume._shared('/uploads', 'uploads', CHART, false), Volume.scratch('/var/cache')],
      healthCheck: HealthCheck.command(['shop', 'healthy']),
    }),
    init: [container('migrate', { command: ['shop', 'migrate'], volumes: [Volume.scratch('/var/cache')] })],
    sidecars: [container('exporter', { image: 'localhost/cdk8s-ha/client:1', ports: [Port.http('metrics', 9100)] })],
  });
  const mailer = workload('mailer', {
    kind: WorkloadKind.WORKER,
    replicas: 1,
    callees: [mailerToWeb, connection(peer('mailer'), { kind: PeerKind.EXTERNAL, chart: CHART, name: 'smtp', ranges: [], hostname: 'smtp.example.org' }, [Port.tcp('smtp', 587)])],
    container: container('mailer', { command: ['shop', 'worker'], volumes: [Volume.hostPath('/spool', '/srv/spool')] }),
  });
  const alone = workload('alone', { kind: WorkloadKind.WORKER, replicas: 1 });
  const dns = workload('dns', {
    replicas: 1,
    ports: [Port.tcp('dns-tcp', 53), Port.udp('dns', 53)],
    publishedPorts: [{ port: 53, hostPort: 5353, address: '127.0.0.1' }],
    container: container('dns', { security: Security.startsAsRoot(), user: undefined, group: undefined }),
  });
  return chart({
    workloads: [alone, db, dns, mailer, web],
    networks: [backend],
    links: [link(edgeToWeb), link(mailerToWeb), link(webToDb, true)],
    loadBalancers: [loadBalancer('edge', {
      hosts: [{ name: 'shop.example.org', issuer: certificates }],
      routes: [route('shop.example.org', peer('web'), 3)],
    })],
    issuers: [certificates],
    secrets: [apiKey, password, secret('tls-certificate'), secret('tls-key')],
    sharedVolumes: [sharedVolume('uploads')],
  });
}

/** The Compose file or stack of a chart as a value. */
export function documentOf(target: Target, ...charts: ChartModel[]): any {
  return readYaml(new Bound(target, charts).text(documentPath(target, charts[0]))).documents[0].value;
}

/** What a service finds in its files, by path. */
export function filesOf(target: Target, service: string, ...charts: ChartModel[]): { [path: string]: string } {
  const bound = new Bound(target, charts);
  const document = readYaml(bound.text(documentPath(target, charts[0]))).documents[0].value as any;
  const folder = dirname(documentPath(target, charts[0]));
  return Object.fromEntries(document.services[service].configs.map((config: any) =>
    [config.target, bound.text(join(folder, document.configs[config.source].file))]));
}

const documentPath = (target: Target, { name }: ChartModel): string => target.name === 'swarm' ? `swarm/${name}/stack.yml` : `compose/${name}/compose.yml`;
