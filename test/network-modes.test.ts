import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import {
  App, ComposeTarget, Egress, ExternalService, Guarantee, HAWebService, HealthCheck, IpvlanMode, IpvlanNetwork, IsolatedNetwork,
  KubernetesTarget, LoadBalancer, LoadBalancerBackend, MacvlanNetwork, NetworkMode, ScheduledJob, Security, Severity, StatefulService,
  SwarmTarget, Target, Volume, Worker,
} from '../src';
import { KUBERNETES_VERSIONS, validateManifests } from './support/kubernetes-schemas';
import { composeConfig, stackConfig, testWith } from './support/tools';

/*
 * Networks that are not ours: the host's, none, another workload's, and networks outside. What each target makes of them.
 */

let app: App;
let shop: Chart;

const use = (...targets: Target[]) => {
  app = new App({ targets, report: false });
  shop = new Chart(app, 'shop');
};

beforeEach(() => use(new KubernetesTarget({ multus: true }), new ComposeTarget(), new SwarmTarget()));

const image = 'nginx:1.27.3';
const healthCheck = HealthCheck.tcp();
const web = (id = 'web', props: object = {}) => new HAWebService(shop, id, { image, port: 8080, healthCheck, ...props });
const db = (id = 'db', props: object = {}) => new StatefulService(shop, id, { image: 'postgres:17.2', port: 5432, healthCheck, ...props });
const worker = (id = 'agent', props: object = {}) => new Worker(shop, id, { image, ...props });
const lanProps = { parent: 'eth0.20', subnet: '192.168.20.0/24' };

const text = (path: string) => app.render().find((file) => file.path === path)!.text;
const compose = () => parse(text('compose/shop/compose.yml'));
const swarm = () => parse(text('swarm/shop/stack.yml'));
const kubernetes = () => (parseAllDocuments(text('shop.k8s.yaml')) as any[]).map((document) => document.toJS());
const object = (kind: string, name: string) => kubernetes().find((one) => one.kind === kind && one.metadata.name === name);
const pod = (kind: string, name: string) => object(kind, name).spec.template;
const found = (rule: string, severity = Severity.ERROR) =>
  app.findings().filter((finding) => finding.rule === rule && finding.severity === severity).map(({ message }) => message);
const warned = (rule: string) => found(rule, Severity.WARNING);

describe('the network of the host', () => {
  test('is each target\'s own way of it', () => {
    worker('agent', { networkMode: NetworkMode.host('reads the counters of all interfaces'), replicas: 2 });
    expect(compose().services.agent).toMatchObject({ network_mode: 'host' });
    expect(compose().services.agent.networks).toBeUndefined();
    expect(compose().services['agent-next']).not.toHaveProperty('networks');
    expect(swarm().services.agent.networks).toEqual({ 'agent-host': {} });
    expect(swarm().networks['agent-host']).toEqual({ external: true, name: 'host' });
    expect(pod('Deployment', 'agent').spec).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(object('NetworkPolicy', 'agent')).toBeUndefined();
    expect(warned('host-network')).toEqual([
      "'agent' has the network of its node on Kubernetes: no NetworkPolicy holds for it, and its namespace must allow Pod Security Standard privileged [shop/agent]",
    ]);
  });

  test('has a port once a host: one after the other, and on Swarm one copy a node', () => {
    use(new KubernetesTarget(), new SwarmTarget());
    web('web', { networkMode: NetworkMode.host(), replicas: 3 });
    expect(swarm().services.web.deploy).toMatchObject({ placement: { max_replicas_per_node: 1 }, update_config: { order: 'stop-first' } });
    expect(object('Deployment', 'web').spec.strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  test('cannot hold a port of several copies on Compose', () => {
    use(new ComposeTarget());
    web('web', { networkMode: NetworkMode.host() });
    expect(found('host-port-of-several')).toEqual([
      'web cannot listen on port 8080 of its host with 2 copies on Compose: a host has a port once, run one copy or leave networkMode out [shop/web]',
    ]);
  });

  test('cannot hold a port of several stateful copies on Swarm, which may start them on one node', () => {
    use(new SwarmTarget());
    db('db', { networkMode: NetworkMode.host(), replicas: 2 });
    expect(found('host-port-of-several')).toEqual([
      'db cannot listen on port 5432 of its hosts with 2 copies on Swarm: two could be started on one host, which has a port once; run one copy, or leave networkMode out [shop/db]',
    ]);
  });

  test.each([
    ['another workload\'s', () => db('other', { port: 8080, networkMode: NetworkMode.host() }), 'other'],
    ['a published port', () => db('other', { port: 8080, publishedPorts: [{ port: 8080 }] }), 'other'],
  ])('cannot hold a port that is %s', (_, declare) => {
    use(new ComposeTarget());
    declare();
    web('web', { networkMode: NetworkMode.host(), replicas: 1 });
    expect(found('host-port-taken').join()).toContain('8080/TCP');
  });

  test('leaves no twin to a workload with ports', () => {
    use(new ComposeTarget());
    web('web', { networkMode: NetworkMode.host(), replicas: 1 });
    expect(Object.keys(compose().services)).toEqual(['web']);
    expect(text('compose/shop/deploy.plan')).toContain('single web copies=1');
  });

  test('is where a load balancer finds a workload by the host\'s address', () => {
    use(new KubernetesTarget(), new ComposeTarget());
    new LoadBalancer(shop, 'edge').addRoute('shop.localhost', web('web', { networkMode: NetworkMode.host(), replicas: 1 }));
    // eslint-disable-next-line no-template-curly-in-string -- Compose replaces it
    expect(compose().services.edge.extra_hosts).toEqual(['${COMPOSE_PROJECT_NAME}-web-1:host-gateway']);
    expect(Object.keys(compose().networks)).toEqual(['edge-outside']);
    expect(warned('route-to-host')).toEqual([
      "edge reaches web, which has the network of the host, at the host's address in Docker's default bridge: web must listen there (0.0.0.0), and a host firewall"
      + " such as ufw let Docker's networks in",
    ]);
  });

  test.each([['haproxy', LoadBalancerBackend.haproxy()], ['nginx', LoadBalancerBackend.nginx()]])('is not found by %s', (name, backend) => {
    use(new ComposeTarget());
    new LoadBalancer(shop, 'edge', { backend }).addRoute('shop.localhost', web('web', { networkMode: NetworkMode.host(), replicas: 1 }));
    expect(found('route-to-host')).toEqual([
      `edge cannot send requests to web, which has the network of the host, with the back end '${name}' on Compose: it asks the name server of the engine alone,`
      + ' which does not know the host; take LoadBalancerBackend.caddy() or traefik(), or leave networkMode out [shop/edge]',
    ]);
  });

  test('is not found by a load balancer on Swarm', () => {
    use(new SwarmTarget());
    new LoadBalancer(shop, 'edge').addRoute('shop.localhost', web('web', { networkMode: NetworkMode.host() }));
    expect(found('route-to-host')).toEqual([
      'edge cannot send requests to web on Swarm: it has the network of its hosts, and nobody knows on which of them it runs; leave networkMode out there and use'
      + ' publishedPorts, or leave Swarm out (onlyOn) [shop/edge]',
    ]);
  });

  test('reaches what is outside, so that an ExternalService can be connected to', () => {
    worker('agent', { networkMode: NetworkMode.host() }).connectTo(new ExternalService(shop, 'rds', { hostname: 'rds.acme.example', port: 5432 }));
    expect(compose().networks).toBeUndefined();
  });

  test('below 1024 needs a capability, which is said', () => {
    web('web', { port: 80, networkMode: NetworkMode.host(), replicas: 1 });
    web('api', { port: 81, networkMode: NetworkMode.host(), replicas: 1, security: Security.restricted({ bindLowPorts: true }) });
    expect(new Set(warned('low-port-of-host'))).toEqual(new Set([
      'web has the network of its host, where port 80 is for root or who has NET_BIND_SERVICE: choose a port from 1024, or let it keep that capability (security)',
    ]));
  });

  test('goes with sidecars, init containers and scheduled jobs', () => {
    const agent = worker('agent', { networkMode: NetworkMode.host() });
    agent.addSidecar('log', { image });
    agent.addInit('first', { image });
    agent.addScheduledJob('nightly', { schedule: '0 3 * * *', command: ['true'] });
    expect(['agent-log', 'agent-first', 'nightly'].map((name) => compose().services[name].network_mode)).toEqual(['host', 'host', 'host']);
    expect(['agent-log', 'agent-first', 'nightly'].map((name) => Object.keys(swarm().services[name].networks)[0])).toEqual(['agent-host', 'agent-host', 'nightly-host']);
  });
});

describe('no network', () => {
  test('is each target\'s own way of it', () => {
    worker('agent', { networkMode: NetworkMode.none() });
    expect(compose().services.agent.network_mode).toBe('none');
    expect(swarm().services.agent.networks).toEqual({ 'agent-copies': {} });
    expect(swarm().networks['agent-copies'].internal).toBe(true);
    expect(object('NetworkPolicy', 'agent').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'agent' } }, policyTypes: ['Egress', 'Ingress'],
    });
    expect(warned('no-network')).toEqual([
      "'agent' has a network interface on Kubernetes though its networkMode is none: a NetworkPolicy lets nothing in or out, as far as the network plug-in enforces it [shop/agent]",
    ]);
  });
});

describe('the network of another workload', () => {
  const shared = (owner: StatefulService | HAWebService) => worker('agent', { networkMode: NetworkMode.sharedWith(owner), replicas: 1 });

  test('is that of the owner\'s container on Compose, deployed after it', () => {
    use(new ComposeTarget());
    shared(db()).addSidecar('log', { image });
    const { agent, 'agent-log': log } = compose().services;
    expect([agent.network_mode, log.network_mode]).toEqual(['service:db-0', 'service:db-0']);
    const lines = text('compose/shop/deploy.plan').split('\n');
    expect(lines.findIndex((line) => line.startsWith('single agent'))).toBeGreaterThan(lines.findIndex((line) => line.startsWith('single db-0')));
  });

  test('has no host name of its own', () => {
    use(new ComposeTarget());
    db('proxy', { port: 6432, networkMode: NetworkMode.sharedWith(db()) });
    expect(compose().services['proxy-0'].hostname).toBeUndefined();
  });

  test('is not there on Swarm and Kubernetes', () => {
    use(new KubernetesTarget(), new SwarmTarget());
    shared(db());
    expect(found('shared-network')).toEqual([
      "'agent' cannot share the network of 'db' on Kubernetes, where each pod has its own: use db.addSidecar, whose containers are one pod, or leave Kubernetes out (onlyOn: ['compose']) [shop/agent]",
      "agent cannot share the network of db on Swarm, where each task has its own: use db.addSidecar and its name, or leave Swarm out (onlyOn: ['compose']) [shop/agent]",
    ]);
  });

  test.each([
    ['has several copies', () => db('db', { replicas: 2 }), 'db has 2 copies, each with a network of its own; give it one, or use db.addSidecar'],
    ['is rolled by a twin', () => web('web', { replicas: 1 }),
      'an update of web brings new copies beside the old ones, which have other networks; use a StatefulService, which is stopped first, or web.addSidecar'],
    ['is not there', () => db('db', { onlyOn: ['swarm'] }), 'db is not there, since its onlyOn leaves Compose out'],
  ])('cannot be that of an owner that %s', (_, owner, why) => {
    use(new ComposeTarget());
    const one = owner();
    shared(one);
    expect(found('shared-network')).toEqual([`agent cannot share the network of ${one.node.id} on Compose: ${why} [shop/agent]`]);
  });

  test('can be that of a replicated owner that is stopped first', () => {
    use(new ComposeTarget());
    shared(web('web', { replicas: 1, volumes: [Volume.persistent('/data')] }));
    expect(compose().services.agent.network_mode).toBe('service:web');
  });
});

describe('a layer-2 network', () => {
  const onLan = () => {
    const lan = new MacvlanNetwork(shop, 'lan', { ...lanProps, gateway: '192.168.20.1', ipRange: '192.168.20.128/25', ipv6Subnet: 'fd00:20::/64' });
    db('plc', { port: 502, networks: [lan.attach({ address: '192.168.20.9', ipv6Address: 'fd00:20::9', aliases: ['controller'] })] });
    worker('agent', { networks: [lan], replicas: 1 });
  };

  test('is a macvlan network on Compose, with static addresses', () => {
    onLan();
    expect(compose().networks.lan).toEqual({
      name: expect.stringMatching(/_lan-[0-9a-f]{6}$/),
      driver: 'macvlan',
      enable_ipv6: true,
      driver_opts: { parent: 'eth0.20' },
      ipam: { config: [{ subnet: '192.168.20.0/24', gateway: '192.168.20.1', ip_range: '192.168.20.128/25' }, { subnet: 'fd00:20::/64' }] },
    });
    expect(compose().services['plc-0'].networks.lan).toEqual({ aliases: ['plc', 'controller'], ipv4_address: '192.168.20.9', ipv6_address: 'fd00:20::9' });
  });

  test('is an ipvlan network with its mode', () => {
    const lan = new IpvlanNetwork(shop, 'lan', { ...lanProps, mode: IpvlanMode.L3 });
    worker('agent', { networks: [lan] });
    expect(compose().networks.lan).toMatchObject({ driver: 'ipvlan', driver_opts: { parent: 'eth0.20', ipvlan_mode: 'l3' } });
    expect(JSON.parse(object('NetworkAttachmentDefinition', 'lan').spec.config)).toMatchObject({ type: 'ipvlan', mode: 'l3' });
  });

  test('is made by hand for a stack, and the finding says how', () => {
    onLan();
    const { name } = swarm().networks.lan;
    expect(swarm().networks.lan).toEqual({ external: true, name });
    expect(swarm().services['plc-0'].networks.lan).toEqual({ aliases: ['plc', 'controller'] });
    expect(warned('layer2-network')).toEqual([
      'lan must be there before the stack, which cannot make it on Swarm: on each node, with an --ip-range that is its alone, `docker network create --config-only'
      + ' --subnet 192.168.20.0/24 --gateway 192.168.20.1 --ip-range 192.168.20.128/25 --ipv6 --subnet fd00:20::/64 -o parent=eth0.20'
      + ` ${name}-config\`; then on one manager \`docker network create --driver macvlan --scope swarm --config-from ${name}-config ${name}\``,
    ]);
  });

  test('is a NetworkAttachmentDefinition with Multus, one more for each static address', () => {
    onLan();
    expect(pod('StatefulSet', 'plc').metadata.annotations).toEqual({ 'k8s.v1.cni.cncf.io/networks': 'lan-plc' });
    expect(pod('Deployment', 'agent').metadata.annotations).toEqual({ 'k8s.v1.cni.cncf.io/networks': 'lan' });
    expect(JSON.parse(object('NetworkAttachmentDefinition', 'lan').spec.config)).toEqual({
      cniVersion: '0.3.1',
      name: 'lan',
      type: 'macvlan',
      master: 'eth0.20',
      mode: 'bridge',
      ipam: {
        type: 'whereabouts',
        ipRanges: [
          { range: '192.168.20.0/24', range_start: '192.168.20.128', range_end: '192.168.20.255', gateway: '192.168.20.1' }, { range: 'fd00:20::/64' },
        ],
      },
    });
    expect(JSON.parse(object('NetworkAttachmentDefinition', 'lan-plc').spec.config).ipam).toEqual({
      type: 'static', addresses: [{ address: '192.168.20.9/24', gateway: '192.168.20.1' }, { address: 'fd00:20::9/64' }],
    });
  });

  test('is not there on Kubernetes without Multus', () => {
    use(new KubernetesTarget());
    onLan();
    expect(object('NetworkAttachmentDefinition', 'lan')).toBeUndefined();
    expect(warned('layer2-network')).toEqual([
      "'lan' is not the network at 'eth0.20' on Kubernetes: its members meet in the cluster's network alone; install Multus and whereabouts and give"
      + ' new KubernetesTarget({ multus: true }) [shop/lan]',
    ]);
    expect(warned('static-address')).toHaveLength(2);
  });

  test('lets a replicated workload with a static address be stopped first everywhere', () => {
    const lan = new MacvlanNetwork(shop, 'lan', lanProps);
    web('web', { replicas: 1, networks: [lan.attach({ address: '192.168.20.9' })] });
    expect(Object.keys(compose().services)).toEqual(['web']);
    expect(object('Deployment', 'web').spec.strategy).toEqual({ type: 'Recreate' });
  });

  test('has an interface of the host alone', () => {
    use(new ComposeTarget());
    new MacvlanNetwork(shop, 'lan', lanProps);
    new IpvlanNetwork(shop, 'cams', { parent: 'eth0.20', subnet: '192.168.21.0/24' });
    expect(found('parent-taken')).toEqual([
      "network 'lan' cannot use the parent 'eth0.20' on Docker: 'cams' [shop/cams] has it, and an interface serves one network; use one network for both, or a VLAN"
      + ' for each [shop/lan]',
    ]);
  });

  test('beside a way out leaves the default route to the engine, which is said', () => {
    use(new ComposeTarget());
    worker('agent', { networks: [new MacvlanNetwork(shop, 'lan', lanProps)], egress: [Egress.internet()] });
    expect(warned('two-ways-out')).toEqual([
      'agent has two ways out on Compose, by lan and by its egress or published ports, and the engine picks one: leave out one of them, or give the addresses behind'
      + ' the other a route in the container',
    ]);
  });
});

describe('an isolated network', () => {
  test('has IPv6, an MTU and static addresses of both where the target can', () => {
    const lan = new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/24', ipv6Subnet: 'fd00:7::/64', mtu: 1400, attachable: false });
    db('plc', { networks: [lan.attach({ address: '10.7.0.9', ipv6Address: 'fd00:7::9' })] });
    expect(compose().networks.lan).toMatchObject({
      internal: true,
      enable_ipv6: true,
      driver_opts: { 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.gateway_mode_ipv6': 'isolated' },
      ipam: { config: [{ subnet: '10.7.0.0/24' }, { subnet: 'fd00:7::/64' }] },
    });
    expect(compose().services['plc-0'].networks.lan).toMatchObject({ ipv4_address: '10.7.0.9', ipv6_address: 'fd00:7::9' });
    expect(swarm().networks.lan).toMatchObject({ internal: true, attachable: false, driver_opts: { 'com.docker.network.driver.mtu': '1400' } });
    expect(swarm().networks.lan).not.toHaveProperty('enable_ipv6');
    expect(warned('ipv6')).toEqual(['lan has no IPv6 on Swarm, so not fd00:7::/64: `docker stack deploy` refuses enable_ipv6']);
    expect(warned('attachable')).toEqual(['lan can be joined by hand on Compose though attachable is false: who may use the engine may do that']);
    expect(warned('network-option-unused')).toHaveLength(3);
    expect(warned('static-address')).toHaveLength(4);
  });
});

describe('the report', () => {
  const report = () => {
    const file = app.render().find(({ path }) => path === 'report/report.json')!;
    return JSON.parse(file.text);
  };

  test('says that published ports pass by host firewalls, and how to close them', () => {
    app = new App({ targets: [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()] });
    shop = new Chart(app, 'shop');
    db('mqtt', { port: 1883, publishedPorts: [{ port: 1883 }] });
    expect(report().remarks.filter(({ target }: any) => target !== 'kubernetes')).toEqual([
      {
        target: 'compose',
        text: "published ports (mqtt 1883) pass by host firewalls such as ufw and firewalld, since Docker's own rules come first; to close them, publish them on one address"
          + " (publishAddress, publishedPorts: [{ port, address: '127.0.0.1' }]), or write rules into the chain DOCKER-USER",
      },
      {
        target: 'swarm',
        text: "published ports (mqtt 1883) pass by host firewalls such as ufw and firewalld, since Docker's own rules come first; to close them, write rules into the chain"
          + ' DOCKER-USER of each node, which is the only way on Swarm',
      },
    ]);
    expect(app.render().find(({ path }) => path === 'report/report.md')!.text).toContain('\n- compose: published ports');
  });

  test.each([
    ['says what is not encrypted between hosts, where no network can', {},
      ['what is sent by connections and routes outside of networks (web to db) is not encrypted between hosts: give new SwarmTarget({ encrypted: true })']],
    ['has nothing to say where all is', { encrypted: true }, []],
  ])('%s', (_, props, remarks) => {
    app = new App({ targets: [new SwarmTarget(props)] });
    shop = new Chart(app, 'shop');
    const networks = [new IsolatedNetwork(shop, 'backend', { connectedOnly: true, encrypted: true })];
    const caller = web('web', { networks });
    caller.connectTo(db());
    caller.connectTo(web('api', { networks }));
    expect(report().remarks.map((remark: any) => remark.text)).toEqual(remarks);
  });

  test.each([
    ['the network of the host', () => ({ networkMode: NetworkMode.host('counters') }), ['compose dropped', 'kubernetes dropped', 'swarm dropped']],
    ['a layer-2 network', () => ({ networks: [new MacvlanNetwork(shop, 'lan', lanProps)] }), ['compose dropped', 'kubernetes dropped', 'swarm dropped']],
    ['IPv6 on an engine before 28', () => ({ networks: [new IsolatedNetwork(shop, 'six', { ipv6Subnet: 'fd00:7::/64' })] }),
      ['compose degraded', 'kubernetes native', 'swarm native']],
    ['no network', () => ({ networkMode: NetworkMode.none() }), ['compose native', 'kubernetes native', 'swarm degraded']],
  ])('says what isolation is left with %s', (_, props, expected) => {
    app = new App({ targets: [new KubernetesTarget({ multus: true }), new ComposeTarget(), new SwarmTarget()] });
    shop = new Chart(app, 'shop');
    worker('agent', props());
    const { guarantees } = report().answers.find(({ constructs }: any) => constructs.some(({ path }: any) => path === 'shop/agent'));
    const said = guarantees.filter(({ guarantee }: any) => guarantee === Guarantee.INGRESS_ISOLATION).map(({ target, level }: any) => `${target} ${level}`);
    expect(said.sort()).toEqual(expected);
  });
});

describe('what cannot be', () => {
  const lan = (props: object) => new MacvlanNetwork(shop, 'lan', { ...lanProps, ...props } as any);
  const isolated = (props: object) => new IsolatedNetwork(shop, 'lan', props);
  const host = NetworkMode.host();

  test.each<[string, () => unknown, string]>([
    ['parent', () => lan({ parent: undefined }), "network 'lan' cannot use the parent undefined: give a network interface of the host such as 'eth0', or 'eth0.20' for VLAN 20 [shop/lan]"],
    ['subnet', () => lan({ subnet: '192.168.20.0' }), "network 'lan' cannot have the subnet '192.168.20.0': give an IPv4 range such as '10.7.0.0/24' [shop/lan]"],
    ['ipRange', () => lan({ ipRange: '10.0.0.0/24' }), "network 'lan' cannot give addresses from ipRange '10.0.0.0/24': give an IPv4 range inside its subnet 192.168.20.0/24 [shop/lan]"],
    ['gateway', () => lan({ gateway: '192.168.20.0' }), "network 'lan' cannot have the gateway '192.168.20.0': give an address inside 192.168.20.0/24, not its first or last [shop/lan]"],
    ['ipv6Gateway', () => lan({ ipv6Gateway: 'fd00::1' }), "network 'lan' cannot have the gateway 'fd00::1': give ipv6Subnet too [shop/lan]"],
    ['prop', () => lan({ mode: 'l2' }), "lan has no prop 'mode': remove it, the props are gateway, ipRange, ipv6Gateway, ipv6Subnet, parent, subnet [shop/lan]"],
    ['mode', () => new IpvlanNetwork(shop, 'lan', { ...lanProps, mode: 'l4' as any }), "network 'lan' cannot have the mode 'l4': give one of IpvlanMode, l2, l3, l3s [shop/lan]"],
    ['mtu', () => isolated({ mtu: 67 }), "network 'lan' cannot have mtu 67: give a whole number from 68 to 65535 [shop/lan]"],
    ['mtu of IPv6', () => isolated({ mtu: 1279, ipv6Subnet: 'fd00::/64' }),
      "network 'lan' cannot have mtu 1279: give a whole number from 1280 to 65535, since every link of IPv6 carries that much [shop/lan]"],
    ['ipv6Subnet', () => isolated({ ipv6Subnet: '10.0.0.0/8' }), "network 'lan' cannot have the IPv6 subnet '10.0.0.0/8': give an IPv6 range such as 'fd00:7::/64' [shop/lan]"],
    ['enableIpv6', () => isolated({ enableIpv6: true }), "network 'lan' cannot have IPv6 without a range: give ipv6Subnet, for example 'fd00:7::/64' [shop/lan]"],
    ['enableIpv6 false', () => isolated({ enableIpv6: false, ipv6Subnet: 'fd00::/64' }),
      "network 'lan' cannot have ipv6Subnet 'fd00::/64' with enableIpv6 false: remove one of the two [shop/lan]"],
    ['address', () => db('plc', { networks: [lan({}).attach({ address: '192.168.20.255' })] }),
      "plc cannot have the address 192.168.20.255 in network 'lan': its subnet is 192.168.20.0/24, choose an address inside [shop/plc]"],
    ['address of the gateway', () => db('plc', { networks: [lan({ gateway: '192.168.20.7' }).attach({ address: '192.168.20.7' })] }),
      "plc cannot have the address 192.168.20.7 in network 'lan': its gateway has it, choose another [shop/plc]"],
    ['address of several', () => db('plc', { replicas: 2, networks: [lan({}).attach({ address: '192.168.20.9' })] }),
      'plc cannot have the address 192.168.20.9 with 2 copies: an address belongs to one, remove it or give the workload one copy [shop/plc]'],
    ['IPv6 address', () => db('plc', { networks: [lan({}).attach({ ipv6Address: '192.168.20.9' })] }),
      "plc cannot have the IPv6 address '192.168.20.9': give one such as 'fd00:7::9' [shop/plc]"],
    ['IPv6 address without a range', () => db('plc', { networks: [lan({}).attach({ ipv6Address: 'fd00:7::9' })] }),
      "plc cannot have the address fd00:7::9 in network 'lan': the network has no ipv6Subnet, give it one [shop/plc]"],
    ['IPv6 address outside', () => db('plc', { networks: [isolated({ ipv6Subnet: 'fd00:8::/64' }).attach({ ipv6Address: 'fd00:7::9' })] }),
      "plc cannot have the address fd00:7::9 in network 'lan': its subnet is fd00:8::/64, choose an address inside [shop/plc]"],
    ['published address', () => db('db', { publishedPorts: [{ port: 5432, address: 'localhost' }] }),
      "db cannot publish a port on the address 'localhost': give an IPv4 or IPv6 address of the host, such as '127.0.0.1' [shop/db]"],
    ['publishAddress', () => new LoadBalancer(shop, 'edge', { publishAddress: 'eth0' }),
      "edge cannot publish a port on the address 'eth0': give an IPv4 or IPv6 address of the host, such as '127.0.0.1' [shop/edge]"],
    ['networkMode', () => worker('agent', { networkMode: 'host' }), "agent cannot take 'host' for networkMode: give a choice such as NetworkMode.host('why') [shop/agent]"],
    ['networks', () => worker('agent', { networkMode: host, networks: [lan({})] }),
      'agent cannot join networks: its networkMode is host, so it has the network of its host; leave out networks or networkMode [shop/agent]'],
    ['publishedPorts', () => db('db', { networkMode: host, publishedPorts: [{ port: 5432 }] }),
      'db cannot publish ports: its networkMode is host, so its ports are those of the host already; leave publishedPorts out, and let the program listen on the address'
      + ' that you want [shop/db]'],
    ['publishedPorts of a sharer', () => db('proxy', { port: 6432, networkMode: NetworkMode.sharedWith(db()), publishedPorts: [{ port: 6432 }] }),
      'proxy cannot publish ports: its networkMode is shared, so they are ports of db; publish them there [shop/proxy]'],
    ['egress', () => worker('agent', { networkMode: NetworkMode.none(), egress: [Egress.internet()] }),
      'agent cannot have ways out: its networkMode is none, so nothing leads out; leave out egress or networkMode [shop/agent]'],
    ['egress of a sharer', () => worker('agent', { networkMode: NetworkMode.sharedWith(db()), egress: [Egress.internet()] }),
      'agent cannot have ways out: its networkMode is shared, so it has those of db; give egress there [shop/agent]'],
    ['ports', () => web('web', { networkMode: NetworkMode.none() }),
      'web cannot listen on port 8080: its networkMode is none, so nobody could come; use a Worker or a ScheduledJob, or leave networkMode out [shop/web]'],
    ['owner', () => worker('agent', { networkMode: NetworkMode.sharedWith('db' as any) }),
      "agent cannot take 'db' for networkMode: give a workload to NetworkMode.sharedWith [shop/agent]"],
    ['owner elsewhere', () => worker('agent', { networkMode: NetworkMode.sharedWith(new Worker(new Chart(app, 'other'), 'db', { image })) }),
      "agent cannot share the network of db of chart 'other': declare both in one chart [shop/agent]"],
    ['owner that shares', () => worker('agent', { networkMode: NetworkMode.sharedWith(worker('a', { networkMode: NetworkMode.sharedWith(db()) })) }),
      'agent cannot share the network of a, which has that of db: NetworkMode.sharedWith(db) [shop/agent]'],
    ['owner on the host', () => worker('agent', { networkMode: NetworkMode.sharedWith(db('db', { networkMode: host })) }),
      'agent cannot share the network of db, which has that of its host: NetworkMode.host() [shop/agent]'],
    ['shared port', () => db('proxy', { networkMode: NetworkMode.sharedWith(db()) }),
      'proxy cannot listen on port 5432 in the network of db, which listens there itself: choose another port [shop/proxy]'],
    ['shared port of several', () => web('web', { networkMode: NetworkMode.sharedWith(db()) }),
      'web cannot listen on port 8080 with 2 copies in the network of db: there the port exists once, give it one copy [shop/web]'],
    ['connection from the host', () => worker('agent', { networkMode: host }).connectTo(db()),
      'agent cannot connect to db: its networkMode is host, so it meets nobody in a network; publish the port of db on 127.0.0.1 and call that [shop/agent]'],
    ['connection to the host', () => worker('agent').connectTo(db('db', { networkMode: host })),
      'agent cannot connect to db, whose networkMode is host: it is in no network; declare an ExternalService with the address of its host [shop/agent]'],
    ['connection from a sharer', () => worker('agent', { networkMode: NetworkMode.sharedWith(web('web', { replicas: 1 })) }).connectTo(db()),
      'agent cannot connect to db: its networkMode is shared, so it meets nobody in a network; call connectTo on web [shop/agent]'],
    ['route to a sharer', () => new LoadBalancer(shop, 'edge').addRoute('shop.localhost', web('web', { replicas: 1, networkMode: NetworkMode.sharedWith(db()) })),
      'edge cannot connect to web, whose networkMode is shared: it is in no network; declare its port on db (additionalPorts) and connect to that [shop/edge]'],
  ])('%s', (_, declare, message) => {
    expect(declare).toThrow(new Error(message));
  });

  test('an IPv6 range of two networks', () => {
    new IsolatedNetwork(shop, 'a', { ipv6Subnet: 'fd00::/48' });
    new IsolatedNetwork(shop, 'b', { ipv6Subnet: 'fd00:0:0:7::/64' });
    expect(found('subnets-overlap')[0]).toBe("network 'b' cannot have the subnet fd00:0:0:7::/64: it overlaps fd00::/48 of 'a', choose another range [shop/b]");
  });

  test('an IPv6 address of two workloads, however it is written', () => {
    const net = new IsolatedNetwork(shop, 'lan', { ipv6Subnet: 'fd00::/64' });
    db('a', { networks: [net.attach({ ipv6Address: 'fd00::9' })] });
    db('b', { networks: [net.attach({ ipv6Address: 'fd00:0:0::0009' })] });
    expect(found('address-taken')[0]).toBe("b cannot have the address fd00:0:0::0009 in network 'lan': a has it, choose another [shop/b]");
  });

  test('a part of a subnet that is too small for those without a static address', () => {
    const net = lan({ ipRange: '192.168.20.128/31' });
    web('web', { replicas: 3, networks: [net] });
    db('plc', { networks: [net.attach({ address: '192.168.20.9' })] });
    expect(found('subnet-too-small')[0]).toBe("network 'lan' cannot hold 3 copies in 192.168.20.128/31, which has room for 2: widen the subnet [shop/lan]");
  });
});

describe('the files of all of it', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'network-modes-'));
    app = new App({ outdir: folder, targets: [new KubernetesTarget({ multus: true }), new ComposeTarget(), new SwarmTarget()] });
    shop = new Chart(app, 'shop');
    const lan = new MacvlanNetwork(shop, 'lan', { ...lanProps, gateway: '192.168.20.1', ipRange: '192.168.20.128/25', ipv6Subnet: 'fd00:20::/64' });
    const cams = new IpvlanNetwork(shop, 'cams', { parent: 'eth1', subnet: '192.168.21.0/24' });
    const six = new IsolatedNetwork(shop, 'six', { subnet: '10.7.0.0/24', ipv6Subnet: 'fd00:7::/64', mtu: 1400, attachable: false });
    const plc = db('plc', { networks: [lan.attach({ address: '192.168.20.9', ipv6Address: 'fd00:20::9' }), cams, six.attach({ ipv6Address: 'fd00:7::9' })] });
    worker('agent', { networkMode: NetworkMode.host() });
    new ScheduledJob(shop, 'sweep', { image, schedule: '0 3 * * *', command: ['true'], networkMode: NetworkMode.none() });
    worker('spy', { networkMode: NetworkMode.sharedWith(plc), replicas: 1, onlyOn: ['compose'] });
    const visited = web('visited', { port: 8090, networkMode: NetworkMode.host(), replicas: 1, onlyOn: ['compose', 'kubernetes'] });
    new LoadBalancer(shop, 'edge').addRoute('shop.localhost', visited);
    app.synth();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  testWith('docker compose', 'are taken by Compose', () => {
    expect(composeConfig(join(folder, 'compose/shop/compose.yml'))).toEqual([]);
  });

  test.each(KUBERNETES_VERSIONS.filter((version) => version !== '1.30'))('are what the API of Kubernetes %s says', (version) => {
    expect(validateManifests(readFileSync(join(folder, 'shop.k8s.yaml'), 'utf8'), version)).toEqual([]);
  });

  testWith('docker stack', 'are taken by docker stack', () => {
    expect(stackConfig(join(folder, 'swarm/shop/stack.yml'))).toEqual([]);
  });
});
