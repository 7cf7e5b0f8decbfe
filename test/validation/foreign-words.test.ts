import { Chart, Duration, JsonPatch, Size } from 'cdk8s';
import * as library from '../../src';
import {
  App, HAWebService, HealthCheck, IsolatedNetwork, LoadBalancer, ScheduledJob, Secret, SharedVolume, StatefulService, Volume, Worker,
} from '../../src';
import { PORT_PROPS, REPLICATED_PROPS } from '../../src/constructs/workload-props';
import { foreignWords } from '../../src/validation/messages/foreign-words';
import { readJson } from '../support/kubernetes/schema-store';

/*
 * Who comes from Compose, Kubernetes or cdk8s-plus brings their words along, and is told ours.
 */

const IMAGE = 'ghcr.io/acme/shop:1.4.2';

let shop: Chart;

const newShop = (): Chart => shop = new Chart(new App({ targets: [new library.KubernetesTarget()] }), 'shop');

type Props = Record<string, any>;

/** Each kind of construct with the least that it needs, and the props given. */
const KINDS: { [kind: string]: (props: Props) => unknown } = {
  HAWebService: (props) => new HAWebService(shop, 'web', { image: IMAGE, port: 8080, ...one(props), ...props }),
  Worker: (props) => new Worker(shop, 'worker', { image: IMAGE, ...one(props), ...props }),
  StatefulService: (props) => new StatefulService(shop, 'db', { image: IMAGE, port: 8080, ...props }),
  ScheduledJob: (props) => new ScheduledJob(shop, 'job', { image: IMAGE, command: ['job'], schedule: '* * * * *', ...props }),
  sidecar: (props) => new HAWebService(shop, 'web', { image: IMAGE, port: 8080 }).addSidecar('log', { image: IMAGE, ...props }),
  init: (props) => new HAWebService(shop, 'web', { image: IMAGE, port: 8080 }).addInit('prepare', { image: IMAGE, ...props }),
  network: (props) => new IsolatedNetwork(shop, 'backend', props),
  disk: (props) => new StatefulService(shop, 'db', { image: IMAGE, port: 8080, volumes: [Volume.persistent('/data', props)] }),
  SharedVolume: (props) => new SharedVolume(shop, 'uploads', props),
  Secret: (props) => new Secret(shop, 'password', props),
  LoadBalancer: (props) => new LoadBalancer(shop, 'edge', props),
  healthCheck: (props) => new HAWebService(shop, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/', props) }),
  resources: (props) => new HAWebService(shop, 'web', { image: IMAGE, port: 8080, resources: props }),
};

/** An address belongs to one copy. */
const one = ({ minReplicas }: Props): Props => minReplicas === undefined ? { replicas: 1 } : {};

/** What a construct says to props, in a chart of its own. */
function said(kind: string, props: (() => Props) | Props): string {
  newShop();
  try {
    KINDS[kind](typeof props === 'function' ? props() : props);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

describe('a word of Compose', () => {
  test.each<[string, string, string]>([
    ['HAWebService', 'env', "web has no prop 'env': write environment: { LOG_LEVEL: 'info' } [shop/web]"],
    ['HAWebService', 'env_file', "web has no prop 'env_file': write environment: { LOG_LEVEL: 'info' }; no file or object of variables is read, and what is secret goes into secrets [shop/web]"],
    ['HAWebService', 'build', "web has no prop 'build': build the image first and name it in image; on Compose one that the host has will do, other targets fetch it from a registry [shop/web]"],
    ['HAWebService', 'depends_on', "web has no prop 'depends_on': call web.connectTo(db), which also lets it reach db; { startAfter: true } has it start after db [shop/web]"],
    ['HAWebService', 'entrypoint', "web has no prop 'entrypoint': write command: ['node', 'server.js']; what Compose calls command is args [shop/web]"],
    ['HAWebService', 'restart', "web has no prop 'restart': what fails is started again by itself, leave it out [shop/web]"],
    ['ScheduledJob', 'restart', "job has no prop 'restart': write retries: 3; so often is a failed run repeated [shop/job]"],
    ['HAWebService', 'scale', "web has no prop 'scale': write replicas: 3 [shop/web]"],
    ['HAWebService', 'ports', "web has no prop 'ports': write port: 8080; further ones are additionalPorts, and publishedPorts or a LoadBalancer's route opens one to the outside [shop/web]"],
    ['Worker', 'ports', "worker has no prop 'ports': HAWebService and StatefulService alone have ports, and those of a container beside them are their additionalPorts [shop/worker]"],
    ['HAWebService', 'hostname', "web has no prop 'hostname': its id is its host name on every target, leave it out; further ones are networks: [backend.attach({ aliases: ['plc'] })] [shop/web]"],
    ['HAWebService', 'stop_grace_period', "web has no prop 'stop_grace_period': write drainTimeout: Duration.seconds(30) [shop/web]"],
    ['sidecar', 'stop_grace_period', "web.log has no prop 'stop_grace_period': that of its workload counts for it too, leave it out here [shop/web]"],
    ['HAWebService', 'stop_signal', "web has no prop 'stop_signal': did you mean 'stopSignal'? [shop/web]"],
    ['HAWebService', 'healthcheck', "web has no prop 'healthcheck': write healthCheck: HealthCheck.http('/healthz'); or HealthCheck.tcp(), .grpc(), .command([…]) [shop/web]"],
    ['HAWebService', 'ulimits', "web has no prop 'ulimits': no prop stands for it: patch the service, ComposeObjects.of(web).service.addJsonPatch(JsonPatch.add('/ulimits', …)) [shop/web]"],
    ['network', 'internal', "backend has no prop 'internal': it is internal already; a way out is egress: [Egress.internet()] [shop/backend]"],
    ['disk', 'external', "db, volume '/data', has no prop 'external': write existingName: 'old-data' [shop/db]"],
    ['Secret', 'file', "password has no prop 'file': its value stands in no file of the definition: deploy.sh secrets set NAME takes it, and on Kubernetes it is an object Secret [shop/password]"],
  ])('in %s: %s', (kind, word, message) => {
    expect(said(kind, { [word]: 'x' })).toBe(message);
  });

  const service = readJson<any>('compose', 'compose-spec.json').definitions.service.properties as object;

  test.each(Object.keys(service))('%s of a service is a prop, or leads to one', (word) => {
    expect(said('HAWebService', { [word]: 'x' })).not.toMatch(/remove it/);
  });
});

describe('a word of Kubernetes', () => {
  test.each<[string, string, string]>([
    ['HAWebService', 'livenessProbe', "web has no prop 'livenessProbe': write healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }) [shop/web]"],
    ['Worker', 'readinessProbe', "worker has no prop 'readinessProbe': write healthCheck: HealthCheck.command(['ready']) [shop/worker]"],
    ['HAWebService', 'serviceAccountName', "web has no prop 'serviceAccountName': each workload has one of its own, without rights and without a token, leave it out [shop/web]"],
    ['HAWebService', 'nodeSelector', "web has no prop 'nodeSelector': write placement: Placement.onNodesWithLabels({ disk: 'ssd' }) [shop/web]"],
    ['HAWebService', 'tolerations', "web has no prop 'tolerations': it is a patch of the pods: KubernetesObjects.of(web).deployment.addJsonPatch(…), or of its statefulSet [shop/web]"],
    ['HAWebService', 'initContainers', "web has no prop 'initContainers': call addInit('prepare', { image, command }) of the workload [shop/web]"],
    ['ScheduledJob', 'backoffLimit', "job has no prop 'backoffLimit': write retries: 3 [shop/job]"],
    ['healthCheck', 'periodSeconds', "web, healthCheck, has no prop 'periodSeconds': write interval: Duration.seconds(5) [shop/web]"],
  ])('in %s: %s', (kind, word, message) => {
    expect(said(kind, { [word]: 'x' })).toBe(message);
  });
});

describe('what one kind of workload has and another has not', () => {
  test('a stateful service has its visitors by a route', () => {
    expect(said('StatefulService', { domainName: 'shop.example.org' })).toBe("db has no prop 'domainName':"
      + " give it protocol: Protocol.HTTP and a route, edge.addRoute('shop.example.org', db) of a LoadBalancer [shop/db]");
  });

  test('a container beside another has what belongs to both from the workload', () => {
    expect(said('sidecar', { networks: [] })).toBe("web.log has no prop 'networks': that of its workload counts for it too, leave it out here [shop/web]");
  });
});

test('a word that is nearer to another prop of ours leads to what it means', () => {
  expect(said('HAWebService', { host: 'x' })).toBe("web has no prop 'host': write domainName: 'shop.example.org' [shop/web]");
});

test.each(['env_file', 'envFile', 'ENV_FILE', 'env-file'])('a word is known however it is written: %s', (word) => {
  expect(said('Worker', { [word]: 'x' })).toContain('write environment: ');
});

test.each([['drain_timeout', 'drainTimeout'], ['published_ports', 'publishedPorts'], ['redirect_http', 'redirectHttp']])(
  'a prop of its own in the spelling of Compose is that prop: %s', (word, prop) => {
    expect(said('HAWebService', { [word]: 'x' })).toBe(`web has no prop '${word}': did you mean '${prop}'? [shop/web]`);
  });

test('a word of no tool leads to the commonest props of a workload', () => {
  expect(said('Worker', { colour: 'red' })).toBe("worker has no prop 'colour': remove it, the props are image, replicas, networks,"
    + ' environment, secrets, volumes, healthCheck, resources, command, annotations, args, drainTimeout and 24 more [shop/worker]');
});

test('a word of no tool leads to all props of what has no commonest', () => {
  expect(() => new library.KubernetesTarget({ colour: 'red' } as any)).toThrow(/: remove it, the props are accepts, autoscaler, .*, userNamespaces, version \[/);
});

test.each(foreignWords())('%s has an answer somewhere', (word) => {
  const messages = Object.keys(KINDS).map((kind) => said(kind, { [word]: 'x' }));
  expect(messages.filter((message) => message.includes(`no prop '${word}'`) && !/remove it|did you mean/.test(message))).not.toEqual([]);
});

describe.each(Object.keys(KINDS))('every answer for %s', (kind) => {
  /** What it says to each word, whatever the word is for. */
  const answers = (): string[][] => foreignWords().map((word) => [word, said(kind, { [word]: 'x' })])
    .filter(([, message]) => message.includes(' has no prop '));

  /** Names that stand in examples. */
  const examples = () => ({
    ...CLASSES,
    backend: new IsolatedNetwork(shop, 'some-network'),
    lan: new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/24' }),
    password: new Secret(shop, 'some-password'),
  });

  test('that says what to write can be written', () => {
    for (const [word, message] of answers()) {
      const example = / has no prop '[^']*': write (.*?)(?:; .*)? \[\S+\]$/.exec(message)?.[1];
      if (example === undefined) continue;
      expect([word, said(kind, () => evaluated(example, examples()))]).toEqual([word, 'nothing']);
    }
  });

  test('that says what to write names no prop that it has not', () => {
    for (const [word, message] of answers()) {
      const props = / write (.*) \[/.exec(message)?.[1].match(/\b[a-z]+[A-Z]\w*\b/g) ?? [];
      const missing = props.filter((prop) => ALL_PROPS.includes(prop) && / has no prop /.test(said(kind, { [prop]: 'x' })));
      expect([word, missing]).toEqual([word, []]);
    }
  });

  test('names what there is', () => {
    for (const [word, message] of answers()) {
      const named = [...message.matchAll(/\b([A-Z]\w+)\.(\w+)\(/g)].map(([, owner, member]) => [owner, typeof CLASSES[owner]?.[member]]);
      expect([word, named]).toEqual([word, named.map(([owner]) => [owner, 'function'])]);
      const called = [...message.matchAll(/\b(?:call |[a-z]+\.)(\w+)\(/g)].map(([, method]) => method);
      expect([word, called.filter((method) => !hasMethod(method))]).toEqual([word, []]);
    }
  });
});

const evaluated = (example: string, names: Props): Props =>
  new Function(...Object.keys(names), `return { ${example} };`)(...Object.values(names));

const CLASSES: { [name: string]: any } = { ...library, Chart, Duration, JsonPatch, Size };

/** Of all kinds of workloads. */
const ALL_PROPS = [
  ...Object.keys({ ...REPLICATED_PROPS, ...PORT_PROPS }), 'domainName', 'redirectHttp', 'certificates', 'parallelStart', 'startingDeadline',
];

const WITH_METHODS = [HAWebService, LoadBalancer, IsolatedNetwork, library.Fragment];
const hasMethod = (name: string): boolean => WITH_METHODS.some(({ prototype }) => name in prototype);
