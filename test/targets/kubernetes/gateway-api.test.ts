import { join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { findings, Manifests } from './manifests';
import {
  GatewayApiChannel, HAWebService, HealthCheck, KubernetesEdge, LoadBalancer, LocalCertificates, Port,
  type KubernetesTargetProps, type LoadBalancerProps,
} from '../../../src';

/*
 * What is written for a version and a channel of the Gateway API.
 */

const HOST = 'shop.acme.example';

type Declare = (edge: LoadBalancer, web: HAWebService) => void;

const define = (declare: Declare, props: LoadBalancerProps = {}) => (chart: Chart) => {
  const web = new HAWebService(chart, 'web', {
    image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz'), additionalPorts: [Port.https('https', 8443)],
  });
  declare(new LoadBalancer(chart, 'edge', { certificates: new LocalCertificates(chart, 'local'), ...props }), web);
};

const ROUTE: Declare = (edge, web) => edge.addRoute(HOST, web);
const OVER_TLS: Declare = (edge, web) => edge.addRoute(HOST, web, {
  port: 8443, copyTls: { authorityFile: join(__dirname, '..', '..', 'loadbalancers', 'authorities', 'partners.pem') },
});

const ISTIO = KubernetesEdge.gateway({ className: 'istio' });
const EXPERIMENTAL: KubernetesTargetProps = { edge: ISTIO, gatewayApiVersion: '1.6', gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL };

const rulesOf = (target: KubernetesTargetProps, declare = ROUTE, props: LoadBalancerProps = {}, name = 'shop-acme-example'): any[] =>
  new Manifests(define(declare, props), target).get('HTTPRoute', name).spec.rules;

const said = (target: KubernetesTargetProps, declare = ROUTE, props: LoadBalancerProps = {}): string[] =>
  findings(define(declare, props), target).filter((one) => /gateway-|retry/.test(one));

/** The methods of each rule, and how often another copy is tried. */
const retries = (rules: any[]) => rules.map(({ matches, retry }) => [matches.map(({ method }: any) => method ?? 'any').join(' '), retry?.attempts]);

describe('another copy is tried', () => {
  test('for every request, where the field is stable: what a copy has processed is not sent again', () => {
    expect(retries(rulesOf({ edge: ISTIO, gatewayApiVersion: '1.7' }))).toEqual([['any', 2]]);
  });

  test('for requests that may be sent again, where the field is experimental', () => {
    expect(retries(rulesOf(EXPERIMENTAL))).toEqual([['GET HEAD OPTIONS', 2], ['any', undefined]]);
    expect(retries(rulesOf(EXPERIMENTAL, ROUTE, { retryIdempotent: true }))).toEqual([['GET HEAD OPTIONS PUT DELETE', 2], ['any', undefined]]);
    expect(retries(rulesOf({ ...EXPERIMENTAL, gatewayApiVersion: '1.2' }))).toEqual([['GET HEAD OPTIONS', 2], ['any', undefined]]);
  });

  test('of the methods that a route has', () => {
    const only = (...methods: string[]): Declare => (edge, web) => edge.addRoute(HOST, web, { match: { methods } });
    const name = (...methods: string[]) => `shop-acme-example-${methods.join('-').toLowerCase()}`;
    expect(retries(rulesOf(EXPERIMENTAL, only('GET', 'POST'), {}, name('GET', 'POST')))).toEqual([['GET', 2], ['POST', undefined]]);
    expect(retries(rulesOf(EXPERIMENTAL, only('GET', 'HEAD'), {}, name('GET', 'HEAD')))).toEqual([['GET HEAD', 2]]);
    expect(retries(rulesOf(EXPERIMENTAL, only('POST'), {}, name('POST')))).toEqual([['POST', undefined]]);
  });

  test('without taking a method from a route beside that names it', () => {
    const manifests = new Manifests(define((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute(HOST, web, { match: { methods: ['GET'] } });
    }), EXPERIMENTAL);
    expect(retries(manifests.get('HTTPRoute', 'shop-acme-example').spec.rules)).toEqual([['HEAD OPTIONS', 2], ['any', undefined]]);
    expect(retries(manifests.get('HTTPRoute', 'shop-acme-example-get').spec.rules)).toEqual([['GET', 2]]);
  });

  test('with all that a route says besides, in each of its rules', () => {
    const rules = rulesOf(EXPERIMENTAL, (edge, web) => edge.addRoute(HOST, web, { requestTimeout: Duration.seconds(5), match: { headers: { 'x-tenant': 'red' } } }),
      {}, 'shop-acme-example-x-tenant-red');
    for (const { backendRefs, timeouts, matches } of rules) {
      expect([backendRefs[0].name, timeouts.request, matches[0].headers[0].value]).toEqual(['web', '5s', 'red']);
    }
    expect(rules).toHaveLength(2);
  });

  test('as the implementation likes, where the Gateway API has no field', () => {
    for (const gatewayApiVersion of ['1.2', '1.5', '1.6']) expect(retries(rulesOf({ edge: ISTIO, gatewayApiVersion }))).toEqual([['any', undefined]]);
    expect(said({ edge: ISTIO })).toEqual([]);
  });

  test('by Envoy Gateway in a field of its own, which this one would overrule', () => {
    for (const edge of [KubernetesEdge.gateway(), KubernetesEdge.existingGateway({ name: 'public', className: 'eg' })]) {
      const manifests = new Manifests(define(ROUTE), { ...EXPERIMENTAL, edge }, {}, ['Gateway/*']);
      expect(retries(manifests.get('HTTPRoute', 'shop-acme-example').spec.rules)).toEqual([['any', undefined]]);
      expect(manifests.get('BackendTrafficPolicy').spec.retry.numRetries).toBe(2);
    }
    expect(said({ ...EXPERIMENTAL, edge: KubernetesEdge.gateway() })).toEqual([]);
  });

  test('as any other implementation likes: one that does not know the field may refuse the route', () => {
    for (const className of ['nginx', 'traefik', 'acme']) {
      expect(retries(rulesOf({ edge: KubernetesEdge.gateway({ className }), gatewayApiVersion: '1.7' }))).toEqual([['any', undefined]]);
    }
    expect(retries(rulesOf({ edge: KubernetesEdge.gateway({ className: 'cilium' }), gatewayApiVersion: '1.7' }))).toEqual([['any', 2]]);
  });

  test('but PUT and DELETE that a copy has had are not sent again for sure, which is said as before', () => {
    expect(said(EXPERIMENTAL, ROUTE, { retryIdempotent: true })).toEqual(["warning retry-idempotent: 'edge' does not repeat PUT and DELETE on Kubernetes, where only requests that"
      + ' never reached a copy are repeated: repeat them in the caller, or use KubernetesEdge.ownProxies() [shop/edge]']);
  });
});

test('requests are copied to a workload of another namespace, which must let the route in', () => {
  const manifests = new Manifests((chart, app) => {
    const next = new HAWebService(new Chart(app, 'next', { namespace: 'next' }), 'tried', { image: 'ghcr.io/acme/shop:2.0.0', port: 8080, healthCheck: HealthCheck.http('/healthz') });
    define((edge, web) => edge.addRoute(HOST, web, { mirror: { workload: next, percent: 25 } }))(chart);
  }, { edge: ISTIO }, { namespace: 'shop' });
  expect(manifests.get('HTTPRoute', 'shop-acme-example').spec.rules[0].filters).toEqual([
    { requestMirror: { backendRef: { group: '', kind: 'Service', name: 'tried', namespace: 'next', port: 8080 }, percent: 25 }, type: 'RequestMirror' },
  ]);
  expect(manifests.get('ReferenceGrant').metadata.namespace).toBe('next');
});

describe('an older version', () => {
  test('cannot meet copies over TLS', () => {
    expect(said({ gatewayApiVersion: '1.3' }, OVER_TLS)).toEqual([`error gateway-api-version: 'edge' cannot meet the copies of 'web' for '${HOST}/' over TLS with Gateway API 1.3,`
      + ' which has no BackendTLSPolicy: use 1.4 or newer, and give its version by gatewayApiVersion [shop/edge]']);
    expect(said({ gatewayApiVersion: '1.4' }, OVER_TLS)).toEqual([]);
  });

  test('cannot add listeners to a Gateway that exists already', () => {
    const edge = KubernetesEdge.existingGateway({ name: 'public', className: 'eg', listenerSet: true });
    expect(said({ edge, gatewayApiVersion: '1.4' })).toEqual(["error gateway-api-version: 'edge' cannot add listeners to the Gateway 'public' with Gateway API 1.4,"
      + ' which has no ListenerSet: use 1.5 or newer, and give its version by gatewayApiVersion [shop/edge]']);
    expect(said({ edge, gatewayApiVersion: '1.5' })).toEqual([]);
  });

  test('has the same manifests where nothing needs a newer one', () => {
    const texts = ['1.2', '1.5', '1.6'].map((gatewayApiVersion) => new Manifests(define(ROUTE), { gatewayApiVersion }).files.map(({ text }) => text).join());
    expect(new Set(texts).size).toBe(1);
  });
});
