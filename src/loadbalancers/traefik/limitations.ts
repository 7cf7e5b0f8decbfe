import { copiesOf } from './services';
import { SUBJECT_HEADER } from '../../model/access-rule';
import { IssuerKind } from '../../model/certificate';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { hostsThatAsk } from '../authorities';
import { isGrpc, namesOf } from '../routes';

/**
 * What Traefik does not keep as declared.
 *
 * @internal
 */
export function limitationsOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string[] {
  const local = loadBalancer.hosts.filter(({ issuer }) => issuer?.kind === IssuerKind.LOCAL);
  const limited = loadBalancer.routes.filter(({ maxRequestBodyBytes }) => maxRequestBodyBytes !== undefined);
  const refusing = loadBalancer.streams.map(({ target }) => target).filter((target) => target.copies > 1 && copiesOf(target, traits).length > 0);
  return [
    ...local.map(({ name }) => selfSigned(name)),
    ...hostsThatAsk(loadBalancer).map(({ name }) => otherHeader(name)),
    ...namesOf(refusing).map(notTriedElsewhere),
    ...limited.map((route) => route.targets.some(isGrpc) ? unlimitedStream(route) : keptBodies(route)),
  ];
}

const selfSigned = (host: string): string =>
  `gives visitors of ${host} a certificate that Traefik signs itself at each start, as it has no local authority, so that browsers warn each time:`
  + ' use LoadBalancerBackend.caddy() or CertificateFiles';

const otherHeader = (host: string): string =>
  `tells the copies of ${host} a certificate's subject in X-Forwarded-Tls-Client-Cert-Info, in percents, and not in ${SUBJECT_HEADER}, as Traefik has one name for it:`
  + ' have them read that, or use LoadBalancerBackend.caddy()';

const notTriedElsewhere = (workload: string): string =>
  `closes a connection for ${workload} whose copy refuses it, until it has found out that the copy is down, as Traefik does not try another one:`
  + ' use LoadBalancerBackend.haproxy() or nginx(), which do';

const unlimitedStream = ({ host, path }: RouteModel): string =>
  `does not limit the bodies of requests for ${host}${path}, as Traefik would hold streams of gRPC back until they end:`
  + ' leave maxRequestBody out or use LoadBalancerBackend.caddy()';

const keptBodies = ({ host, path }: RouteModel): string =>
  `limits the bodies of requests for ${host}${path} except for GET, HEAD and OPTIONS, and holds bodies and their answers until they are complete,`
  + ' all at once in 64 MiB, as Traefik knows no other way: use LoadBalancerBackend.caddy() if that is too little';
