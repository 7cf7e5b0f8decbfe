import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import { FakeHost, Failure, type Engine } from './fake-host';
import { dispatch, printed, type Handler, type Printed } from './words';

export interface Container {
  id: string;
  name: string;
  service: string;
  /** Whether `compose run` made it. */
  oneoff: boolean;
  /** Of its configuration. */
  hash: string;
  image: string;
  imageId: string;
  checked: boolean;
  status: 'created' | 'running' | 'exited';
  exitCode: number;
  startedAt: number;
  networks: string[];
  /** That it was given, by network. */
  addresses: Record<string, string>;
  labels: Record<string, string>;
  volumes: string[];
  /** Those of them that it cannot write. */
  readOnly?: string[];
  /** Of the host. */
  ports: string[];
  /** To whom it hands volumes over. */
  owners: Record<string, string>;
}

interface Range { subnet: string; ip_range?: string }

interface State {
  containers: Container[];
  networks: string[];
  /** Ranges of addresses that networks were given. */
  ranges: Record<string, Range[]>;
  volumes: string[];
  /** Of volumes. */
  owners: Record<string, string>;
  /** Identities by name. */
  images: Record<string, string>;
  /** Release steps that were started. */
  steps: string[];
  /** Containers that there ever were. */
  created: number;
  /** The configuration that the load balancer has loaded last. */
  loaded?: string;
}

/** An engine and the home of its host, as they were. */
export interface Snapshot { state: State; now: number; home: string }

export type Behaviour = 'gets ready' | 'never gets ready' | 'crashes';

interface Given {
  /** What becomes of a copy. */
  behaviour: (container: Container) => Behaviour;
  /** Whether a copy that gets ready had to be started again before. */
  hasCrashed: (container: Container) => boolean;
  /** The exit code of a service that runs to its end. */
  exitCode: (service: string, image: string) => number;
  /** Whether the load balancer refuses a configuration. */
  refuses: (configuration: string) => boolean;
  /** Images that no registry has. */
  unknownImages: string[];
  composeVersion: string;
  /** The version of the host's kernel. */
  kernel: string;
  /** Whether a stack of the project's name runs. */
  hasStack: boolean;
  /** Whether this manager knows a stack of the project's name, though nothing of it runs here; undefined: this is no manager. */
  hasWaitingStack?: boolean;
}

const nothing = (): void => undefined;

/** Seconds until a health check succeeds. */
const START = 2;

/**
 * An engine with Compose, as far as deploy.sh uses them. `up` recreates as Compose does: first all old copies of a
 * service go, then the new ones start.
 */
export class FakeCompose implements Engine {
  /** On a host that has the secret and the variables of the shop. */
  public static async withSecrets(): Promise<FakeCompose> {
    const engine = new FakeCompose();
    await engine.host.start();
    engine.host.write('shop/secrets/password', 's3cret');
    engine.host.write('shop/.env', 'TOKEN=first\n');
    return engine;
  }

  public readonly host = new FakeHost(this);
  public state: State = { containers: [], networks: [], ranges: {}, volumes: [], owners: {}, images: {}, steps: [], created: 0 };

  /** What this engine has to do with. */
  public readonly given: Given = {
    behaviour: () => 'gets ready',
    hasCrashed: () => false,
    exitCode: () => 0,
    refuses: () => false,
    unknownImages: [],
    composeVersion: '2.40.3',
    kernel: '6.12.0-amd64',
    hasStack: false,
  };

  /** Called whenever the state may have changed, in the midst of calls too. */
  public moment: () => void = nothing;

  /** After this whoever follows a log has its last line, which is later than the end of the container. */
  public lastLine: Promise<void> = Promise.resolve();

  private document: any;

  /** Of containers that Compose makes; the folder is below the home, which is another one after `goBackTo`. */
  private labels: Record<string, string> = {};

  /** Who waits for the end of a container, by its identity. */
  private readonly waiting = new Map<string, (() => void)[]>();

  private readonly commands: Record<string, Handler> = {
    'version --format FORMAT': () => '29.0.0\n',
    'info -f FORMAT': () => `${this.given.kernel}\n`,
    'compose version --short': () => `${this.given.composeVersion}\n`,
    'compose --project-name PROJECT --project-directory FOLDER --env-file VARIABLES -f FILE -f OTHER --profile rollout ...WORDS':
      (project: string, directory: string, variables: string, file: string, other: string, rest: string[]) => {
        this.labels = { project, folder: relative(this.host.home, directory), files: `${file},${other}` };
        this.document = this.readDocument(project, variables, [file, other]);
        return dispatch(rest[0] === '--progress' ? rest.slice(2) : rest, this.composeCommands);
      },
    'ps -q --filter FILTER': (filter: string) => {
      const [, volume] = /^volume=(.*)$/.exec(filter) ?? [];
      if (volume === undefined) return this.given.hasStack ? 'f00\n' : '';
      return printed(this.state.containers.filter(({ status, volumes }) => status === 'running' && volumes.includes(volume)).map(({ id }) => id));
    },
    'ps --filter FILTER --format TEMPLATE': (filter: string) => printed(this.filtered([filter]).filter(({ status }) => status === 'running')
      .map(({ labels: { files, folder } }) => `${files} ${join(this.host.home, folder)}`)),
    'service ls -q --filter FILTER': () => {
      if (this.given.hasWaitingStack === undefined) throw new Failure('This node is not a swarm manager.');
      return this.given.hasWaitingStack ? 'f00\n' : '';
    },
    'ps -aq ...FILTERS': (filters: string[]) => printed(this.filtered(filters).map(({ id }) => id)),
    'ps -a --filter NETWORK --format TEMPLATE': (network: string) => printed(this.filtered([network]).map(({ labels: { project } }) => project)),
    'ps -a --filter FILTER --filter ONEOFF --format TEMPLATE': (filter: string, oneoff: string, template: string) => printed(this.filtered([filter, oneoff])
      .map(({ labels: { project }, service }) => template.includes('project') ? `${project} ${service}` : service)),
    'image inspect NAME': (name: string) => this.imageId(name),
    'image inspect -f {{.Id}} NAME': (name: string) => this.imageId(name),
    'pull -q NAME': (name: string) => {
      if (this.given.unknownImages.includes(name)) throw new Failure(`manifest for ${name} not found`);
      this.state.images[name] = `sha256:${digest(name)}`;
    },
    'inspect NAME': (name: string) => void this.find(name),
    'inspect -f TEMPLATE ...NAMES': (template: string, names: string[]) => {
      const [, network, member] = /\(index \.NetworkSettings\.Networks "(\S+)"\)\.(\w+)/.exec(template) ?? [];
      if (network !== undefined) return printed(names.map((name) => IN_NETWORK[member](this.find(name), network)));
      const field = TEMPLATES[template];
      if (field === undefined) throw new Error(`the fake docker does not know the template ${template}`);
      return printed(names.map((name) => field(this.find(name), this)));
    },
    'logs --follow --timestamps --tail COUNT NAME': (_: string, name: string) => this.follow(this.find(name)),
    'logs ...WORDS': () => 'a line of the log\n',
    'stop ...NAMES': (names: string[]) => names.forEach((name) => {
      this.end(Object.assign(this.find(name), { status: 'exited', exitCode: 143 }));
      this.moment();
    }),
    'rm -f ...NAMES': (names: string[]) => names.forEach((name) => this.remove(this.find(name))),
    'wait NAME': (name: string) => {
      const container = this.find(name);
      // Docker waits for what runs. What was created and never started is not running.
      if (container.status === 'running') this.endOf(container);
      return `${container.exitCode}\n`;
    },
    'exec NAME ...COMMAND': (name: string, command: string[]) => {
      if (this.find(name).service !== 'edge' || command.includes('drain')) return;
      const configuration = this.host.read(`${this.find(name).labels.project}/config/edge/Caddyfile`)!;
      if (this.given.refuses(configuration)) throw new Failure('Error: unknown directive');
      this.state.loaded = configuration;
    },
    'create --name NAME --label LABEL --network none --entrypoint guard ...VOLUMES': (name: string, label: string, rest: string[]) => {
      const [key, value] = label.split(/=(.*)/s);
      const volumes = rest.filter((word) => word.endsWith(':ro')).map((word) => word.split(':')[0]);
      if (new Set(volumes).size < volumes.length) throw new Failure('Duplicate mount point');
      this.add({ name, labels: { [key]: value }, volumes, image: rest.at(-1)!, imageId: rest.at(-1)! });
    },
    'volume ls -q': () => printed(this.state.volumes),
    'network ls --filter LABEL --format FORMAT': () => printed(this.state.networks.filter(isOfProject)),
    'network ls --filter LABEL --filter DRIVER --format FORMAT': () => printed(this.state.networks.filter(isShared)),
    'network ls --no-trunc --format FORMAT': () => printed(this.state.networks.map((name, index) => `n${index} ${name}`)),
    'network create --label cdk8s-ha.link ...OPTIONS': (options: string[]) => {
      const name = options.at(-1)!;
      if (this.state.networks.includes(name)) throw new Failure(`network with name ${name} already exists`);
      this.addNetwork(name, options.flatMap((option, index) => options[index - 1] === '--subnet' ? [{ subnet: option }] : []));
    },
    'network ls --format FORMAT': () => printed(this.state.networks),
    'network ls -q --filter scope=local': () => printed(this.state.networks),
    'network inspect -f {{.Name}} NAME': (name: string) => {
      if (!this.state.networks.includes(name)) throw new Failure(`network ${name} not found`);
      return `${name}\n`;
    },
    // The engine ends what it prints of a network, which may be nothing, with a line of its own.
    'network inspect -f RANGES ...NAMES': (_: string, names: string[]) => printed(names.flatMap((name) => [...(this.state.ranges[name] ?? [])
      .map(({ subnet, ip_range: part = '' }) => `${name} "${subnet}" "${part}"`), ''])),
    'network rm NAME': (name: string) => void (this.state.networks = this.state.networks.filter((one) => one !== name)),
    'network connect ...WORDS': (words: string[]) => {
      const [name, id] = words.slice(-2);
      if (!this.state.networks.includes(name)) throw new Failure(`network ${name} not found`);
      this.find(id).networks = [...this.find(id).networks, name].sort();
    },
    'network disconnect NAME CONTAINER': (name: string, id: string) => {
      this.find(id).networks = this.find(id).networks.filter((one) => one !== name);
    },
  };

  private readonly composeCommands: Record<string, Handler> = {
    'config': () => textOf(this.document),
    'config --images': () => printed(Object.values<any>(this.document.services).map(({ image }) => image)),
    'config --services': () => printed(Object.keys(this.document.services)),
    'config --hash SERVICE': (service: string) => `${service} ${this.hashOf(service)}\n`,
    'up -d --no-deps SERVICE': (service: string) => this.up(service, true),
    'up -d --no-deps --no-recreate SERVICE': (service: string) => this.up(service, false),
    'up --no-start --no-deps --no-recreate --scale SCALE SERVICE': (scale: string, service: string) => {
      if (scale !== `${service}=${this.copies(service).length}`) throw new Failure(`copies of ${service} would be made or removed: ${scale}`);
      this.makeNetworks(service);
    },
    'run -d --no-deps --name NAME SERVICE': (name: string, service: string) => {
      if (this.state.containers.some((one) => one.name === name)) throw new Failure(`the container name ${name} is already in use`);
      const container = this.create(service, name, true);
      if (service.endsWith('-migrate')) this.state.steps.push(name);
      this.startIt(container);
    },
    'logs --follow --tail 100 ...SERVICES': () => 'a line of the log\n',
    'down --remove-orphans': () => {
      for (const one of this.state.containers.filter(({ labels }) => labels.project === this.document.name)) this.remove(one);
      this.state.networks = this.state.networks.filter((name) => !isOfProject(name));
    },
  };

  public docker(words: string[]): Printed {
    this.moment();
    return dispatch(words, this.commands);
  }

  /** Keeps what there is, with the home in a folder of its own. */
  public save(folder: string): Snapshot {
    const home = mkdtempSync(join(folder, 'home-'));
    cpSync(this.host.home, home, { recursive: true });
    return { state: structuredClone(this.state), now: this.host.now, home };
  }

  public goBackTo({ state, now, home }: Snapshot): void {
    rmSync(this.host.home, { recursive: true, force: true });
    cpSync(home, this.host.home, { recursive: true });
    this.state = structuredClone(state);
    this.host.now = now;
  }

  /** Runs a container that no script of ours has made. */
  public runForeign(container: Partial<Container>): Container {
    return Object.assign(this.add(container), { status: 'running' });
  }

  public copies(service: string): Container[] {
    return this.state.containers.filter((one) => one.service === service && !one.oneoff);
  }

  /** Whether a service has as many copies that serve. */
  public isComplete(service: string, copies: number): boolean {
    return this.copies(service).filter((one) => one.status === 'running' && ['healthy', 'none'].includes(this.health(one))).length >= copies;
  }

  /** What runs, without what differs from one deployment to the next: identities and times. */
  public view(): unknown {
    const { containers, networks, volumes, steps } = this.state;
    const lines = containers.map((one) => [
      one.name, one.service, one.hash, one.imageId, one.status, this.health(one), one.networks.join(), one.volumes.join(),
    ].join(' '));
    return { containers: lines.sort(), networks: [...networks].sort(), volumes: [...volumes].sort(), steps, loaded: digest(this.state.loaded ?? '') };
  }

  public health(container: Container): 'none' | 'starting' | 'healthy' | 'unhealthy' {
    if (!container.checked) return 'none';
    if (this.given.behaviour(container) !== 'gets ready') return 'unhealthy';
    return this.host.now < container.startedAt + START ? 'starting' : 'healthy';
  }

  public status(container: Container): string {
    const hasCrashed = this.given.behaviour(container) === 'crashes' && this.host.now > container.startedAt;
    return container.status === 'running' && hasCrashed ? 'restarting' : container.status;
  }

  public restarts(container: Container): number {
    return this.given.behaviour(container) === 'crashes' ? this.host.now - container.startedAt : Number(this.given.hasCrashed(container));
  }

  private up(service: string, recreate: boolean): void {
    const { deploy } = this.document.services[service];
    this.makeNetworks(service);
    const wanted = deploy?.replicas ?? 1;
    const isOld = (one: Container) =>
      one.hash !== this.hashOf(service) || one.imageId !== this.imageId(one.image).trim() || this.isMissed(one, service);
    const gone = this.copies(service).filter((one, index) => index >= wanted || recreate && isOld(one));
    for (const one of gone) this.remove(one);
    for (let number = 1; number <= wanted; number++) {
      const name = `${this.document.name}-${service}-${number}`;
      const container = this.state.containers.find((one) => one.name === name) ?? this.create(service, name, false);
      if (container.status !== 'running') this.startIt(container);
    }
  }

  /** Whether a copy is not in a network that its service is in: that says nothing to Compose 2.26. */
  private isMissed({ networks }: Container, service: string): boolean {
    return !this.given.composeVersion.startsWith('2.26')
      && Object.keys(this.document.services[service].networks ?? {}).some((network) => !networks.includes(this.document.networks[network].name));
  }

  private makeNetworks(service: string): void {
    for (const network of Object.keys(this.document.services[service].networks ?? {})) {
      const { name, external } = this.document.networks[network];
      if (external && !this.state.networks.includes(name)) throw new Failure(`network ${name} declared as external, but could not be found`);
      if (!this.state.networks.includes(name)) this.addNetwork(name, this.document.networks[network].ipam?.config);
    }
  }

  private addNetwork(name: string, ranges: Range[] = []): void {
    const taken = this.state.networks.flatMap((other) => this.state.ranges[other] ?? []).map(({ subnet }) => subnet);
    if (ranges.some(({ subnet }) => taken.includes(subnet))) throw new Failure('invalid pool request: Pool overlaps with other one on this address space');
    this.state.networks.push(name);
    this.state.ranges[name] = ranges;
  }

  /** The exit code of a container that runs to its end. */
  private endOf(container: Container): number {
    Object.assign(container, { status: 'exited', exitCode: this.given.exitCode(container.service, container.image) });
    if (container.exitCode === 0) Object.assign(this.state.owners, container.owners);
    return container.exitCode;
  }

  private create(service: string, name: string, oneoff: boolean): Container {
    const { image, networks, healthcheck, ports = [], command = [] } = this.document.services[service];
    return this.add({
      name,
      service,
      oneoff,
      hash: this.hashOf(service),
      image,
      imageId: this.imageId(image).trim(),
      checked: healthcheck !== undefined,
      networks: Object.keys(networks ?? {}).map((network) => this.document.networks[network].name).sort(),
      labels: this.labels,
      volumes: this.volumesOf(service),
      ports: ports.map((port: string) => port.split(':').slice(0, -1).join(':')),
      owners: Object.fromEntries([...`${command}`.matchAll(/hand (\S+) \/volumes\/(\S+)/g)].map(([, owner, volume]) => [`${this.document.name}_${volume}`, owner])),
    });
  }

  private add(container: Partial<Container>): Container {
    const id = `c${++this.state.created}`;
    const whole: Container = {
      id,
      name: id,
      service: '',
      oneoff: true,
      hash: '',
      image: '',
      imageId: '',
      checked: false,
      status: 'created',
      exitCode: 0,
      startedAt: 0,
      networks: [],
      addresses: {},
      labels: {},
      volumes: [],
      ports: [],
      owners: {},
      ...container,
    };
    this.state.containers.push(whole);
    this.moment();
    return whole;
  }

  /** A load balancer reads its configuration when it starts. */
  private startIt(container: Container): void {
    const taken = this.state.containers.filter(({ status }) => status === 'running').flatMap(({ ports }) => ports);
    const port = container.ports.find((one) => taken.includes(one));
    if (port !== undefined) throw new Failure(`Bind for 0.0.0.0:${port} failed: port is already allocated`);
    Object.assign(container, { status: 'running', startedAt: this.host.now });
    if (container.service === 'edge') this.state.loaded = this.host.read(`${container.labels.project}/config/edge/Caddyfile`);
    this.moment();
  }

  private remove(container: Container): void {
    this.state.containers = this.state.containers.filter((one) => one !== container);
    this.end(container);
    this.moment();
  }

  private end({ id }: Container): void {
    for (const done of this.waiting.get(id) ?? []) done();
    this.waiting.delete(id);
  }

  private async follow({ id, status }: Container): Promise<string> {
    if (status === 'running') await new Promise<void>((done) => this.waiting.set(id, [...this.waiting.get(id) ?? [], done]));
    await this.lastLine;
    return 'a line of the log\n';
  }

  private find(name: string): Container {
    const found = this.state.containers.find((one) => one.id === name || one.name === name);
    if (found === undefined) throw new Failure(`No such container: ${name}`);
    return found;
  }

  private filtered(words: string[]): Container[] {
    const wanted = words.filter((word) => word !== '--filter');
    const labels = (one: Container) => [
      `label=com.docker.compose.project=${one.labels.project}`,
      `label=com.docker.compose.service=${one.service}`,
      `label=com.docker.compose.oneoff=${one.oneoff ? 'True' : 'False'}`,
      `name=^/?${one.name}$`,
      ...one.networks.map((name) => `network=${name}`),
    ];
    return this.state.containers.filter((one) => wanted.every((label) => labels(one).includes(label)));
  }

  private volumesOf(service: string): string[] {
    const names = (this.document.services[service].volumes ?? []).filter(({ type }: any) => type === 'volume')
      .map(({ source }: any) => this.document.volumes[source]?.name ?? `${this.document.name}_${source}`);
    for (const name of names) if (!this.state.volumes.includes(name)) this.state.volumes.push(name);
    return names;
  }

  private imageId(name: string): string {
    const id = this.state.images[name];
    if (id === undefined) throw new Failure(`No such image: ${name}`);
    return `${id}\n`;
  }

  /** The number of copies is not in it. */
  private hashOf(service: string): string {
    const { deploy: { replicas: _, ...deploy } = {}, ...rest } = this.document.services[service];
    return digest(JSON.stringify({ ...rest, deploy }));
  }

  private readDocument(project: string, variables: string, files: string[]): any {
    const values: Record<string, string> = { CDK8S_HA_HOME: this.host.home, COMPOSE_PROJECT_NAME: project };
    for (const [, key, value] of readFileSync(variables, 'utf8').matchAll(/^(\w+)=(.*)$/gm)) values[key] = value;
    const interpolated = (file: string) => readFileSync(file, 'utf8').replace(/\$\$|\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (whole, key?: string, otherwise?: string) => {
      if (key === undefined) return whole;
      const value = values[key] ?? otherwise;
      if (value === undefined) throw new Failure(`required variable ${key} is missing a value`);
      return value;
    });
    const texts = files.map(interpolated);
    const key = [project, ...texts].join('\n');
    if (!documents.has(key)) documents.set(key, merged(project, texts));
    return documents.get(key);
  }
}

/** Whether a network belongs to no project. */
const isShared = (name: string): boolean => name.includes('.to.');

/** Whether Compose has made a network. */
const isOfProject = (name: string): boolean => name.includes('_');

/** Each call reads the same files again, and to parse them takes most of the time. */
const documents = new Map<string, any>();

/** A document as Compose prints it. */
function textOf(document: any): string {
  let text = documentTexts.get(document);
  if (text === undefined) documentTexts.set(document, text = stringify({ ...document, volumes: {} }, { lineWidth: 0 }));
  return text;
}

const documentTexts = new WeakMap<object, string>();

/** One document of two files, the second one with more of some services. */
function merged(project: string, texts: string[]): any {
  const [{ services, networks, volumes }, added] = texts.map((text) => parse(text));
  if (added.services === null) throw new Failure('validating .kernel.yml: services must be a mapping');
  for (const [name, more] of Object.entries<any>(added.services)) Object.assign(services[name], more);
  for (const [name, { extends: extended, profiles: _, ...own }] of Object.entries<any>(services)) {
    if (extended !== undefined) services[name] = { ...services[extended.service], ...own };
  }
  return { name: project, services, networks: networks ?? {}, volumes: volumes ?? {} };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** What deploy.sh asks of a container's part in a network. */
const IN_NETWORK: Record<string, (container: Container, network: string) => string> = {
  Aliases: ({ id, name, service }) => `${name} ${service} ${id} `,
  IPAMConfig: ({ addresses }, network) => addresses[network] === undefined ? '' : `${addresses[network]} `,
};

/** What deploy.sh asks of containers. */
const TEMPLATES: Record<string, (container: Container, engine: FakeCompose) => string> = {
  '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}':
    (one, engine) => `${engine.status(one)} ${engine.health(one)} ${engine.restarts(one)}`,
  '{{.Name}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} exit code {{.State.ExitCode}}':
    (one, engine) => `/${one.name} ${engine.status(one)} ${engine.health(one)} exit code ${one.exitCode}`,
  '{{if .State.Health}}{{range .State.Health.Log}}{{.Output}}{{"\\n"}}{{end}}{{end}}': () => 'connection refused',
  '{{index .Config.Labels "com.docker.compose.config-hash"}} {{.Image}} {{.Config.Image}}': ({ hash, imageId, image }) => `${hash} ${imageId} ${image}`,
  '{{index .Config.Labels "com.docker.compose.config-hash"}}': ({ hash }) => hash,
  '{{index .Config.Labels "cdk8s-ha.volumes"}}': ({ labels }) => labels['cdk8s-ha.volumes'] ?? '',
  '{{slice .Name 1}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}} {{end}}':
    ({ id, name }) => `${name} 10.0.0.${id.slice(1)}  `,
  '{{.Id}} {{index .Config.Labels "com.docker.compose.container-number"}}': ({ id, name }) => `${id} ${name.split('-').at(-1)}`,
  '{{range .HostConfig.PortBindings}}{{range .}}{{.HostPort}}{{"\\n"}}{{end}}{{end}}': ({ ports }) => ports.join('\n'),
  '{{slice .Name 1}} {{index .Config.Labels "com.docker.compose.project"}}/{{index .Config.Labels "com.docker.compose.service"}}{{range .Mounts}}{{if .RW}}{{"\\n"}}{{.Name}}{{"\\n"}}{{.Source}}{{end}}{{end}}':
    ({ name, labels: { project = '' }, service, volumes, readOnly = [] }) =>
      [`${name} ${project}/${service}`, ...volumes.filter((one) => !readOnly.includes(one)).flatMap((one) => [one, `/var/lib/docker/volumes/${one}/_data`])].join('\n'),
  '{{.Name}}': ({ name }) => `/${name}`,
  '{{.Image}}': ({ imageId }) => imageId,
  '{{.Config.Image}}': ({ image }) => image,
  '{{.State.Status}}': (one, engine) => engine.status(one),
  '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}': (one, engine) => `${engine.status(one)} unless-stopped`,
  '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{"\\n"}}{{end}}': ({ networks }) => networks.join('\n'),
};
