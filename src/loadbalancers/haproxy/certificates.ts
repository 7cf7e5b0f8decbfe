import { FOLDER, LIST, RUN } from './places';
import { httpsAddress } from './streams';
import { wordOf } from './words';
import { IssuerKind, type IssuerModel } from '../../model/certificate';
import type { HostModel, LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { authorityFile, authorityOfHost, hostsThatAsk } from '../authorities';
import { issuersOf } from '../hosts';
import { SERVED, servedFile } from '../issued-certificates';

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
  const certificates = hasList(loadBalancer) ? [`crt-list ${listInUse(loadBalancer)}`] : [
    ...issuers.filter(isOwn).map(({ name }) => `crt @own/${name}`),
    ...issuers.every(isOwn) ? [] : [`crt ${SERVED}/`],
  ];
  return [`bind ${httpsAddress(loadBalancer, traits)} ssl ${certificates.join(' ')} strict-sni alpn h2,http/1.1`];
}

/**
 * The list of certificates, by file name; none where no host asks visitors for theirs: then the certificates say for whom they are.
 *
 * @internal
 */
export function certificateList(loadBalancer: LoadBalancerModel): { [fileName: string]: string } {
  return hasList(loadBalancer) ? { [LIST]: loadBalancer.hosts.flatMap((host) => listLine(loadBalancer, host) ?? []).map((line) => `${line}\n`).join('') } : {};
}

/**
 * The commands that write the list of the certificates that are there: HAProxy does not start while one of a list is missing.
 *
 * @internal
 */
export function listCommands(loadBalancer: LoadBalancerModel): string[] {
  if (!hasList(loadBalancer) || listInUse(loadBalancer) === WHOLE) return [];
  return [`while read -r file rest; do case $file in @*) ;; *) [ -e "$file" ] || continue ;; esac; echo "$file $rest"; done < ${WHOLE} > ${listInUse(loadBalancer)}`];
}

const hasList = (loadBalancer: LoadBalancerModel): boolean => hostsThatAsk(loadBalancer).length > 0;

const WHOLE = `${FOLDER}/${LIST}`;

const listInUse = (loadBalancer: LoadBalancerModel): string => issuersOf(loadBalancer).every(isOwn) ? WHOLE : `${RUN}/${LIST}`;

/** A host that is declared by its name never falls back on a wildcard, which may ask for other certificates, or for none. */
function listLine(loadBalancer: LoadBalancerModel, host: HostModel): string | undefined {
  const { name, issuer } = host;
  if (issuer === undefined) return undefined;
  const authority = authorityOfHost(loadBalancer, host);
  const others = name.startsWith('*.') ? loadBalancer.hosts.map((other) => other.name).filter((other) => !other.startsWith('*') && other.endsWith(name.slice(1))) : [];
  return [
    isOwn(issuer) ? `@own/${issuer.name}` : `${SERVED}/${servedFile(name)}`,
    ...authority === undefined ? [] : [`[verify required ca-file ${FOLDER}/${authorityFile(authority)}]`],
    name,
    ...others.map((other) => `!${other}`),
  ].join(' ');
}

const isOwn = ({ kind }: IssuerModel): boolean => kind === IssuerKind.FILES;
