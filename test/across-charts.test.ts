import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import {
  App, ComposeObjects, ComposeTarget, HAWebService, HealthCheck, IsolatedNetwork, KubernetesTarget, LoadBalancer, LoadBalancerBackend,
  StatefulService, SwarmTarget, type HAWebServiceProps, type Target,
} from '../src';
import { readManifests } from './support/reachability';

/** Two teams, each with a chart of its own, and a platform that lets visitors in to both. */
interface Company { app: App; shop: Chart; billing: Chart; platform: Chart }

function company(targets: Target[] = [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()]): Company {
  const app = new App({ targets, report: false });
  const [shop, billing, platform] = ['shop', 'billing', 'platform'].map((namespace) => new Chart(app, namespace, { namespace }));
  return { app, shop, billing, platform };
}

function service(chart: Chart, id: string, more: Partial<HAWebServiceProps> = {}): HAWebService {
  return new HAWebService(chart, id, { image: `ghcr.io/acme/${id}:1`, port: 8080, healthCheck: HealthCheck.http('/healthz'), ...more });
}

const text = (app: App, path: string): string => app.render().find((file) => file.path === path)!.text;
const file = (app: App, path: string): any => parse(text(app, path));
const found = (app: App): string[] => app.findings().map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`);

describe('a connection into another chart', () => {
  const connected = () => {
    const all = company();
    service(all.shop, 'web').connectTo(service(all.billing, 'api'));
    service(all.billing, 'web');
    return all.app;
  };

  test('has one host name everywhere', () => {
    const { shop, billing } = company();
    expect(service(billing, 'api').address).toBe('api:8080');
    expect(service(shop, 'web').hostname).toBe('web');
  });

  test('is a network that two projects share: compose', () => {
    const [shop, billing] = ['shop', 'billing'].map((chart) => file(connected(), `compose/${chart}/compose.yml`));
    const key = 'shop.web.to.billing.api';
    expect(shop.networks).toEqual({ [key]: { name: '${COMPOSE_PROJECT_NAME}.web.to.${COMPOSE_PROJECT_NAME_BILLING:-billing}.api-0b6b79', external: true } });
    expect(billing.networks[key]).toEqual({ name: '${COMPOSE_PROJECT_NAME_SHOP:-shop}.web.to.${COMPOSE_PROJECT_NAME}.api-0b6b79', external: true });
    expect([shop.services.web.networks, billing.services.api.networks]).toEqual([{ [key]: {} }, { [key]: {} }]);
    expect(billing.services.web).toMatchObject({ network_mode: 'none' });
  });

  test('is an overlay that two stacks share: swarm', () => {
    const [shop, billing] = ['shop', 'billing'].map((chart) => file(connected(), `swarm/${chart}/stack.yml`));
    const shared = { name: 'shop_web_to_billing_api-c2c801', external: true };
    expect([shop.networks['shop.web.to.billing.api'], billing.networks['shop.web.to.billing.api']]).toEqual([shared, shared]);
  });

  test('is rules at both ends and a name in the namespace of the caller: kubernetes', () => {
    const [shop, billing] = ['shop', 'billing'].map((chart) => readManifests(text(connected(), `${chart}.k8s.yaml`)));
    const policy = (objects: any[], name: string) => objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name).spec;
    expect(policy(shop, 'web').egress).toContainEqual({
      ports: [{ port: 8080, protocol: 'TCP' }],
      to: [{
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'billing' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'api' } },
      }],
    });
    expect(policy(billing, 'api').ingress).toEqual([{
      from: [{
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'web' } },
      }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    }]);
    expect(shop.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'api').spec)
      .toEqual({ externalName: 'api.billing.svc.cluster.local', type: 'ExternalName' });
  });

  test('is made by the deploy.sh that comes first, and by hand where there is none', () => {
    const app = connected();
    const compose = '--internal --opt com.docker.network.bridge.inhibit_ipv4=true --opt com.docker.network.bridge.gateway_mode_ipv4=isolated';
    for (const chart of ['shop', 'billing']) {
      expect(text(app, `compose/${chart}/deploy.plan`)).toContain(`network shop.web.to.billing.api ${compose}\n`);
      expect(text(app, `swarm/${chart}/deploy.plan`)).toContain('network shop_web_to_billing_api-c2c801 --driver overlay --internal\n');
      expect(text(app, `compose/${chart}/compose.yml`)).toContain(`#   docker network create --label cdk8s-ha.link ${compose} shop.web.to.billing.api-0b6b79\n`);
    }
    expect(text(app, 'compose/shop/.env.example')).toContain('# COMPOSE_PROJECT_NAME_BILLING=billing\n');
  });

  test('has the subnet at both ends that the pool gives it', () => {
    const { app, shop, billing } = company([new ComposeTarget({ addressPool: '10.128.0.0/10' })]);
    service(shop, 'web', { replicas: 40 }).connectTo(service(billing, 'api'));
    const [there, here] = ['billing', 'shop'].map((chart) => /^network .*$/m.exec(text(app, `compose/${chart}/deploy.plan`))![0]);
    expect(there).toBe(here);
    expect(here).toMatch(/ --subnet 10\.\d+\.\d+\.0\/24$/);
  });

  test('is found by its caller, for patches', () => {
    const { shop, billing } = company();
    const [web, api] = [service(shop, 'web'), service(billing, 'api')];
    web.connectTo(api);
    expect(ComposeObjects.of(web).linkTo(api).key).toBe('shop.web.to.billing.api');
  });
});

describe('routes into other charts', () => {
  const routed = (backend = LoadBalancerBackend.caddy()) => {
    const { app, shop, billing, platform } = company();
    const edge = new LoadBalancer(platform, 'edge', { backend });
    edge.addRoute('shop.example', service(shop, 'web'));
    edge.addRoute('billing.example', service(billing, 'web'));
    return app;
  };

  test.each([
    ['caddy', LoadBalancerBackend.caddy(), 'Caddyfile', 'to {$COMPOSE_PROJECT_NAME_SHOP:shop}-web-1:8080', 'name tasks.shop_web'],
    ['haproxy', LoadBalancerBackend.haproxy(), 'haproxy.cfg', 'server-template web- 8 shop_web:8080', 'server-template web- 64 ipv4@tasks.shop_web:8080'],
    ['nginx', LoadBalancerBackend.nginx(), 'nginx.conf', 'server shop_web:8080 resolve', 'server tasks.shop_web:8080 resolve'],
    ['traefik', LoadBalancerBackend.traefik(), 'dynamic.yaml', 'http://{{ env "COMPOSE_PROJECT_NAME_SHOP" | default "shop" }}-web-1:8080', 'http://tasks.shop_web:8080'],
  ])('tell workloads of one name apart: %s', (_, backend, name, onCompose, onSwarm) => {
    const app = routed(backend);
    expect(text(app, `compose/platform/config/edge/${name}`)).toContain(onCompose);
    expect(text(app, `swarm/platform/config/edge/${name}`)).toContain(onSwarm);
  });

  test('give the workload and its twin a name that is qualified by the chart', () => {
    const { services } = file(routed(), 'compose/shop/compose.yml');
    const key = 'platform.edge.to.shop.web';
    expect([services.web.networks, services['web-next'].networks]).toEqual([{ [key]: { aliases: ['shop_web'] } }, { [key]: { aliases: ['web', 'shop_web'] } }]);
  });

  test('are let in by a grant in the namespace of the workload: kubernetes', () => {
    const grant = readManifests(text(routed(), 'shop.k8s.yaml')).find(({ kind }) => kind === 'ReferenceGrant');
    expect(grant).toMatchObject({ metadata: { namespace: 'shop' }, spec: { from: expect.arrayContaining([{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'platform' }]), to: [{ group: '', kind: 'Service', name: 'web' }] } });
  });

  test('need no new container of the load balancer', () => {
    const bodyWith = (more: boolean) => {
      const { app, shop, billing, platform } = company();
      const edge = new LoadBalancer(platform, 'edge');
      edge.addRoute('shop.example', service(shop, 'web'));
      if (more) edge.addRoute('billing.example', service(billing, 'web'));
      return / body=(\w+) /.exec(text(app, 'compose/platform/deploy.plan'))![1];
    };
    expect(bodyWith(true)).toBe(bodyWith(false));
  });
});

describe('one host name in two charts', () => {
  test('a caller cannot have two callees of one name', () => {
    const { app, shop, billing, platform } = company();
    const web = service(shop, 'web');
    web.connectTo(service(billing, 'api'));
    expect(() => web.connectTo(service(platform, 'api'))).toThrow("web cannot connect to api of chart 'platform':"
      + " 'api' of chart 'billing', which it connects to, has the host name 'api' too, give one of them another id [shop/web]");
    expect(found(app).filter((one) => one.startsWith('error'))).toEqual([]);
  });

  test('a callee cannot be called like somebody of the caller\'s chart', () => {
    const { app, shop, billing } = company([new ComposeTarget(), new SwarmTarget()]);
    service(shop, 'web').connectTo(service(billing, 'api'));
    service(shop, 'api');
    expect(found(app)).toContain("error host-name-taken: web cannot connect to api of chart 'billing': 'api' of its own chart 'shop' has the host name 'api' too,"
      + ' give one of them another id [shop/web]');
  });

  test('somebody of another chart must not meet a caller under the name of whom it calls', () => {
    const { app, shop, billing } = company();
    const backend = new IsolatedNetwork(billing, 'backend');
    service(billing, 'web', { networks: [backend] });
    service(shop, 'web').connectTo(service(billing, 'api', { networks: [backend] }));
    for (const target of ['Compose', 'Swarm']) {
      expect(found(app)).toContain(`error host-name-shared: api cannot call web of chart 'billing' on ${target}: web of chart 'shop' meets it under the same host name;`
        + ' give one of them another id [billing/api]');
    }
  });

  test('a load balancer cannot route to one of its own chart and one of another', () => {
    const { app, shop, billing } = company();
    const edge = new LoadBalancer(shop, 'edge');
    edge.addRoute('shop.example', service(shop, 'web'));
    edge.addRoute('billing.example', service(billing, 'web'));
    for (const target of ['Compose', 'Swarm']) {
      expect(found(app)).toContain(`error host-name-shared: edge cannot route both to web of its own chart and to web of chart 'billing' on ${target}:`
        + " both have the host name 'web' there; give one of them another id, or declare the load balancer in a chart of its own [shop/edge]");
    }
  });

  test('two callers of one namespace share the name of a callee: kubernetes', () => {
    const app = new App({ targets: [new KubernetesTarget()], report: false });
    const [one, other, billing] = [['shop', 'shop'], ['tools', 'shop'], ['billing', 'billing']].map(([id, namespace]) => new Chart(app, id, { namespace }));
    const api = service(billing, 'api');
    service(one, 'web').connectTo(api);
    service(other, 'probe').connectTo(api);
    const names = ['shop', 'tools'].map((chart) => readManifests(text(app, `${chart}.k8s.yaml`)).filter(({ spec }) => spec?.type === 'ExternalName').length);
    expect(names).toEqual([1, 0]);
  });
});

describe('what a target does not render', () => {
  test.each([['charts', { charts: ['shop'] }, {}], ['onlyOn', {}, { onlyOn: ['kubernetes', 'swarm'] }]])('is not reached, and said: %s', (_, props, more) => {
    const { app, shop, billing } = company([new ComposeTarget(props), new SwarmTarget(), new KubernetesTarget()]);
    service(shop, 'web').connectTo(service(billing, 'api', more));
    expect(found(app)).toEqual(["warning callee-not-rendered: web does not reach api of chart 'billing' on compose, which does not render it:"
      + " add the chart to 'charts' of the target, or the target to 'onlyOn' of api"]);
    expect(file(app, 'compose/shop/compose.yml')).not.toHaveProperty('networks');
    expect(text(app, 'compose/shop/deploy.plan')).not.toContain('network ');
  });

  test('gets no route', () => {
    const { app, shop, platform } = company([new ComposeTarget({ charts: ['platform'] })]);
    new LoadBalancer(platform, 'edge').addRoute('shop.example', service(shop, 'web'));
    expect(found(app)).toContain("warning callee-not-rendered: edge does not reach web of chart 'shop' on compose, which does not render it:"
      + " add the chart to 'charts' of the target, or the target to 'onlyOn' of web");
    expect(text(app, 'compose/platform/config/edge/Caddyfile')).not.toContain('shop.example');
  });
});

test('a start after somebody of another chart is not ordered, and said', () => {
  const { app, shop, billing } = company();
  service(shop, 'web').connectTo(service(billing, 'api'), { startAfter: true });
  expect(found(app)).toEqual([
    "warning start-order: 'web' does not wait for 'api' of chart 'billing' on Kubernetes, which is another manifest: apply that of 'billing' first [shop/web]",
    "warning start-order: web does not wait for api of chart 'billing' on Compose, which is another project: deploy 'billing' first",
    'warning start-order: web does not wait for api on Swarm, which orders no starts: it must try again until api answers',
  ]);
});

test('a network of two stacks with too long a name is an error', () => {
  const { app, shop, billing } = company([new SwarmTarget()]);
  service(shop, 'a'.repeat(20)).connectTo(service(billing, 'b'.repeat(20)));
  expect(found(app)).toContain(`error long-name: network shop_${'a'.repeat(20)}_to_billing_${'b'.repeat(20)}-c2c801 cannot exist on Swarm:`
    + " 64 characters are more than 63, shorten the ids or the charts' [shop]");
});

test('a network belongs to one chart', () => {
  const { shop, billing } = company();
  const backend = new IsolatedNetwork(billing, 'backend');
  expect(() => new StatefulService(shop, 'db', { image: 'acme/db:1', port: 5432, networks: [backend] })).toThrow(
    "db cannot join network 'backend' of chart 'billing': a network belongs to one chart, use connectTo across charts [shop/db]");
});
