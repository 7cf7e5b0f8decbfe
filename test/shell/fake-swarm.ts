import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { FakeHost, Failure, type Call, type Engine } from './fake-host';
import { dispatch, printed, type Handler, type Printed } from './words';

export interface Service {
  image: string;
  /** Of its definition. */
  hash: string;
  copies: number;
  running: number;
  /** As in its definition; `global` has a copy on each node. */
  mode: string;
  /** States of its tasks, the youngest first. */
  tasks: string[];
  update?: { state: string; startedAt: string };
  /** Whether it runs to its end. */
  isStep: boolean;
}

/** What becomes of a service that is updated or created; one that pauses after a failure does not roll back. */
export type Behaviour = 'converges' | 'rolls back' | 'never converges';

interface Given {
  behaviour: (image: string) => Behaviour;
  /** The exit code of a release step. */
  exitCode: (step: string) => number;
  /** The membership of this host, and whether it is a manager. */
  membership: string;
  /** Labels of each node. */
  nodes: string[][];
  /** Whether a node is lost. */
  isLost: (node: string) => boolean;
  /** Status and availability of a node as `docker node ls` has them. */
  nodeStatus: (node: string) => string;
  /** States of the tasks that hand volumes over on a node, the youngest first. */
  handover: (service: string, node: string) => string[];
  /** Whether the managers that are there are too few to agree on anything. */
  hasNoLeader: boolean;
  /** Asked for the config that keeps deployments apart: whether another manager has ended by now. */
  hasEnded: () => boolean;
  /** Whether a Compose project of the stack's name runs. */
  hasProject: boolean;
  /** How often one may ask until the containers of a stack that was removed have ended on this host. */
  endsAfter: number;
  /** Tasks of services that are gone, each with the state that it is to have, the one that it has, and its node. */
  leftovers: () => string[];
  /** How often one may ask until the networks of such a stack are gone. */
  networksGoAfter: number;
}

/** Tasks of a step that fails: the first and its repetitions. */
const FAILED_TASKS = 6;

/** A manager of a swarm, as far as deploy.sh uses it. */
export class FakeSwarm implements Engine {
  public readonly host = new FakeHost(this);
  public readonly services = new Map<string, Service>();
  public configs: string[] = [];
  public networks: string[] = [];
  /** Values by name. */
  public readonly secrets = new Map<string, string>();
  /** The config that keeps deployments from several managers apart: whose it is. */
  public lock?: { id: string; owner: string };
  /** What the last deployment had for variables. */
  public variables: Record<string, string> = {};
  /** Release steps that were started. */
  public readonly steps: string[] = [];
  /** Release steps that were removed while they ran. */
  public readonly cutOff: string[] = [];
  /** What this engine has to do with. */
  public readonly given: Given = {
    behaviour: () => 'converges',
    exitCode: () => 0,
    membership: 'active true',
    nodes: [['db=true']],
    isLost: () => false,
    nodeStatus: () => 'Ready Active',
    handover: () => ['Complete 2 seconds ago'],
    hasNoLeader: false,
    hasEnded: () => true,
    hasProject: false,
    endsAfter: 0,
    leftovers: () => [],
    networksGoAfter: 0,
  };

  private readonly commands: Record<string, Handler> = {
    'version --format FORMAT': () => '29.0.0\n',
    'info -f FORMAT': (template: string) => template.includes('NodeID') ? 'n0\n' : `${this.given.membership}\n`,
    'ps -q --filter FILTER': (filter: string) => (filter.includes('stack') ? this.given.endsAfter-- > 0 : this.given.hasProject) ? 'f00\n' : '',
    'secret inspect NAME': (name: string) => {
      if (!this.secrets.has(name)) throw new Failure(`no such secret: ${name}`);
    },
    'secret create NAME FILE': (name: string, file: string) => void this.secrets.set(name, readFileSync(file, 'utf8')),
    'node ls -q': () => {
      if (this.given.hasNoLeader) throw new Failure('The swarm does not have a leader.');
      return printed(this.nodes);
    },
    'node ls --format FORMAT': (template: string) => printed(this.nodes.map((node) => template.includes('Hostname')
      ? `node ${node} ${node}.example ${this.given.nodeStatus(node).split(' ')[0]}` : `${node} ${this.given.nodeStatus(node)}`)),
    'node inspect -f TEMPLATE ...NODES': (template: string, nodes: string[]) => printed(nodes.flatMap((name) => {
      if (!this.nodes.includes(name)) throw new Failure(`No such node: ${name}`);
      const lines = template.includes('Hostname') ? [`${name}.example`] : template.includes('Labels') ? this.given.nodes[Number(name.slice(1))] : ['now'];
      const state = this.given.isLost(name) ? 'down' : 'ready';
      return template.includes('State') ? lines.map((line) => `${state} ${line}`) : lines;
    })),
    'service inspect NAME': (name: string) => void this.find(name),
    'service inspect -f TEMPLATE NAME': (template: string, name: string) => {
      const { update, copies, mode, hash } = this.find(name);
      if (template.includes('TaskTemplate')) return `{"hash":"${hash}"}\n`;
      return template.includes('StartedAt') ? `${update?.startedAt ?? ''}\n` : `${update?.state ?? ''} ${mode === 'global' ? '' : copies}\n`;
    },
    'service ps --no-resolve --filter desired-state=running --format FORMAT NAME': (_: string, name: string) => {
      const { copies, running } = this.find(name);
      return printed(Array.from({ length: copies }, (_one, copy) => copy < running ? 'Running 3 seconds ago' : 'Pending 3 seconds ago'));
    },
    'service ps --no-resolve --format FORMAT NAME': (_: string, name: string) => {
      this.find(name);
      return printed(this.nodes.flatMap((node) => this.given.handover(name, node).map((state) => `${state} on ${node}`)));
    },
    'service ps --format FORMAT NAME': (template: string, name: string) =>
      printed(this.find(name).tasks.map((state) => template.includes('DesiredState') ? `Running ${state}` : state)),
    'service ps --no-trunc --format FORMAT NAME': (_: string, name: string) => printed(this.tasksOf(name).map((state) => `    ${state} task: non-zero exit (1)`)),
    'service ps -q --no-trunc --filter FILTER NAME': () => '',
    'service ps -q --no-trunc NAME': (name: string) => `${name}.0\n`,
    'inspect --type task -f TEMPLATE TASK': () => '    task: failed task: non-zero exit (1) started\n',
    'service logs --raw --tail COUNT NAME': () => 'a line of the log\n',
    'service ls --filter FILTER --format FORMAT': () => printed([...this.services.keys()]),
    'service rm ...NAMES': (names: string[]) => {
      for (const name of names) this.find(name);
      for (const name of names) this.remove(name);
    },
    'stack ps --no-resolve --format FORMAT NAME': (_: string, name: string) => {
      const tasks = [...this.services.values()].flatMap(({ running }) => Array.from({ length: running }, () => 'Running Running 1 hour ago on n0'));
      const all = [...tasks, ...this.given.leftovers()];
      if (all.length === 0) throw new Failure(`nothing found in stack: ${name}`, 1);
      return printed(all);
    },
    'stack deploy --with-registry-auth ...WORDS': (words: string[]) => this.deploy(words),
    'network ls --filter LABEL --filter DRIVER --format FORMAT': () => '',
    'network ls --filter LABEL --format FORMAT': () => printed(this.networks),
    'network ls -q --filter LABEL': () => this.given.networksGoAfter-- > 0 ? 'f00\n' : '',
    'stack rm NAME': () => {
      for (const name of this.services.keys()) this.remove(name);
    },
    'stack services --format FORMAT NAME': () => printed(['NAME', ...this.services.keys()]),
    'config ls --filter FILTER --format FORMAT': () => printed(this.configs),
    'config rm NAME': (name: string) => {
      if (name === this.lock?.id) this.lock = undefined;
      else this.configs = this.configs.filter((one) => one !== name);
    },
    'config create --label LABEL NAME -': (label: string, name: string) => {
      if (this.given.hasNoLeader) throw new Failure('The swarm does not have a leader.');
      if (this.lock !== undefined && this.lock.id !== 'mine' && this.given.hasEnded()) this.lock = undefined;
      if (this.lock !== undefined) throw new Failure(`rpc error: code = AlreadyExists desc = config ${name} already exists`);
      this.lock = { id: 'mine', owner: label.slice(label.indexOf('=') + 1) };
      return `${this.lock.id}\n`;
    },
    'config inspect -f FORMAT NAME': (_: string, name: string) => {
      if (this.lock === undefined) throw new Failure(`no such config: ${name}`);
      return `${this.lock.id} ${this.lock.owner}\n`;
    },
  };

  /** The call that is answered. */
  private asked!: Call;

  public docker(words: string[], call: Call): Printed {
    this.asked = call;
    return dispatch(words, this.commands);
  }

  private get nodes(): string[] {
    return this.given.nodes.map((_, index) => `n${index}`);
  }

  private find(name: string): Service {
    const found = this.services.get(name);
    if (found === undefined) throw new Failure(`no such service: ${name}`);
    return found;
  }

  /** Also of what hands volumes over, on whatever node. */
  private tasksOf(name: string): string[] {
    const { tasks } = this.find(name);
    return name.endsWith('-volumes') ? this.nodes.flatMap((node) => this.given.handover(name, node)) : tasks;
  }

  private deploy(words: string[]): void {
    const [file, project] = words.slice(words.indexOf('-c') + 1);
    this.variables = this.asked.variables;
    const document = this.readDocument(join(this.asked.folder, file));
    for (const { name, external } of Object.values<any>(document.secrets ?? {})) {
      if (external && !this.secrets.has(name)) throw new Failure(`secret not found: ${name}`);
    }
    for (const { name, external } of Object.values<any>(document.networks ?? {})) {
      if (!external && !this.networks.includes(name)) this.networks.push(name);
    }
    for (const { name } of Object.values<any>(document.configs ?? {})) if (!this.configs.includes(name)) this.configs.push(name);
    const declared = Object.entries<any>(document.services).map(([name, service]) => this.update(`${project}_${name}`, service, file === '.before.yml'));
    if (words.includes('--prune')) for (const name of this.services.keys()) if (!declared.includes(name)) this.remove(name);
  }

  private remove(name: string): void {
    const { isStep, tasks } = this.find(name);
    if (isStep && tasks[0].startsWith('Running')) this.cutOff.push(name);
    this.services.delete(name);
  }

  private update(name: string, definition: any, isBefore: boolean): string {
    const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 8);
    const known = this.services.get(name);
    if (known?.hash === hash) {
      // What an update came to is forgotten when the service is deployed again, also where nothing changed.
      delete known.update;
      return name;
    }
    const { image, deploy: { replicas: copies = 1, mode, update_config: { failure_action: onFailure } = {} as any } } = definition;
    if (known !== undefined && known.mode !== mode) throw new Failure(`failed to update service ${name}: service mode change is not allowed`);
    const behaviour = this.given.behaviour(image);
    const update = { state: { 'converges': 'completed', 'rolls back': onFailure === 'pause' ? 'paused' : 'rollback_completed', 'never converges': 'updating' }[behaviour], startedAt: `${this.host.now}` };
    if (update.state === 'rollback_completed' && known !== undefined) {
      known.update = update;
      return name;
    }
    const isStep = isBefore && definition.entrypoint?.[0] === 'migrate';
    if (isStep) this.steps.push(name);
    this.services.set(name, {
      image, hash, copies, mode, isStep, running: behaviour === 'converges' ? copies : 0, tasks: isStep ? this.stepTasks(name) : ['Running'], update: known && update,
    });
    return name;
  }

  private stepTasks(name: string): string[] {
    return this.given.exitCode(name) === 0 ? ['Complete 1 second ago'] : Array.from({ length: FAILED_TASKS }, () => 'Failed 1 second ago');
  }

  private readDocument(file: string): any {
    return parse(readFileSync(file, 'utf8').replace(/\$\$|\$\{(\w+)(?::[-?][^}]*)?\}/g, (whole, key?: string) => {
      if (key === undefined) return whole;
      const value = this.variables[key];
      if (value === undefined) throw new Failure(`invalid interpolation format: required variable ${key} is missing a value`);
      return value;
    }));
  }
}
