import { FOLDER as PLACE } from './places';
import { wordOf } from './words';
import type { AuthorityModel } from '../../model/authority';
import { IssuerKind, type IssuerModel } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { block, type NginxDirective } from '../../util/nginx-conf';
import { authorityFile, authorityOfHost } from '../authorities';
import { issuersOf } from '../hosts';
import { SERVED, servedFile } from '../issued-certificates';

/** The folder of certificates that others put there. */
const FOLDER = '$served';

/**
 * How certificates that others put into their folder are read. A file whose name has a variable is read when a visitor asks for its
 * host, so that nginx starts before there is one, and takes another without a reload.
 *
 * @internal
 * @see https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate_cache
 */
export function servedDirectives(loadBalancer: LoadBalancerModel): NginxDirective[] {
  if (issuersOf(loadBalancer).every(isOwn)) return [];
  return [
    // Else files are read for each connection. Whether one is another is looked at after ten seconds.
    'ssl_certificate_cache max=1000 inactive=1h valid=10s',
    block(`map "" ${FOLDER}`, `default ${SERVED}`),
  ];
}

/**
 * The certificate of a host, and those that it wants to see.
 *
 * @internal
 */
export function certificateDirectives(loadBalancer: LoadBalancerModel, host: string, issuer: IssuerModel): string[] {
  return [...ownDirectives(loadBalancer, host, issuer), ...visitorDirectives(authorityOfHost(loadBalancer, { name: host }))];
}

/** With it nginx refuses a request for this host whose connection was opened for another. */
function visitorDirectives(authority: AuthorityModel | undefined): string[] {
  if (authority === undefined) return [];
  // Chains of one are the default.
  return [`ssl_client_certificate ${PLACE}/${authorityFile(authority)}`, 'ssl_verify_client on', 'ssl_verify_depth 10'];
}

function ownDirectives(loadBalancer: LoadBalancerModel, host: string, issuer: IssuerModel): string[] {
  const [certificate, key] = isOwn(issuer)
    ? [issuer.certificate!, issuer.privateKey!].map(({ file }) => wordOf(loadBalancer, 'the file', file))
    : Array.from({ length: 2 }, () => `${FOLDER}/${wordOf(loadBalancer, 'the host', servedFile(host))}`);
  return [`ssl_certificate ${certificate}`, `ssl_certificate_key ${key}`];
}

const isOwn = ({ kind }: IssuerModel): boolean => kind === IssuerKind.FILES;
