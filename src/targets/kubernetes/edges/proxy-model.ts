import { IssuerKind, type IssuerModel } from '../../../model/certificate';
import type { HostModel, LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { Port } from '../../../model/port';
import type { SecretModel } from '../../../model/secret';
import { PeerKind } from '../../../model/workload';
import { solverLabels, SOLVER_PORT, tlsSecretOf } from '../certificates';
import { hostSlug, serviceName } from '../names';

/*
 * What proxies of our own see of a load balancer: cert-manager issues certificates, so that all of them are files; and
 * where an authority asks for proof over HTTP, that is a route to cert-manager's solver.
 */

/** @internal */
export function asProxiesSeeIt(model: LoadBalancerModel): LoadBalancerModel {
  const challenges = challengedHosts(model).map((host) => challengeRoute(host, model));
  return {
    ...model,
    hosts: model.hosts.map(({ name, issuer }) => ({ name, issuer: issuer === undefined ? undefined : certificateFiles(name, issuer, model) })),
    // A host that is only sent elsewhere has no routes: its redirect would hide the way to the solver.
    routes: [...challenges, ...model.routes],
    leavingFile: model.backend.readsLeavingFile ? LEAVING_FILE : undefined,
  };
}

/** In the scratch space that every container has. */
const LEAVING_FILE = '/tmp/leaving';

/** Each host has a Secret of its own; the proxies read it as files. */
function certificateFiles(host: string, issuer: IssuerModel, { path, chart }: LoadBalancerModel): IssuerModel {
  const secretName = tlsSecretOf(host, issuer);
  const file = (key: string): SecretModel => ({ path, chart, name: `${secretName}.${key}`, file: `/run/secrets/${secretName}.${key}`, secretName, key });
  return {
    path: issuer.path,
    chart: issuer.chart,
    name: secretName,
    kind: IssuerKind.FILES,
    keyType: issuer.keyType,
    trusted: issuer.trusted,
    certificate: file('tls.crt'),
    privateKey: file('tls.key'),
  };
}

/** @internal Hosts for which an authority asks for proof over HTTP. */
export function challengedHosts({ hosts }: LoadBalancerModel): HostModel[] {
  return hosts.filter(({ issuer }) => issuer?.kind === IssuerKind.ACME && issuer.dns01 === undefined);
}

/** @internal Name of the Service with the solver of a host. */
export function solverServiceName(host: string): string {
  return serviceName(hostSlug(host), 'http01-solver');
}

function challengeRoute({ name: host }: HostModel, { chart, namespace }: LoadBalancerModel): RouteModel {
  return {
    host,
    path: '/.well-known/acme-challenge',
    headers: {},
    methods: [],
    targets: [{
      peer: { kind: PeerKind.PODS, chart, namespace, name: solverServiceName(host), labels: solverLabels(host) },
      port: Port.http('http', SOLVER_PORT),
      weight: 1,
      copies: 1,
      stateful: false,
    }],
    access: [],
    redirectHttp: false,
    hstsSeconds: 0,
  };
}
