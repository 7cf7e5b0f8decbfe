import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { findings, Manifests } from './manifests';
import {
  CertificateFiles, Dns01, ExternalTrafficPolicy, HAWebService, HealthCheck, KubernetesEdge, LetsEncrypt, LoadBalancer, LoadBalancerBackend,
  LoadBalancing, LocalCertificates, RouteAccess, Secret, type HAWebServiceProps, type LoadBalancerProps, type OwnProxiesOptions,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const HOST = 'shop.acme.example';
const IN_SHOP = { namespace: 'shop' };

type Declare = (edge: LoadBalancer, web: HAWebService, chart: Chart) => void;

const declared = (declare: Declare, props: LoadBalancerProps = {}) => (chart: Chart) => {
  const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
  declare(new LoadBalancer(chart, 'edge', props), web, chart);
};

/** A load balancer `edge` of proxies of our own, and a service `web` behind it. */
const behind = (declare: Declare, props: LoadBalancerProps = {}, options: OwnProxiesOptions = {}): Manifests =>
  new Manifests(declared(declare, props), { edge: KubernetesEdge.ownProxies(options) }, IN_SHOP);

const findingsOf = (declare: Declare, props: LoadBalancerProps = {}, options: OwnProxiesOptions = {}, chartProps = IN_SHOP): string[] =>
  findings(declared(declare, props), { edge: KubernetesEdge.ownProxies(options) }, chartProps).filter((one) => !one.includes(' plain-http: '));

const letsEncrypt = (chart: Chart) => new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
const routed: Declare = (edge, web, chart) => edge.addRoute(HOST, web, { certificates: letsEncrypt(chart) });
const proxy = (manifests: Manifests) => manifests.pod('edge').containers[0];

describe('proxies of our own', () => {
  const manifests = behind(routed);

  test('are two on different nodes, which go one at a time', () => {
    expect(manifests.get('Deployment', 'edge').spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    expect(manifests.pod('edge').topologySpreadConstraints[0]).toMatchObject({ topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' });
    expect(manifests.get('PodDisruptionBudget', 'edge').spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  test('listen on ports that take no rights, behind a Service with the usual ones', () => {
    expect(proxy(manifests).ports.map(({ containerPort }: any) => containerPort)).toEqual([10080, 10443]);
    expect(manifests.get('Service', 'edge').spec).toMatchObject({
      type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80, targetPort: 'http' }, { port: 443, targetPort: 'https' }],
    });
  });

  test('are asked for their health from the node', () => {
    expect(proxy(manifests)).toMatchObject({ readinessProbe: { httpGet: { path: '/edge-health', port: 8080 } }, livenessProbe: { httpGet: { path: '/edge-health', port: 8080 } } });
  });

  test('have visitors come in from anywhere, and reach the copies, the solver and the name server alone', () => {
    const { ingress, egress } = manifests.get('NetworkPolicy', 'edge').spec;
    expect(ingress).toEqual([{ ports: [{ port: 10080, protocol: 'TCP' }, { port: 10443, protocol: 'TCP' }] }]);
    const labelOf = (rule: any) => Object.values(rule.to[0].podSelector.matchLabels)[0];
    expect(egress.slice(2).map((rule: any) => [labelOf(rule), rule.ports.map(({ port }: any) => port)])).toEqual([
      ['988808857', [8089]], ['web', [8080]],
    ]);
    expect(manifests.get('NetworkPolicy', 'web').spec.ingress).toEqual([
      { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'edge' } } }], ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
  });

  test('find the copies that are ready by a headless Service', () => {
    expect(manifests.get('Service', 'web-copies').spec).toMatchObject({ clusterIP: 'None', selector: { 'app.kubernetes.io/instance': 'web' } });
    expect(manifests.get('Service', 'web-copies').spec.publishNotReadyAddresses).toBeUndefined();
    expect(manifests.get('ConfigMap').data['etc.caddy.Caddyfile']).toContain('name web-copies.shop.svc.cluster.local');
  });

  test('wait for the cluster\'s load balancer before they stop; copies wait for the name server', () => {
    const options = { deregistration: Duration.seconds(20), proxyDeregistration: Duration.seconds(40) };
    const slow = behind(routed, { drainTimeout: Duration.seconds(60) }, options);
    expect(slow.pod('edge').terminationGracePeriodSeconds).toBe(105);
    expect(slow.pod('edge').containers[0].lifecycle).toEqual({ preStop: { exec: { command: ['/bin/sh', '-c', 'touch /tmp/leaving; sleep 40'] } } });
    expect(slow.get('Deployment', 'edge').spec.minReadySeconds).toBe(40);
    expect(slow.pod('web').containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 20 } } });
  });

  test('say that they are about to stop where their program reads it, and no proxy that is started again believes it', () => {
    const caddy = proxy(behind((edge, web) => edge.addRoute(HOST, web)));
    expect(caddy.lifecycle).toEqual({ preStop: { exec: { command: ['/bin/sh', '-c', 'touch /tmp/leaving; sleep 30'] } } });
    expect(caddy.command[2]).toContain('\n  rm -f /tmp/leaving || exit 1\n');
    const haproxy = behind(routed, { backend: LoadBalancerBackend.haproxy() });
    expect(proxy(haproxy).lifecycle).toEqual({ preStop: { sleep: { seconds: 30 } } });
    expect(JSON.stringify(haproxy.objects)).not.toContain('leaving');
  });

  test('are new ones for another configuration, which is an immutable ConfigMap named by its content', () => {
    const other = behind((edge, web, chart) => edge.addRoute(HOST, web, { path: '/api', certificates: letsEncrypt(chart) }));
    const names = [manifests, other].map((one) => one.get('ConfigMap').metadata.name);
    expect(names[0]).toMatch(/^edge-config-[0-9a-f]{8}$/);
    expect(names[0]).not.toBe(names[1]);
    expect(manifests.get('ConfigMap').immutable).toBe(true);
    // A proxy of the version before that is started anew looks for its own.
    expect(manifests.get('ConfigMap').metadata.annotations).toMatchObject({ 'argocd.argoproj.io/sync-options': 'Prune=false', 'helm.sh/resource-policy': 'keep' });
    expect(manifests.pod('edge').volumes).toContainEqual({ name: 'config-2', configMap: { defaultMode: 292, name: names[0] } });
  });

  describe.each([
    ['caddy', LoadBalancerBackend.caddy()], ['haproxy', LoadBalancerBackend.haproxy()], ['nginx', LoadBalancerBackend.nginx()], ['traefik', LoadBalancerBackend.traefik()],
  ])('%s', (_name, backend) => {
    const edgeOf = (props: Partial<HAWebServiceProps>) => new Manifests((chart) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz'), ...props });
      new LoadBalancer(chart, 'edge', { backend }).addRoute(HOST, web);
    }, { edge: KubernetesEdge.ownProxies() }, IN_SHOP).get('Deployment', 'edge');

    test('are the same ones for another number of copies', () => {
      expect([3, 5, 32].map((replicas) => edgeOf({ replicas }))).toEqual(Array.from({ length: 3 }, () => edgeOf({ replicas: 2 })));
      expect(edgeOf({ minReplicas: 2, maxReplicas: 20 })).toEqual(edgeOf({ replicas: 2 }));
    });
  });

  test('keep nothing: what is a disk elsewhere is scratch space', () => {
    expect(manifests.objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
  });

  test('take what the cluster\'s load balancer is told', () => {
    const service = behind(routed, {}, {
      proxies: 3, externalTrafficPolicy: ExternalTrafficPolicy.CLUSTER, loadBalancerClass: 'metallb.io/layer2', sourceRanges: ['192.0.2.0/24'], annotations: { 'example.com/pool': 'a' },
    }).get('Service', 'edge');
    expect(service.metadata.annotations).toEqual({ 'example.com/pool': 'a' });
    expect(service.spec).toMatchObject({ externalTrafficPolicy: 'Cluster', loadBalancerClass: 'metallb.io/layer2', loadBalancerSourceRanges: ['192.0.2.0/24'] });
  });

  test('route to another namespace without a grant', () => {
    const across = new Manifests((chart, app) => {
      const web = new HAWebService(new Chart(app, 'apps', { namespace: 'apps' }), 'web', { image: IMAGE, port: 8080 });
      new LoadBalancer(chart, 'edge').addRoute(HOST, web);
    }, { edge: KubernetesEdge.ownProxies() }, { namespace: 'edge' });
    expect(across.get('Service', 'web-copies').metadata.namespace).toBe('apps');
    expect(across.get('ConfigMap').data['etc.caddy.Caddyfile']).toContain('name web-copies.apps.svc.cluster.local');
    expect(across.objects.filter(({ kind }) => kind === 'ReferenceGrant')).toEqual([]);
  });

  test.each([
    ['caddy', LoadBalancerBackend.caddy()], ['haproxy', LoadBalancerBackend.haproxy()],
    ['nginx', LoadBalancerBackend.nginx()], ['traefik', LoadBalancerBackend.traefik()],
  ])('may be %s', (_, backend) => {
    const one = behind(routed, { backend });
    expect(proxy(one).command.slice(0, 2)).toEqual(['/bin/sh', expect.stringMatching(/\/with-renewals\.sh$/)]);
    expect(Object.values(one.get('ConfigMap').data).join('\n')).toContain('web-copies.shop.svc.cluster.local');
  });
});

describe('their certificates', () => {
  const sources = (manifests: Manifests) => manifests.pod('edge').volumes.find(({ name }: any) => name === 'secrets').projected.sources.map(({ secret }: any) => secret.name);

  test('are Secrets that cert-manager makes, with a stopgap until an authority has asked for proof', () => {
    const manifests = behind(routed);
    expect(sources(manifests)).toEqual(['shop-acme-example-tls']);
    expect(manifests.get('Certificate').metadata.annotations).toEqual({ 'cert-manager.io/issue-temporary-certificate': 'true' });
  });

  // A file that is mounted alone is never replaced.
  test('are one folder, so that renewed ones come into it', () => {
    expect(proxy(behind(routed)).volumeMounts.filter(({ name }: any) => name === 'secrets')).toEqual([{ mountPath: '/run/secrets', name: 'secrets', readOnly: true }]);
  });

  test('are waited for where nobody asks through the proxies', () => {
    const local = behind((edge, web, chart) => edge.addRoute(HOST, web, { certificates: new LocalCertificates(chart, 'local') }));
    const dns = behind((edge, web, chart) => edge.addRoute(HOST, web, {
      certificates: new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example', dns01: Dns01.cloudflare(new Secret(chart, 'token')) }),
    }));
    expect([local, dns].map((one) => one.get('Certificate', 'shop-acme-example').metadata.annotations)).toEqual([undefined, undefined]);
    expect([local, dns].flatMap(({ objects }) => objects.filter(({ metadata: { name } }) => name.endsWith('-http01-solver')))).toEqual([]);
  });

  test('of one\'s own are a Secret called like its construct', () => {
    const manifests = behind((edge, web, chart) => edge.addRoute(HOST, web, {
      certificates: new CertificateFiles(chart, 'acme-tls', { certificate: new Secret(chart, 'crt'), privateKey: new Secret(chart, 'key') }),
    }));
    expect(sources(manifests)).toEqual(['acme-tls']);
    expect(manifests.objects.filter(({ kind }) => kind === 'Certificate')).toEqual([]);
  });

  test('are proved by a route to the pod of the host\'s own challenge', () => {
    const manifests = behind(routed);
    expect(manifests.get('Issuer').spec.acme.solvers).toEqual([{ http01: { ingress: { ingressClassName: 'none', serviceType: 'ClusterIP' } } }]);
    expect(manifests.get('Service', 'shop-acme-example-http01-solver').spec).toMatchObject({
      clusterIP: 'None', selector: { 'acme.cert-manager.io/http-domain': '988808857', 'acme.cert-manager.io/http01-solver': 'true' },
    });
    expect(manifests.get('NetworkPolicy', 'letsencrypt-http01-solver').spec.ingress[0].from).toEqual([{ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'edge' } } }]);
  });

  test('are read again when they are renewed, and the program gets every signal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'renewals-'));
    let group: number | undefined;
    try {
      const at = (name: string) => join(folder, name);
      const text = behind(routed).get('ConfigMap').data['etc.caddy.with-renewals.sh'] as string;
      for (const key of ['crt', 'key']) writeFileSync(at(`shop-acme-example-tls.tls.${key}`), `first ${key}\n`);
      writeFileSync(at('with-renewals.sh'), text.replaceAll('/run/secrets', folder).replace('sleep 10', 'sleep 0.1')
        .replace(/reread\(\) \{[^]*?\n\}/, `reread() {\n  echo again >> ${at('reread')}\n}`));
      execFileSync('sh', ['-n', at('with-renewals.sh')]);
      const program = `trap 'echo usr2 >> ${at('signals')}' USR2; trap 'echo term >> ${at('signals')}; exit 7' TERM; echo ready > ${at('signals')}; while :; do sleep 0.1; done`;
      const container = spawn('sh', [at('with-renewals.sh'), 'sh', '-c', program], { stdio: 'ignore', detached: true });
      group = container.pid;
      const ended = new Promise((resolve) => container.once('exit', resolve));
      await until(() => readFileSync(at('signals'), 'utf8') === 'ready\n');
      await pause(400);
      expect(() => readFileSync(at('reread'))).toThrow();
      writeFileSync(at('shop-acme-example-tls.tls.crt'), 'second crt\n');
      await until(() => readFileSync(at('reread'), 'utf8') === 'again\n');
      await pause(400);
      expect(readFileSync(at('reread'), 'utf8')).toBe('again\n');
      container.kill('SIGUSR2');
      await until(() => readFileSync(at('signals'), 'utf8') === 'ready\nusr2\n');
      container.kill('SIGTERM');
      expect(await ended).toBe(7);
      expect(readFileSync(at('signals'), 'utf8')).toBe('ready\nusr2\nterm\n');
    } finally {
      // In a container the loop ends with the first process. Not by the program `kill`: that of procps 4.0.2 takes -15506 for -1,
      // which is every process there is.
      if (group !== undefined) process.kill(-group, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await pause(50)) {
    try {
      if (holds()) return;
    } catch { /* not there yet */ }
  }
  throw new Error('it did not happen within 20 s');
}

describe('what they cannot do is said', () => {
  test('a chart without a namespace', () => {
    expect(findingsOf(routed, {}, {}, {} as any)).toEqual(["error unknown-namespace: 'edge' cannot find copies of chart 'shop' by proxies of its own on Kubernetes,"
      + " as the name server is asked for whole names: new Chart(app, 'shop', { namespace: 'shop' }) [shop/edge]"]);
  });

  test('source ranges where every visitor has the address of a node', () => {
    expect(findingsOf((edge, web) => edge.addRoute(HOST, web, { access: RouteAccess.sourceRanges(['10.0.0.0/8']) }), {}, { externalTrafficPolicy: ExternalTrafficPolicy.CLUSTER }))
      .toEqual(["error route-access: 'edge' cannot keep 'shop.acme.example/' to 10.0.0.0/8 with ExternalTrafficPolicy.CLUSTER, where every visitor has the address of a node:"
        + ' use ExternalTrafficPolicy.LOCAL [shop/edge]']);
  });

  test('access that the back end does not keep', () => {
    expect(findingsOf((edge, web, chart) => edge.addRoute(HOST, web, { access: RouteAccess.forwardAuth(new HAWebService(chart, 'gate', { image: IMAGE, port: 80 })) }),
      { backend: Object.assign(LoadBalancerBackend.haproxy(), { accessKinds: [] }) }).filter((one) => one.startsWith('error'))).toEqual([expect.stringContaining('error route-access: ')]);
  });

  test('a host that is sent elsewhere and proved over HTTP', () => {
    expect(findingsOf((edge) => edge.addRedirect('acme.example', HOST), { certificates: undefined })).toEqual([]);
    const redirect = (chart: Chart) => {
      const edge = new LoadBalancer(chart, 'edge', { certificates: letsEncrypt(chart) });
      edge.addRedirect('acme.example', HOST);
    };
    expect(findings(redirect, { edge: KubernetesEdge.ownProxies() }, IN_SHOP)).toEqual(["error redirect-without-proof: 'edge' cannot get a certificate for 'acme.example'"
      + ' on Kubernetes by proof over HTTP, as its proxies send all of that host elsewhere: give the issuer dns01, or use KubernetesEdge.gateway() [shop/edge]']);
  });

  test('an address', () => {
    expect(findingsOf(routed, { publishAddress: '192.0.2.7' })).toEqual([expect.stringContaining("warning published-address: 'edge' cannot listen on address '192.0.2.7' on Kubernetes")]);
  });

  test('copies behind a Service of another library', () => {
    expect(findingsOf((edge, _, chart) => {
      const blog = new plus.Deployment(chart, 'blog', { containers: [{ image: IMAGE, ports: [{ number: 8080, name: 'http' }] }] });
      edge.addRoute(HOST, blog.exposeViaService({ name: 'blog', ports: [{ port: 80, targetPort: 8080 }] }));
    })).toEqual([expect.stringContaining("warning copies-not-known: 'edge' does not see the copies behind Service 'blog' on Kubernetes")]);
  });

  test('a back end that listens on ports of its own, or gives no command', () => {
    const caddy = LoadBalancerBackend.caddy();
    const own = { name: 'pound', answerBalancing: caddy.answerBalancing.bind(caddy), lower: (model: any, traits: any) => ({ ...caddy.lower(model, { ...traits, httpPort: 80 }), command: undefined }) };
    const found = findingsOf(routed, { backend: own });
    expect(found).toEqual([
      expect.stringContaining("error low-port: 'edge' cannot have pound listen on 80 on Kubernetes"),
      expect.stringContaining("warning certificates-not-read-again: 'edge' does not tell pound of renewed certificates on Kubernetes"),
    ]);
  });
});

test('every algorithm of the back end is there', () => {
  const hashed = behind(routed, { algorithm: LoadBalancing.hashUri(), backend: LoadBalancerBackend.haproxy() });
  expect(hashed.get('ConfigMap').data['usr.local.etc.haproxy.haproxy.cfg']).toContain('balance hash pathq');
});
