import { Chart } from 'cdk8s';
import {
  AccessKind, App, ComposeTarget, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, LoadBalancerBackend, LocalCertificates,
  PublishMode, RouteAccess, Secret, StatefulService, SwarmTarget, Worker,
  type ForwardAuthOptions, type ILoadBalancerBackend, type Target,
} from '../src';
import { readYaml } from './support/yaml-documents';

/*
 * Who may use a route: what users can get wrong, and every target's answer side by side.
 */

const healthCheck = HealthCheck.http('/healthz');
const service = (chart: Chart, id: string, props: object = {}) => new HAWebService(chart, id, { image: 'ghcr.io/acme/app:1.4.2', port: 8080, healthCheck, ...props });

interface Shop {
  readonly chart: Chart;
  readonly web: HAWebService;
  readonly gate: HAWebService;
  readonly users: Secret;
  readonly edge: LoadBalancer;
}

function shopWith(targets: Target[], backend?: ILoadBalancerBackend): Shop {
  const chart = new Chart(new App({ targets }), 'shop');
  return {
    chart,
    web: service(chart, 'web'),
    gate: service(chart, 'gate', { port: 4180 }),
    users: new Secret(chart, 'visitors'),
    edge: new LoadBalancer(chart, 'edge', { backend, certificates: new LocalCertificates(chart, 'local') }),
  };
}

const HOST = 'shop.acme.example';

describe('what cannot be', () => {
  const onCompose = () => shopWith([new ComposeTarget()]);
  const { sourceRanges, basicAuth, forwardAuth, allOf } = RouteAccess;

  test.each<[string, (shop: Shop) => any, string]>([
    ['no rule', () => allOf([]),
      "edge cannot tell who may use 'shop.acme.example/': RouteAccess.allOf([]) has no rule, give it one or leave 'access' out [shop/edge]"],
    ['no rule deep down', ({ users }) => allOf([basicAuth(users), allOf([])]),
      "edge cannot tell who may use 'shop.acme.example/': RouteAccess.allOf([]) has no rule, give it one or leave 'access' out [shop/edge]"],
    ['no range', () => sourceRanges([]),
      "edge cannot let anybody use 'shop.acme.example/': RouteAccess.sourceRanges([]) has no range, give one such as '10.0.0.0/8' or leave 'access' out"
      + ' [shop/edge]'],
    ['no list of ranges', () => sourceRanges('10.0.0.0/8' as any),
      "edge cannot take '10.0.0.0/8' for RouteAccess.sourceRanges: give a list such as ['10.0.0.0/8'] [shop/edge]"],
    ['an address for a range', () => sourceRanges(['10.0.0.1']),
      "edge cannot keep 'shop.acme.example/' to the range '10.0.0.1': give an IPv4 or IPv6 range such as '203.0.113.0/24' [shop/edge]"],
    ['ranges apart', () => allOf([sourceRanges(['10.0.0.0/8']), sourceRanges(['192.0.2.0/24', '2001:db8::/32'])]),
      "edge cannot let anybody use 'shop.acme.example/': no address is both in 10.0.0.0/8 and in 192.0.2.0/24, 2001:db8::/32, and rules of allOf must all hold;"
      + ' give ranges that overlap, or all of them in one sourceRanges [shop/edge]'],
    ['two passwords', ({ users }) => allOf([basicAuth(users), basicAuth(users)]),
      "edge cannot ask visitors of 'shop.acme.example/' for two passwords: a request carries one, put all users into one secret [shop/edge]"],
    ['two that are asked', ({ gate }) => allOf([forwardAuth(gate), allOf([forwardAuth(gate)])]),
      "edge cannot ask two workloads about 'shop.acme.example/': a request is asked about once, let one of them decide [shop/edge]"],
    ['a text for a rule', () => 'everybody',
      "edge, route 'shop.acme.example/', cannot take 'everybody' for access: give a choice such as RouteAccess.sourceRanges(['10.0.0.0/8']) [shop/edge]"],
    ['nothing for a rule', () => null,
      "edge, route 'shop.acme.example/', cannot take null for access: give a choice such as RouteAccess.sourceRanges(['10.0.0.0/8']) [shop/edge]"],
    ['a list for a rule', () => [sourceRanges(['10.0.0.0/8'])],
      "edge, route 'shop.acme.example/', cannot take a list for access: give a choice such as RouteAccess.sourceRanges(['10.0.0.0/8']) [shop/edge]"],
    ['a range in allOf', () => allOf(['10.0.0.0/8' as any]),
      "edge, route 'shop.acme.example/', cannot take '10.0.0.0/8' for access: give a choice such as RouteAccess.sourceRanges(['10.0.0.0/8']) [shop/edge]"],
    ['a hole in allOf', ({ users }) => allOf([basicAuth(users), undefined as any]),
      'edge cannot take undefined for RouteAccess.allOf: give rules only [shop/edge]'],
    ['no list in allOf', ({ users }) => allOf(basicAuth(users) as any),
      "edge cannot take an object for RouteAccess.allOf: give a list such as [RouteAccess.sourceRanges(['10.0.0.0/8']), RouteAccess.basicAuth(users)] [shop/edge]"],
    ['a password in the code', () => basicAuth('ann:secret' as any),
      "edge cannot take plain text for RouteAccess.basicAuth: a value never stands in the code, declare new Secret(chart, 'name') and give that [shop/edge]"],
    ['a secret of another chart', ({ chart }) => basicAuth(new Secret(new Chart(chart.node.root as App, 'other'), 'theirs')),
      "edge cannot read the secret 'theirs' of chart 'other': declare a Secret in its own chart [shop/edge]"],
    ['a name for a workload', () => forwardAuth('gate' as any),
      "edge cannot take 'gate' for RouteAccess.forwardAuth: give a workload such as new HAWebService(chart, 'gate', …) [shop/edge]"],
    ['a workload of another App', () => forwardAuth(onCompose().gate),
      "edge cannot ask gate about 'shop.acme.example/': it belongs to another App, declare it in this one [shop/edge]"],
    ['a workload without a port', ({ chart }) => forwardAuth(new Worker(chart, 'worker', { image: 'ghcr.io/acme/worker:1' })),
      "edge cannot ask worker about 'shop.acme.example/': it has no port that speaks HTTP, give it one or name it with 'port' [shop/edge]"],
    ['a workload that does not speak HTTP', ({ chart }) => forwardAuth(new StatefulService(chart, 'db', { image: 'postgres:17.2', port: 5432 })),
      "edge cannot ask db about 'shop.acme.example/': it has no port that speaks HTTP, give it one or name it with 'port' [shop/edge]"],
    ['a port that nobody declared', ({ gate }) => forwardAuth(gate, { port: 9000 }),
      "edge cannot ask gate about 'shop.acme.example/' on port 9000: its ports are 4180 [shop/edge]"],
    ['a workload that is asked about itself', ({ web }) => forwardAuth(web),
      "edge cannot ask web about 'shop.acme.example/', which leads to web itself: nobody could ever log in there, give this route other access [shop/edge]"],
    ['a workload that is not there', ({ chart }) => forwardAuth(service(chart, 'login', { onlyOn: ['kubernetes'] })),
      "edge cannot ask login about 'shop.acme.example/' on compose: its onlyOn leaves that target out, add 'compose' to it or leave the target out [shop/edge]"],
    ['a path without a slash', ({ gate }) => forwardAuth(gate, { path: 'check' }),
      "edge cannot ask gate with the path 'check': give one that starts with '/', without '#' and blanks [shop/edge]"],
    ['a header that is none', ({ gate }) => forwardAuth(gate, { copyHeaders: ['Remote User'] }),
      "edge cannot copy the header 'Remote User' from the answers of gate: give a name such as 'Remote-User', and none that belongs to the connection [shop/edge]"],
    ['a header of the connection', ({ gate }) => forwardAuth(gate, { copyHeaders: ['Host'] }),
      "edge cannot copy the header 'Host' from the answers of gate: give a name such as 'Remote-User', and none that belongs to the connection [shop/edge]"],
    ['one header for a list', ({ gate }) => forwardAuth(gate, { copyHeaders: 'Remote-User' as any }),
      "edge, RouteAccess.forwardAuth of 'gate', cannot take 'Remote-User' for copyHeaders: give a list such as ['Remote-User'] [shop/edge]"],
    ['an option that is misspelt', ({ gate }) => forwardAuth(gate, { header: ['Remote-User'] } as ForwardAuthOptions),
      "edge, RouteAccess.forwardAuth of 'gate', has no prop 'header': remove it, the props are copyHeaders, path, port [shop/edge]"],
  ])('%s', (_name, access, message) => {
    const shop = onCompose();
    expect(() => shop.edge.addRoute(HOST, shop.web, { access: access(shop) })).toThrow(new Error(message));
  });

  test('one share of a route by itself', () => {
    const { edge, web, gate, chart, users } = onCompose();
    edge.addRoute(HOST, web, { weight: 90 });
    expect(() => edge.addRoute(HOST, gate, { weight: 10, access: basicAuth(users) })).toThrow(new Error(
      "edge cannot keep the share of gate in 'shop.acme.example/' by itself: who may use a route is the same for all its shares, give 'access' with the first [shop/edge]"));
    const access = forwardAuth(gate);
    edge.addRoute('b.acme.example', web, { weight: 90, access });
    edge.addRoute('b.acme.example', service(chart, 'canary'), { weight: 10, access });
    expect(() => edge.addRoute('b.acme.example', gate, { weight: 10 })).toThrow(/which leads to gate itself/);
  });
});

describe('rules become', () => {
  const rulesOf = (access: (shop: Shop) => RouteAccess) => {
    const backend = LoadBalancerBackend.caddy();
    const lower = jest.spyOn(backend, 'lower');
    const shop = shopWith([new ComposeTarget()], backend);
    shop.edge.addRoute(HOST, shop.web, { access: access(shop) });
    (shop.chart.node.root as App).render();
    return lower.mock.calls[0][0].routes[0].access;
  };

  test('each kind once, whatever was nested, with ranges that all lists have in common', () => {
    const { sourceRanges, basicAuth, forwardAuth, allOf } = RouteAccess;
    const rules = rulesOf(({ users, gate }) => allOf([
      allOf([forwardAuth(gate, { copyHeaders: ['Remote-User', 'Remote-User'] }), sourceRanges(['10.0.0.0/8'])]), basicAuth(users), sourceRanges(['10.1.0.0/16', '192.0.2.0/24']),
    ]));
    expect(rules).toMatchObject([
      { kind: AccessKind.SOURCE_RANGES, ranges: ['10.1.0.0/16'] },
      { kind: AccessKind.BASIC_AUTH, users: { name: 'visitors' } },
      { kind: AccessKind.FORWARD_AUTH, forwardAuth: { target: { peer: { name: 'gate' }, port: { number: 4180 }, copies: 2 }, path: '/', copyHeaders: ['Remote-User'] } },
    ]);
  });
});

const foundBy = (target: Target, access: (shop: Shop) => RouteAccess, backend?: ILoadBalancerBackend) => {
  const shop = shopWith([target], backend);
  shop.edge.addRoute(HOST, shop.web, { access: access(shop) });
  return (shop.chart.node.root as App).findings().map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`);
};

const filesOf = (target: Target, access: (shop: Shop) => RouteAccess) => {
  const shop = shopWith([target]);
  shop.edge.addRoute(HOST, shop.web, { access: access(shop) });
  return Object.fromEntries((shop.chart.node.root as App).render().map(({ path, text }) => [path, text]));
};

const manifestsOf = (access: (shop: Shop) => RouteAccess): any[] => Object.entries(filesOf(new KubernetesTarget(), access))
  .filter(([path]) => path.endsWith('.yaml')).flatMap(([, text]) => readYaml(text).documents.map(({ value }) => value));

describe('addresses of visitors', () => {
  const from = (...ranges: string[]) => () => RouteAccess.sourceRanges(ranges);
  const IPV4_ONLY = "warning ipv4-only: edge listens on IPv4 alone on Compose: 'shop.acme.example/' is kept to addresses, and Docker hides those of visitors over IPv6;"
    + ' for IPv6 give the other routes a load balancer of their own';

  test('are those of IPv4 on Compose, which then listens for it alone', () => {
    expect(foundBy(new ComposeTarget(), from('203.0.113.0/24'))).toEqual([IPV4_ONLY]);
    expect(filesOf(new ComposeTarget(), from('203.0.113.0/24'))['compose/shop/compose.yml']).toMatch(/ports:\n +- 0\.0\.0\.0:80:80\n +- 0\.0\.0\.0:443:443\n/);
    expect(filesOf(new ComposeTarget(), ({ users }) => RouteAccess.basicAuth(users))['compose/shop/compose.yml']).toMatch(/ports:\n +- 80:80\n +- 443:443\n/);
  });

  test('are shared by all programs of the host where ranges hold addresses of Docker\'s', () => {
    const docker = "warning range-of-docker: edge lets programs of the host and its other containers use 'shop.acme.example/' on Compose: they come as addresses"
      + ' of Docker\'s, and some of those are in RANGE; give a narrower range';
    expect(foundBy(new ComposeTarget(), from('172.16.0.0/12'))).toEqual([IPV4_ONLY, docker.replace('RANGE', '172.16.0.0/12')]);
    expect(foundBy(new ComposeTarget({ addressPool: '10.128.0.0/10' }), from('10.0.0.0/8', '172.16.0.0/12'))).toEqual([IPV4_ONLY, docker.replace('RANGE', '10.0.0.0/8')]);
  });

  test('do not arrive at an IPv6 address of the host', () => {
    const chart = new Chart(new App({ targets: [new ComposeTarget()] }), 'shop');
    const edge = new LoadBalancer(chart, 'edge', { publishAddress: '2001:db8::7', certificates: new LocalCertificates(chart, 'local') });
    edge.addRoute(HOST, service(chart, 'web'), { access: RouteAccess.sourceRanges(['203.0.113.0/24']) });
    expect((chart.node.root as App).findings().map(({ message }) => message)).toEqual([
      "edge cannot keep 'shop.acme.example/' to addresses on Compose while it listens on 2001:db8::7: Docker hides the addresses of visitors over IPv6;"
      + ' give an IPv4 address for publishAddress [shop/edge]',
    ]);
  });

  test('are those of IPv4 on Swarm, by ports of the hosts', () => {
    expect(foundBy(new SwarmTarget(), from('203.0.113.0/24'))).toContain(
      "warning visitor-address: edge refuses everybody who comes over IPv6 to 'shop.acme.example/' on Swarm: Docker hides their addresses");
    expect(foundBy(new SwarmTarget(), from('192.168.1.0/24'))).toContain(
      "warning visitor-address: edge refuses everybody who comes over IPv6 to 'shop.acme.example/' on Swarm: Docker hides their addresses; where the network"
      + ' docker_gwbridge has an address in 192.168.1.0/24, it lets all of them in: give that network another');
    expect(foundBy(new SwarmTarget(), from('172.16.0.0/12'))).toContain(
      "error visitor-address: edge cannot keep 'shop.acme.example/' to 172.16.0.0/12 on Swarm: everybody who comes over IPv6 has an address of Docker's, which takes"
      + ' them from 172.16.0.0/12; give a narrower range, or leave Swarm out (targets of the App) [shop/edge]');
    expect(foundBy(new SwarmTarget({ publishMode: PublishMode.INGRESS }), from('203.0.113.0/24'))).toContain(
      "error visitor-address: edge cannot keep 'shop.acme.example/' to 203.0.113.0/24 on Swarm with PublishMode.INGRESS: the routing mesh hides the addresses of visitors;"
      + ' use PublishMode.HOST, or leave Swarm out (targets of the App) [shop/edge]');
  });
});

describe('a password', () => {
  const access = ({ users }: Shop) => RouteAccess.basicAuth(users);

  test('is known on Docker from the mounted secret, which is read before Caddy starts', () => {
    const caddyfile = filesOf(new ComposeTarget(), access)['compose/shop/config/edge/Caddyfile'];
    expect(caddyfile).toContain('basic_auth {\n\t\t\timport /run/caddy/users-visitors\n');
    for (const text of [filesOf(new ComposeTarget(), access)['compose/shop/compose.yml'], filesOf(new SwarmTarget(), access)['swarm/shop/stack.yml']]) {
      expect(text).toMatch(/awk -f \/etc\/caddy\/users\.awk \/run\/secrets\/visitors > \/run\/caddy\/users-visitors [^]*\n +caddy run/);
      expect(text).toMatch(/secrets:\n +- (source: )?visitors/);
    }
  });

  test('is an error on Kubernetes', () => {
    expect(foundBy(new KubernetesTarget(), access)).toEqual([
      "error route-access: 'edge' cannot ask visitors of 'shop.acme.example/' for a password on Kubernetes: the Gateway API has no field for it, and Envoy Gateway knows"
      + " SHA-1 hashes only where 'visitors' has bcrypt; use RouteAccess.forwardAuth, or leave Kubernetes out (targets of the App) [shop/edge]",
    ]);
  });

  test('over plain HTTP is a finding', () => {
    const { edge, web, users, chart } = shopWith([new ComposeTarget()]);
    edge.addRoute(HOST, web, { access: RouteAccess.basicAuth(users), redirectHttp: false });
    expect((chart.node.root as App).findings().map(({ message }) => message)).toEqual([
      "edge takes passwords for 'shop.acme.example/' over plain HTTP, where anybody on the way can read them: give it certificates, and leave redirectHttp on",
    ]);
  });
});

describe('a workload that is asked', () => {
  const access = ({ gate }: Shop) => RouteAccess.forwardAuth(gate, { path: '/oauth2/auth', copyHeaders: ['X-User'] });

  test('is reached like a destination, on every target', () => {
    const compose = filesOf(new ComposeTarget(), access)['compose/shop/compose.yml'];
    expect(compose).toMatch(/gate:\n[^]*edge-to-gate: \{\}/);
    const stack = filesOf(new SwarmTarget(), access)['swarm/shop/stack.yml'];
    expect(stack).toContain('edge-to-gate');
    const policy = manifestsOf(access).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'gate');
    expect(JSON.stringify(policy.spec.ingress)).toMatch(/owning-gateway-name":"edge".*"port":4180|"port":4180.*owning-gateway-name":"edge"/);
  });

  test('is Envoy Gateway\'s extAuth on Kubernetes, in its own way, which is a finding', () => {
    const manifests = manifestsOf(access);
    const spec = (kind: string) => manifests.find((object) => object.kind === kind).spec;
    expect(spec('SecurityPolicy')).toEqual({
      extAuth: {
        failOpen: false,
        headersToExtAuth: ['accept', 'cookie', 'user-agent', 'x-forwarded-for', 'x-forwarded-proto'],
        http: { backendRefs: [{ group: '', kind: 'Service', name: 'gate', port: 4180 }], headersToBackend: ['X-User'], path: '/oauth2/auth' },
      },
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'shop-acme-example' }],
    });
    expect(spec('ClientTrafficPolicy').headers).toEqual({ earlyRequestHeaders: { remove: ['X-User'] } });
    expect(foundBy(new KubernetesTarget(), access)).toEqual([
      "warning forward-auth-path: 'gate' is asked about 'shop.acme.example/' in Envoy's own way on Kubernetes: with the visitor's method and host, the visitor's path"
      + " behind '/oauth2/auth', and of the headers with authorization, accept, cookie, user-agent, x-forwarded-for, x-forwarded-proto alone; use the path that it has"
      + ' for Envoy (ext_authz) [shop/edge]',
    ]);
  });

  test('cannot be asked with a query, by another implementation, or with headers that visitors could send on Kubernetes', () => {
    const errors = (target: Target, of: (shop: Shop) => RouteAccess) => foundBy(target, of).filter((line) => line.startsWith('error'));
    expect(errors(new KubernetesTarget(), ({ gate }) => RouteAccess.forwardAuth(gate, { path: '/auth?group=ops' }))).toEqual([
      "error forward-auth-path: 'edge' cannot ask 'gate' about 'shop.acme.example/' with '/auth?group=ops' on Kubernetes: Envoy puts the visitor's path behind it;"
      + " give a path without '?' [shop/edge]",
    ]);
    expect(errors(new KubernetesTarget({ edge: KubernetesEdge.gateway({ className: 'nginx' }) }), access)).toEqual([
      "error route-access: 'edge' cannot ask 'gate' about 'shop.acme.example/' with GatewayClass 'nginx': the Gateway API has no field for it;"
      + ' use Envoy Gateway (KubernetesEdge.gateway()), or let the application ask [shop/edge]',
    ]);
    expect(errors(new KubernetesTarget({ edge: KubernetesEdge.existingGateway({ name: 'public', className: 'eg' }) }), access)).toEqual([
      "error copied-headers: 'edge' cannot copy X-User from 'gate' on Kubernetes: visitors could send them by themselves, and the Gateway 'public' belongs to somebody"
      + ' else; leave copyHeaders out, or use KubernetesEdge.gateway() [shop/edge]',
    ]);
  });

  test('may be of another chart, if the target renders it', () => {
    const other = ({ chart }: Shop) => RouteAccess.forwardAuth(service(new Chart(chart.node.root as App, 'login'), 'login'));
    for (const make of [(charts?: string[]) => new ComposeTarget({ charts }), (charts?: string[]) => new SwarmTarget({ charts })]) {
      expect(foundBy(make(), other).filter((finding) => finding.startsWith('error'))).toEqual([]);
      expect(foundBy(make(['shop']), other)).toContain(`error route-access: edge cannot ask login of chart 'login' about 'shop.acme.example/' on ${make().name},`
        + " which does not render that chart: add it to 'charts' of the target [shop/edge]");
    }
  });
});

test('a back end says which kinds it keeps; a route that asks for another is never open', () => {
  const caddy = LoadBalancerBackend.caddy();
  const backend: ILoadBalancerBackend = {
    name: 'pound',
    accessKinds: [AccessKind.SOURCE_RANGES],
    answerBalancing: (model, traits) => caddy.answerBalancing(model, traits),
    lower: (model, traits) => caddy.lower(model, traits),
  };
  const access = ({ users }: Shop) => RouteAccess.allOf([RouteAccess.sourceRanges(['203.0.113.0/24']), RouteAccess.basicAuth(users)]);
  expect(foundBy(new ComposeTarget(), access, backend)).toContain("error route-access: edge cannot keep 'shop.acme.example/' to visitors by RouteAccess.basicAuth with the"
    + " back end 'pound', which does not know it: take LoadBalancerBackend.caddy(), which does, or leave 'access' out [shop/edge]");
});

describe('an access log', () => {
  const logged = (target: Target, accessLog: boolean | undefined) => {
    const chart = new Chart(new App({ targets: [target] }), 'shop');
    new LoadBalancer(chart, 'edge', { accessLog, certificates: new LocalCertificates(chart, 'local') }).addRoute(HOST, service(chart, 'web'));
    return chart.node.root as App;
  };

  test('is there unless it is switched off', () => {
    const caddyfile = (accessLog?: boolean) => logged(new ComposeTarget(), accessLog).render().find(({ path }) => path.endsWith('Caddyfile'))!.text;
    expect([caddyfile(), caddyfile(true), caddyfile(false)].map((text) => text.includes('output stdout'))).toEqual([true, true, false]);
    const manifests = (accessLog?: boolean) => logged(new KubernetesTarget(), accessLog).render().find(({ path }) => path.endsWith('.yaml'))!.text;
    expect([manifests(), manifests(false)].map((text) => text.includes('accessLog:\n      disable: true'))).toEqual([false, true]);
  });

  test('of another implementation is not ours to switch off', () => {
    expect(logged(new KubernetesTarget({ edge: KubernetesEdge.gateway({ className: 'nginx' }) }), false).findings().map(({ message }) => message)).toEqual([
      "the access log of 'edge' is not switched off on Kubernetes: that is for the Gateway's implementation, and its owner, to do;"
      + ' use Envoy Gateway (KubernetesEdge.gateway()), or leave accessLog out [shop/edge]',
    ]);
  });
});
