import { wordOf } from './words';
import { IssuerKind, type IssuerModel } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { httpsPortOf, issuersOf } from '../hosts';
import { SERVED } from '../issued-certificates';

/**
 * Certificates of the user's own, with their keys in files beside them.
 *
 * @internal
 */
export function certificateStore(loadBalancer: LoadBalancerModel): HaproxySection[] {
  const own = issuersOf(loadBalancer).filter(isOwn);
  const file = (path: string) => wordOf(loadBalancer, 'the file', path);
  return own.length === 0 ? [] : [section('crt-store own', ...own.map(({ name, certificate, privateKey }) =>
    `load crt ${file(certificate!.file)} key ${file(privateKey!.file)} alias ${name}`))];
}

/**
 * The port for HTTPS. A visitor who asks for a name without a certificate gets none, instead of another's; so HAProxy
 * starts before the first was issued.
 *
 * @internal
 */
export function bindLines(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string[] {
  const issuers = issuersOf(loadBalancer);
  if (issuers.length === 0) return [];
  const certificates = [
    ...issuers.filter(isOwn).map(({ name }) => `crt @own/${name}`),
    ...issuers.every(isOwn) ? [] : [`crt ${SERVED}/`],
  ];
  return [`bind :${httpsPortOf(traits)} ssl ${certificates.join(' ')} strict-sni alpn h2,http/1.1`];
}

const isOwn = ({ kind }: IssuerModel): boolean => kind === IssuerKind.FILES;
