import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { LoadBalancerBackend } from '../../../src/loadbalancers/load-balancer-backend';
import { IssuerKind } from '../../../src/model/certificate';
import type { ILoadBalancerBackend } from '../../../src/model/load-balancer-backend';
import { Placement } from '../../../src/model/placement';
import { Port } from '../../../src/model/port';
import { EndpointMode, PublishMode, SwarmTarget, type SwarmTargetProps } from '../../../src/targets/swarm/swarm-target';
import { validateStack } from '../../support/compose-schema';
import { expectGoldens } from '../../support/goldens';
import { stackConfig, testWith } from '../../support/tools';
import { Bound, chart, container, documentOf, issuer, loadBalancer, shop, workload } from '../compose/models';

const GOLDENS = join(__dirname, 'goldens', 'shop');

test('a shop with one of everything', () => {
  expectGoldens(GOLDENS, new Bound(new SwarmTarget(), [shop()]).files());
});

test('nothing stands there that docker stack deploy refuses or leaves out in silence', () => {
  expect(validateStack(new Bound(new SwarmTarget(), [shop()]).text('swarm/shop/stack.yml'))).toEqual([]);
});

const withOptions = () => {
  const http = Port.http('http', 8080);
  const web = workload('web', {
    ports: [http], publishedPorts: [{ port: 8080 }], maxReplicasPerNode: 2, container: container('web', { ports: [http], stopSignal: 'SIGQUIT' }),
  });
  const target = new SwarmTarget({ publishMode: PublishMode.INGRESS, endpointMode: EndpointMode.VIP, nodes: 3, encrypted: true });
  return new Bound(target, [chart({ workloads: [web], loadBalancers: [loadBalancer('edge')] })]);
};

test('a load balancer behind the routing mesh is replaced by one that runs beside it', () => {
  const { services: { edge, web } } = parse(withOptions().text('swarm/shop/stack.yml'));
  expect(edge.deploy).toMatchObject({ mode: 'global', endpoint_mode: 'vip', update_config: { order: 'start-first', parallelism: 1 } });
  expect(edge.ports.map(({ mode }: any) => mode)).toEqual(edge.ports.map(() => 'ingress'));
  expect(web).toMatchObject({ stop_signal: 'SIGQUIT', stop_grace_period: '35s', deploy: { placement: { max_replicas_per_node: 2 } } });
});

describe('the volumes of a load balancer that runs once, for its certificates', () => {
  const handover = (edge?: Placement) => {
    const hosts = [{ name: 'shop.example.org', issuer: issuer('acme', IssuerKind.ACME) }];
    const { services } = parse(new Bound(new SwarmTarget({ edge }), [chart({ loadBalancers: [loadBalancer('edge', { hosts })] })]).text('swarm/shop/stack.yml'));
    expect(services.edge.deploy).toMatchObject({ mode: 'replicated', replicas: 1 });
    return services['edge-volumes'].deploy;
  };

  test('are handed over on every host where it may run', () => {
    expect(handover()).toMatchObject({ mode: 'global' });
    expect(handover(Placement.onNodesWithLabels({ edge: 'true' }))).toMatchObject({ mode: 'global', placement: { constraints: ['node.labels.edge == true'] } });
  });

  test('are handed over on its only host', () => {
    expect(handover(Placement.onNode('host-1'))).toMatchObject({ mode: 'global', placement: { constraints: ['node.hostname == host-1'] } });
  });
});

test('deploy.sh is told what hands volumes over', () => {
  expect(new Bound(new SwarmTarget(), [shop()]).text('swarm/shop/deploy.plan').match(/^handover .*(web|edge)-.*$/gm)).toEqual(['handover web-volumes', 'handover edge-volumes']);
});

describe('what deploy.sh is told of a load balancer', () => {
  const planOf = (props: SwarmTargetProps, drainSeconds = 30) =>
    new Bound(new SwarmTarget(props), [chart({ loadBalancers: [loadBalancer('edge', { drainSeconds })] })]).text('swarm/shop/deploy.plan').split('\n');
  const waitOf = (...given: Parameters<typeof planOf>) => Number(planOf(...given).at(-2)!.replace('wait ', ''));

  test('the labels of its hosts', () => {
    expect(planOf({ edge: Placement.onNodesWithLabels({ edge: 'true', room: 'second floor' }) }))
      .toEqual(expect.arrayContaining(['label edge any edge=true', 'label edge any room=second floor']));
    expect(planOf({}).join()).not.toMatch(/label |host /);
    expect(planOf({ edge: Placement.onNode('host-1') })).toContain('host edge host-1');
  });

  test('how long it may take to be replaced, on each host after the other', () => {
    expect(waitOf({}, 600)).toBeGreaterThan(600);
    expect(waitOf({ nodes: 3 }, 600)).toBeGreaterThan(1800);
  });
});

test('what waits for a copy on a lost host is said, by the back end', () => {
  const reason = (backend: ILoadBalancerBackend) => {
    const edge = loadBalancer('edge', { backend });
    return new SwarmTarget().answerLoadBalancer(edge, chart({ loadBalancers: [edge] })).nodeLoss.reason;
  };
  const { caddy, nginx, traefik, haproxy } = LoadBalancerBackend;
  expect(reason(haproxy())).toBe('it runs on every host; a GET that waits for a copy on a lost host is answered by another one');
  for (const other of [caddy(), nginx(), traefik()]) {
    expect(reason(other)).toBe('it runs on every host; a request that waits for a copy on a lost host fails at its requestTimeout, and hangs without one:'
      + ' LoadBalancerBackend.haproxy() has another copy answer a GET');
  }
});

describe('what is written', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-swarm-'));
    for (const { path, text } of new Bound(new SwarmTarget(), [shop()]).files()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  testWith('docker stack', 'is understood with each option too', () => {
    const text = withOptions().text('swarm/shop/stack.yml');
    writeFileSync(join(folder, 'options.yml'), text.replace(/file: .*/g, 'file: /dev/null'));
    expect(stackConfig(join(folder, 'options.yml'))).toEqual([]);
    expect(validateStack(text)).toEqual([]);
  });


  testWith('docker stack', 'is understood by docker stack', () => {
    expect(stackConfig(join(folder, 'swarm/shop/stack.yml'), { API_KEY: 'secret' })).toEqual([]);
  });
});

test('is the same to the byte in whatever order things were declared', () => {
  const one = shop();
  const other = { ...one, workloads: [...one.workloads].reverse(), links: [...one.links].reverse() };
  expect(new Bound(new SwarmTarget(), [other]).text('swarm/shop/stack.yml')).toBe(new Bound(new SwarmTarget(), [one]).text('swarm/shop/stack.yml'));
});

test('the first line says how it is deployed', () => {
  expect(new Bound(new SwarmTarget(), [shop()]).text('swarm/shop/stack.yml').split('\n')[0])
    .toBe('# Made by cdk8s-ha; deploy with deploy.sh, or: docker stack deploy -c stack.yml shop');
});

test('the version is the newest that the command line of 20.10 knows, and left out where a newer key is used', () => {
  const one = chart({ workloads: [workload('web')] });
  expect(documentOf(new SwarmTarget(), one).version).toBe('3.9');
  expect(documentOf(new SwarmTarget({ engineVersion: '25' }), one).version).toBeUndefined();
});

test('fails for an engine that is too old', () => {
  expect(() => new SwarmTarget({ engineVersion: '19.03' })).toThrow("SwarmTarget cannot work with engineVersion '19.03': the oldest is '20.10'");
});
