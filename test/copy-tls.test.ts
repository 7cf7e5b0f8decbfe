import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import {
  App, ComposeTarget, HAWebService, HealthCheck, KubernetesEdge, LoadBalancer, LoadBalancerBackend, LocalCertificates, Port, Protocol,
  StatefulService, SwarmTarget, Worker,
  type CopyTls, type HAWebServiceProps, type ILoadBalancerBackend, type RouteOptions, type Target,
} from '../src';
import { findings as kubernetesFindings, Manifests } from './targets/kubernetes/manifests';

/*
 * Copies that speak TLS: what users can get wrong, and every target's answer side by side.
 */

const HOST = 'shop.acme.example';
const [AUTHORITY, OTHER] = ['visitors', 'partners'].map((name) => join(__dirname, 'loadbalancers', 'authorities', `${name}.pem`));
const copyTls: CopyTls = { authorityFile: AUTHORITY };

const service = (chart: Chart, id: string, props: Partial<HAWebServiceProps> = {}) => new HAWebService(chart, id, {
  image: 'ghcr.io/acme/app:1.4.2', port: 8443, protocol: Protocol.HTTPS, healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }), ...props,
});
const edgeOf = (chart: Chart) => new LoadBalancer(chart, 'edge', { certificates: new LocalCertificates(chart, 'local') });

describe('what cannot be', () => {
  const chart = () => new Chart(new App({ targets: [new ComposeTarget()] }), 'shop');

  test.each<[string, RouteOptions, string]>([
    ['TLS without a word whom to trust', {},
      "edge cannot send 'shop.acme.example/' to web over TLS on port 8443 without knowing whom to trust: give copyTls: { authorityFile: 'ca.pem' } [shop/edge]"],
    ['trust where there is no TLS', { port: 8080, copyTls },
      "edge cannot verify the copies of web for 'shop.acme.example/': port 8080 is not declared to speak TLS, declare it with Port.https or Port.grpcs, or leave copyTls out [shop/edge]"],
    ['a name with capitals', { copyTls: { ...copyTls, serverName: 'Web' } },
      "edge, route 'shop.acme.example/', copyTls, cannot take 'Web' for serverName: give the host name that the copies' certificates have, in lower case [shop/edge]"],
    ['a wildcard for a name', { copyTls: { ...copyTls, serverName: '*.acme.example' } },
      "edge, route 'shop.acme.example/', copyTls, cannot take '*.acme.example' for serverName: give the host name that the copies' certificates have, in lower case [shop/edge]"],
    ['no authority', { copyTls: {} as CopyTls },
      "edge, route 'shop.acme.example/', copyTls, cannot take undefined for the file of an authority: it is no name of a file; give a PEM file with the authority's own"
      + ' certificate, up to its root [shop/edge]'],
    ['an authority that is not there', { copyTls: { authorityFile: '/nowhere/ca.pem' } },
      "edge, route 'shop.acme.example/', copyTls, cannot mount the file '/nowhere/ca.pem': it does not exist, paths are relative to the working directory of synth [shop/edge]"],
    ['an option that is misspelt', { copyTls: { ...copyTls, verify: false } as CopyTls },
      "edge, route 'shop.acme.example/', copyTls, has no prop 'verify': remove it, the props are authorityFile, serverName [shop/edge]"],
  ])('%s', (_name, options, message) => {
    const shop = chart();
    const web = service(shop, 'web', { additionalPorts: [Port.http('plain', 8080)] });
    expect(() => edgeOf(shop).addRoute(HOST, web, options)).toThrow(new Error(message));
  });

  test('two ways to the same copies', () => {
    const shop = chart();
    const [edge, web] = [edgeOf(shop), service(shop, 'web')];
    edge.addRoute(HOST, web, { copyTls });
    edge.addRoute(HOST, web, { path: '/same', copyTls: { authorityFile: AUTHORITY, serverName: 'web' } });
    for (const other of [{ authorityFile: OTHER }, { ...copyTls, serverName: 'other' }]) {
      expect(() => edge.addRoute(HOST, web, { path: '/other', copyTls: other })).toThrow(new Error(
        "edge cannot verify the copies of web on port 8443 for 'shop.acme.example/other' in another way than for other routes: give all of them the same copyTls [shop/edge]"));
    }
  });

  test('the short form, which has no word for it', () => {
    const shop = chart();
    edgeOf(shop);
    expect(() => service(shop, 'web', { domainName: HOST })).toThrow(/without knowing whom to trust: give copyTls/);
  });
});

const filesOf = (target: Target, define: (chart: Chart) => void): { [path: string]: string } => {
  const app = new App({ targets: [target] });
  define(new Chart(app, 'shop'));
  return Object.fromEntries(app.render().map(({ path, text }) => [path, text]));
};

/** All of an application. */
const healthChecks = (files: { [path: string]: string }): string =>
  Object.entries(files).filter(([path]) => /\/health-check-\w+\.sh$/.test(path)).map(([, text]) => text).join('');

describe('on Docker', () => {
  const define = (chart: Chart) => edgeOf(chart).addRoute(HOST, service(chart, 'web'), { copyTls });

  test('the load balancer has the authority, and the container asks itself over TLS', () => {
    for (const [target, folder] of [[new ComposeTarget(), 'compose/shop'], [new SwarmTarget(), 'swarm/shop']] as const) {
      const files = filesOf(target, define);
      const [authority] = Object.keys(files).filter((path) => /authority-[0-9a-f]{8}\.pem$/.test(path));
      expect(files[authority]).toBe(readFileSync(AUTHORITY, 'utf8'));
      expect(files[`${folder}/config/edge/Caddyfile`]).toMatch(/tls_trust_pool file \/etc\/caddy\/authority-[0-9a-f]{8}\.pem\n\t\t\ttls_server_name web\n/);
      const text = healthChecks(files);
      expect(text).toContain('u=https://127.0.0.1:8443');
      expect(text).toContain('wget --no-check-certificate ');
      expect(text).not.toContain('u=http://127.0.0.1:8443');
      expect(text).toContain('no wget or curl in this image: use HealthCheck.command');
    }
  });

  test('a check on a port without TLS is asked without', () => {
    const files = filesOf(new ComposeTarget(), (chart) => edgeOf(chart).addRoute(HOST,
      service(chart, 'web', { additionalPorts: [Port.http('health', 8080)], healthCheck: HealthCheck.http('/healthz', { port: 8080 }) }), { copyTls }));
    expect(healthChecks(files)).toContain('u=http://127.0.0.1:8080');
  });

  test('workloads that call it keep their TLS: what is between them passes it on', () => {
    const files = filesOf(new ComposeTarget(), (chart) => new Worker(chart, 'mailer', { image: 'ghcr.io/acme/mailer:1.0.0' }).connectTo(service(chart, 'web')));
    const [, proxy] = Object.entries(files).find(([path]) => path.endsWith('haproxy.cfg'))!;
    expect(proxy).toMatch(/frontend web:8443 from connections\n/);
    expect(proxy).toContain('check-ssl verify none');
  });

  test('all back ends and both targets', () => {
    for (const backend of [LoadBalancerBackend.caddy(), LoadBalancerBackend.haproxy(), LoadBalancerBackend.nginx(), LoadBalancerBackend.traefik()]) {
      for (const target of [new ComposeTarget(), new SwarmTarget()]) {
        const text = JSON.stringify(filesOf(target, (chart) => {
          const edge = new LoadBalancer(chart, 'edge', { backend, certificates: new LocalCertificates(chart, 'local') });
          edge.addRoute(HOST, service(chart, 'web'), { copyTls: { ...copyTls, serverName: 'web.internal.example' } });
        }));
        expect([backend.name, text.includes('web.internal.example')]).toEqual([backend.name, true]);
      }
    }
  });
});

describe('gRPC', () => {
  const ledgerOf = (chart: Chart, props: Partial<HAWebServiceProps> = {}) =>
    service(chart, 'ledger', { port: 9443, protocol: Protocol.GRPCS, healthCheck: HealthCheck.grpc(), ...props });
  const define = (chart: Chart) => edgeOf(chart).addRoute(HOST, ledgerOf(chart), { copyTls });

  test('is met over TLS only where it is said whom to trust', () => {
    const shop = new Chart(new App({ targets: [new ComposeTarget()] }), 'shop');
    expect(() => edgeOf(shop).addRoute(HOST, ledgerOf(shop))).toThrow(/cannot send 'shop.acme.example\/' to ledger over TLS on port 9443 without knowing whom to trust/);
  });

  test('is not copied to another workload', () => {
    const shop = new Chart(new App({ targets: [new ComposeTarget()] }), 'shop');
    const [ledger, other] = [ledgerOf(shop), service(shop, 'other')];
    expect(() => edgeOf(shop).addRoute(HOST, ledger, { copyTls, mirror: { workload: other } })).toThrow(/speaks gRPC there/);
  });

  test.each<[string, () => ILoadBalancerBackend, RegExp[]]>([
    ['caddy', LoadBalancerBackend.caddy, [/transport http \{[^}]*versions 2\n[^}]*tls_server_name ledger\n/]],
    ['haproxy', LoadBalancerBackend.haproxy, [/default-server .* proto h2 ssl verify required .* verifyhost ledger alpn h2 check-ssl check-sni ledger check-alpn h2/]],
    ['nginx', LoadBalancerBackend.nginx, [/grpc_ssl_verify on;[^}]*\s(grpc_pass grpcs:\/\/|set \$stream_to )shop\.ledger\.9443-once;/, /grpc_pass grpcs:\/\//]],
    ['traefik', LoadBalancerBackend.traefik, [/url: https:\/\/.*ledger.*:9443\n/, /serverName: ledger\n/]],
  ])('is HTTP/2 over TLS by %s', (_, backend, patterns) => {
    for (const target of [new ComposeTarget(), new SwarmTarget()]) {
      const files = filesOf(target, (chart) => new LoadBalancer(chart, 'edge', { backend: backend(), certificates: new LocalCertificates(chart, 'local') })
        .addRoute(HOST, ledgerOf(chart), { copyTls }));
      const text = Object.entries(files).filter(([path]) => path.includes('/config/edge/')).map(([, one]) => one).join('\n');
      for (const pattern of patterns) expect(text).toMatch(pattern);
      expect(text).not.toContain('disableHTTP2');
    }
  });

  test('is asked for its health over TLS by a program in the image', () => {
    const text = healthChecks(filesOf(new ComposeTarget(), define));
    expect(text).toContain('grpc_health_probe -addr=127.0.0.1:9443 -tls -tls-no-verify -connect-timeout');
  });

  test('between workloads it is passed on as it is, to copies that are well', () => {
    const files = filesOf(new ComposeTarget(), (chart) => new Worker(chart, 'mailer', { image: 'ghcr.io/acme/mailer:1.0.0' }).connectTo(ledgerOf(chart)));
    const [, proxy] = Object.entries(files).find(([path]) => path.endsWith('haproxy.cfg'))!;
    expect(proxy).toMatch(/frontend ledger:9443 from connections\n/);
    expect(proxy).toMatch(/check-ssl verify none check-alpn h2/);
    expect(proxy).not.toContain('proto h2');
  });

  test('has a GRPCRoute and a BackendTLSPolicy on Kubernetes, whose kubelet only looks at its port, which is said', () => {
    const manifests = new Manifests(define);
    expect(manifests.get('GRPCRoute').spec.hostnames).toEqual([HOST]);
    expect(manifests.get('BackendTLSPolicy').spec.targetRefs).toEqual([{ group: '', kind: 'Service', name: 'ledger', sectionName: 'grpcs' }]);
    expect(manifests.get('Service', 'ledger').spec.ports[0]).toMatchObject({ name: 'grpcs', appProtocol: 'https', port: 9443 });
    expect(manifests.pod('ledger').containers[0].readinessProbe.tcpSocket).toEqual({ port: 9443 });
    expect(kubernetesFindings(define).filter((line) => line.includes('grpc-health-check'))).toEqual([
      "warning grpc-health-check: 'ledger' is ready on Kubernetes when its port 9443 takes connections: a kubelet asks by gRPC without TLS alone;"
      + ' give it a port for health checks without TLS (additionalPorts, HealthCheck.grpc({ port })), or use HealthCheck.command with grpc_health_probe [shop/ledger]',
    ]);
  });
});

test('a back end says whether it verifies copies; else a route to them is an error', () => {
  const caddy = LoadBalancerBackend.caddy();
  const backend: ILoadBalancerBackend = {
    name: 'pound', answerBalancing: (model, traits) => caddy.answerBalancing(model, traits), lower: (model, traits) => caddy.lower(model, traits),
  };
  for (const target of [new ComposeTarget(), new SwarmTarget()]) {
    const shop = new Chart(new App({ targets: [target] }), 'shop');
    new LoadBalancer(shop, 'edge', { backend, certificates: new LocalCertificates(shop, 'local') }).addRoute(HOST, service(shop, 'web'), { copyTls });
    expect((shop.node.root as App).findings().map(({ message }) => message)).toContain(
      "edge cannot send 'shop.acme.example/' to web over TLS with the back end 'pound', which does not know it: take LoadBalancerBackend.caddy(), which does [shop/edge]");
  }
});

describe('on Kubernetes', () => {
  const define = (chart: Chart) => {
    const [edge, web] = [edgeOf(chart), service(chart, 'web')];
    edge.addRoute(HOST, web, { copyTls });
    edge.addRoute(HOST, web, { path: '/api', copyTls });
  };

  test('a BackendTLSPolicy says whom to trust, and the kubelet asks over TLS', () => {
    const manifests = new Manifests(define);
    const [authority] = manifests.objects.filter(({ kind }) => kind === 'ConfigMap');
    expect(authority).toMatchObject({ immutable: true, data: { 'ca.crt': readFileSync(AUTHORITY, 'utf8') } });
    expect(manifests.get('BackendTLSPolicy').spec).toEqual({
      targetRefs: [{ group: '', kind: 'Service', name: 'web', sectionName: 'https' }],
      validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: authority.metadata.name }], hostname: 'web' },
    });
    expect(manifests.get('Service', 'web').spec.ports[0]).toMatchObject({ name: 'https', appProtocol: 'https', port: 8443 });
    const [container] = manifests.pod('web').containers;
    expect([container.readinessProbe, container.livenessProbe, container.startupProbe].map(({ httpGet }) => httpGet.scheme)).toEqual(['HTTPS', 'HTTPS', 'HTTPS']);
  });

  test('the policy lies beside the Service, also in another namespace', () => {
    const manifests = new Manifests((chart, app) => {
      const db = new StatefulService(new Chart(app, 'data', { namespace: 'data' }), 'db', {
        image: 'ghcr.io/acme/db:2.0.0', port: 8443, protocol: Protocol.HTTPS, replicas: 2, healthCheck: HealthCheck.tcp(),
      });
      edgeOf(chart).addRoute(HOST, db, { copyTls: { ...copyTls, serverName: 'db.internal.example' } });
    }, {}, { namespace: 'shop' });
    expect(manifests.get('BackendTLSPolicy').metadata.namespace).toBe('data');
    expect(manifests.objects.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.namespace)).toEqual(['data']);
  });

  test('another implementation must know the policy: a finding', () => {
    expect(kubernetesFindings(define, { edge: KubernetesEdge.gateway({ className: 'nginx' }) }).filter((line) => line.includes('copy-tls'))).toEqual(
      ['shop.acme.example/api', 'shop.acme.example/'].map((where) =>
        `warning copy-tls: 'edge' meets the copies of 'web' for '${where}' over TLS only if the implementation of GatewayClass 'nginx' knows BackendTLSPolicy (Gateway API 1.4):`
        + ' else it sends plain HTTP, which they refuse; look it up, or use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]'));
    expect(kubernetesFindings(define).filter((line) => line.includes('copy-tls'))).toEqual([]);
  });

  test('two load balancers verify the same copies in the same way', () => {
    const both = (other: CopyTls) => kubernetesFindings((chart) => {
      const web = service(chart, 'web');
      edgeOf(chart).addRoute(HOST, web, { copyTls });
      new LoadBalancer(chart, 'inside', { certificates: new LocalCertificates(chart, 'other'), httpPort: 81, httpsPort: 444 }).addRoute('in.acme.example', web, { copyTls: other });
    }).filter((line) => line.includes('copy-tls'));
    expect(both(copyTls)).toEqual([]);
    expect(both({ authorityFile: OTHER })).toEqual([
      "error copy-tls: 'inside' cannot verify the copies of 'web' on port 8443 in another way than 'edge' on Kubernetes, where one BackendTLSPolicy holds for all who send to a"
      + ' Service; give both the same copyTls [shop/inside]',
    ]);
  });
});
