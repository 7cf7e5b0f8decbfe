import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import {
  App, ComposeTarget, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, LoadBalancerBackend, LocalCertificates,
  RouteAccess, SwarmTarget,
  type ILoadBalancerBackend, type RouteOptions, type Target,
} from '../src';
import { Authority } from './loadbalancers/visitors';
import { findings as kubernetesFindings, Manifests } from './targets/kubernetes/manifests';

/*
 * Visitors who must show a certificate: what users can get wrong, and every target's answer side by side.
 */

const HOST = 'shop.acme.example';
const folder = mkdtempSync(join(tmpdir(), 'client-certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, ...texts: string[]): string => {
  writeFileSync(join(folder, name), texts.join(''));
  return join(folder, name);
};

const VISITORS = join(__dirname, 'loadbalancers', 'authorities', 'visitors.pem');
const PARTNERS = join(__dirname, 'loadbalancers', 'authorities', 'partners.pem');
const root = Authority.root('root');
const middle = root.intermediate('middle');
const ann = root.sign('/O=Acme/CN=ann');

const service = (chart: Chart, id: string) => new HAWebService(chart, id, { image: 'ghcr.io/acme/app:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz') });

function edgeOf(chart: Chart, { certificates = true, backend }: { certificates?: boolean; backend?: ILoadBalancerBackend } = {}): LoadBalancer {
  return new LoadBalancer(chart, 'edge', { backend, certificates: certificates ? new LocalCertificates(chart, 'local') : undefined });
}

const composeChart = () => new Chart(new App({ targets: [new ComposeTarget()] }), 'shop');

describe('the file of an authority', () => {
  const refused = (authorityFile: string, why: string) => {
    const chart = composeChart();
    expect(() => edgeOf(chart).addRoute(HOST, service(chart, 'web'), { access: RouteAccess.clientCertificates(authorityFile) })).toThrow(new Error(why));
  };
  const cannot = (name: string, why: string) =>
    `edge, route 'shop.acme.example/', cannot take '${name}' for the file of an authority: ${why};`
    + " give a PEM file with the authority's own certificate, up to its root [shop/edge]";

  test('must be there', () => {
    refused(join(folder, 'nowhere.pem'), `edge, route 'shop.acme.example/', cannot mount the file '${folder}/nowhere.pem': it does not exist, paths are relative to`
      + ' the working directory of synth [shop/edge]');
  });

  test.each<[string, unknown, string]>([
    ['no text', 7, "edge, route 'shop.acme.example/', cannot take 7 for the file of an authority: it is no name of a file;"
      + " give a PEM file with the authority's own certificate, up to its root [shop/edge]"],
    ['no text at all', '', cannot('', 'it is no name of a file')],
  ])('is not %s', (_name, given, why) => refused(given as string, why));

  test.each<[string, string[], string]>([
    ['no certificate', ['a text\n'], 'it holds no certificate in PEM form'],
    ['a broken certificate', ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'], 'a certificate in it cannot be read'],
    ['a private key', [root.pem, ann.key], 'it holds a private key, which belongs to nobody but the authority'],
    ['the certificate of a visitor', [ann.cert, root.pem], "'O=Acme, CN=ann' in it is no authority (CA:TRUE)"],
    ['an authority without its root', [middle.pem], "'O=Acme, CN=middle' in it is signed by another authority, which is not in it"],
  ])('does not hold %s', (name, texts, why) => {
    const path = file(`${name.replace(/ /g, '-')}.pem`, ...texts);
    refused(path, cannot(path, why));
  });

  test('may hold several, with texts between them', () => {
    const chart = composeChart();
    const path = file('several.pem', 'Ours:\r\n', root.pem.replace(/\n/g, '\r\n'), 'And:\n', middle.pem, readFileSync(VISITORS, 'utf8'));
    edgeOf(chart).addRoute(HOST, service(chart, 'web'), { access: RouteAccess.clientCertificates(path) });
    const found = (chart.node.root as App).render().find(({ path: name }) => /config\/edge\/authority-[0-9a-f]{8}\.pem$/.test(name))!;
    expect(found.text).toBe([root.pem, middle.pem, readFileSync(VISITORS, 'utf8')].join(''));
  });
});

describe('what would let visitors in without a certificate', () => {
  const access = RouteAccess.clientCertificates(VISITORS);
  const refused = (options: RouteOptions, why: string, certificates = true) => {
    const chart = composeChart();
    expect(() => edgeOf(chart, { certificates }).addRoute(HOST, service(chart, 'web'), options)).toThrow(new Error(why));
  };

  test('a host without TLS', () => refused({ access },
    "edge cannot ask visitors of 'shop.acme.example/' for certificates: it has none itself, and they are shown over TLS only, give 'certificates' [shop/edge]", false));

  test('plain HTTP beside it', () => refused({ access, redirectHttp: false },
    "edge cannot let visitors of 'shop.acme.example/' in over plain HTTP, where they show no certificate: leave redirectHttp on [shop/edge]"));

  test('two authorities at once', () => refused({ access: RouteAccess.allOf([access, RouteAccess.clientCertificates(PARTNERS)]) },
    "edge cannot ask visitors of 'shop.acme.example/' for two certificates: a visitor shows one, put the authorities of all into one file [shop/edge]"));

  test.each<[string, RouteAccess | undefined, RouteAccess | undefined]>([
    ['one after it', access, undefined], ['one before it', undefined, access], ['one with another authority', access, RouteAccess.clientCertificates(PARTNERS)],
  ])('another route of its host: %s', (_name, first, second) => {
    const chart = composeChart();
    const edge = edgeOf(chart);
    edge.addRoute(HOST, service(chart, 'web'), { access: first });
    expect(() => edge.addRoute(HOST, service(chart, 'api'), { path: '/api', access: second })).toThrow(new Error(
      "edge cannot ask for other certificates on 'shop.acme.example/api' than on the rest of 'shop.acme.example': they are shown when a visitor connects, before a path"
      + ' is known; give all routes of the host the same RouteAccess.clientCertificates, or this one a host of its own [shop/edge]'));
  });

  test('not other rules of the same routes, nor another file with the same authority', () => {
    const chart = composeChart();
    const edge = edgeOf(chart);
    const [web, api] = [service(chart, 'web'), service(chart, 'api')];
    edge.addRoute(HOST, web, { access, weight: 90 });
    edge.addRoute(HOST, api, { weight: 10 });
    const same = RouteAccess.clientCertificates(file('same.pem', readFileSync(VISITORS, 'utf8')));
    edge.addRoute(HOST, api, { path: '/api', access: RouteAccess.allOf([same, RouteAccess.sourceRanges(['10.0.0.0/8'])]) });
    expect(() => (chart.node.root as App).render()).not.toThrow();
  });
});

function shopOn(target: Target, backend?: ILoadBalancerBackend, host = HOST): App {
  const chart = new Chart(new App({ targets: [target] }), 'shop');
  const edge = edgeOf(chart, { backend });
  edge.addRoute(host, service(chart, 'web'), { access: RouteAccess.clientCertificates(VISITORS) });
  edge.addRoute('open.acme.example', service(chart, 'site'));
  return chart.node.root as App;
}

describe('on Docker', () => {
  test('the authority is a file beside the configuration, and the report tells of it', () => {
    for (const [target, at] of [[new ComposeTarget(), 'compose/shop'], [new SwarmTarget(), 'swarm/shop']] as const) {
      const files = Object.fromEntries(shopOn(target).render().map(({ path, text }) => [path, text]));
      const [name] = Object.keys(files).filter((path) => /authority-[0-9a-f]{8}\.pem$/.test(path));
      expect(files[name]).toBe(readFileSync(VISITORS, 'utf8'));
      expect(files[`${at}/config/edge/Caddyfile`]).toContain(`trust_pool file /etc/caddy/${name.split('/').pop()}\n`);
      expect(files['report/report.md']).toContain('; visitors of shop.acme.example show a certificate of the given authority');
    }
  });

  test('Traefik tells copies the subject in a header of its own, and cannot ask at a wildcard', () => {
    const traefik = LoadBalancerBackend.traefik();
    expect(shopOn(new ComposeTarget(), traefik).findings().map(({ message }) => message)).toContain(
      "edge tells the copies of shop.acme.example a certificate's subject in X-Forwarded-Tls-Client-Cert-Info, in percents, and not in X-Client-Subject, as Traefik has"
      + ' one name for it: have them read that, or use LoadBalancerBackend.caddy()');
    expect(() => shopOn(new ComposeTarget(), traefik, '*.acme.example').render()).toThrow(
      "'edge' cannot ask visitors of '*.acme.example' for certificates, as Traefik asks by whole names only: give routes for each host, or use"
      + ' LoadBalancerBackend.caddy() [shop/edge]');
  });

  test('a back end that does not know it is an error', () => {
    const caddy = LoadBalancerBackend.caddy();
    const pound: ILoadBalancerBackend = {
      name: 'pound', answerBalancing: (model, traits) => caddy.answerBalancing(model, traits), lower: (model, traits) => caddy.lower(model, traits),
    };
    expect(shopOn(new ComposeTarget(), pound).findings().map(({ message }) => message)).toContain(
      "edge cannot keep 'shop.acme.example/' to visitors by RouteAccess.clientCertificates with the back end 'pound', which does not know it:"
      + " take LoadBalancerBackend.caddy(), which does, or leave 'access' out [shop/edge]");
  });
});

describe('on Kubernetes', () => {
  const define = (chart: Chart) => {
    const edge = edgeOf(chart);
    const web = service(chart, 'web');
    edge.addRoute(HOST, web, { access: RouteAccess.clientCertificates(VISITORS) });
    edge.addRoute(HOST, web, { path: '/admin', access: RouteAccess.allOf([RouteAccess.clientCertificates(VISITORS), RouteAccess.sourceRanges(['10.0.0.0/8'])]) });
    edge.addRoute('open.acme.example', service(chart, 'site'));
  };

  test('Envoy Gateway asks at the listener of the host alone, and tells copies the subject', () => {
    const manifests = new Manifests(define);
    const [authority] = manifests.objects.filter(({ kind }) => kind === 'ConfigMap');
    expect(authority).toMatchObject({ immutable: true, data: { 'ca.crt': readFileSync(VISITORS, 'utf8') } });
    expect(authority.metadata.name).toMatch(/^shop-acme-example-authority-[0-9a-f]{8}$/);
    expect(manifests.get('ClientTrafficPolicy', 'shop-acme-example-visitors').spec).toEqual({
      headers: { earlyRequestHeaders: { set: [{ name: 'X-Client-Subject', value: '%DOWNSTREAM_PEER_SUBJECT%' }] } },
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge', sectionName: 'https-shop-acme-example' }],
      tls: { clientValidation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: authority.metadata.name }] }, minVersion: '1.2' },
    });
    expect(manifests.get('ClientTrafficPolicy', 'edge').spec).toEqual({
      headers: { earlyRequestHeaders: { remove: ['X-Client-Subject'] } },
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }],
      tls: { minVersion: '1.2' },
    });
    // An address is a route's.
    expect(manifests.objects.filter(({ kind }) => kind === 'SecurityPolicy').map(({ metadata }) => metadata.name)).toEqual(['shop-acme-example-admin']);
  });

  test('the report tells of it', () => {
    const files = shopOn(new KubernetesTarget()).render();
    expect(files.find(({ path }) => path === 'report/report.md')!.text).toContain('; visitors of shop.acme.example show a certificate of the given authority');
  });

  test('another implementation, and a Gateway of somebody else, cannot: an error for each route', () => {
    const errors = (edge: KubernetesEdge) => kubernetesFindings(define, { edge }).filter((line) => line.startsWith('error') && line.includes('certificates'));
    expect(errors(KubernetesEdge.gateway({ className: 'nginx' }))).toEqual(['shop.acme.example/admin', 'shop.acme.example/'].map((where) =>
      `error route-access: 'edge' cannot ask visitors of '${where}' for certificates with GatewayClass 'nginx': the Gateway API has a field for all hosts of a port only,`
      + ' which an implementation may not know; use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]'));
    expect(errors(KubernetesEdge.existingGateway({ name: 'public', className: 'eg' }))).toEqual(['shop.acme.example/admin', 'shop.acme.example/'].map((where) =>
      `error route-access: 'edge' cannot ask visitors of '${where}' for certificates on Kubernetes: the listeners of the Gateway 'public' belong to somebody else;`
      + ' use KubernetesEdge.gateway() [shop/edge]'));
  });
});
