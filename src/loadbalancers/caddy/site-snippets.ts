import { wordOf } from './words';
import { SUBJECT_HEADER } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { block, type CaddyfileBlock } from '../../util/caddyfile';
import { hostsThatAsk } from '../authorities';
import { ALIAS_CHARACTERS, tellsWhoVisits } from '../header-aliases';
import { MAINTENANCE_PAGE, RETRY_AFTER } from '../maintenance';

/*
 * What the sites of all hosts have in common.
 */

const ACCESS_LOG = 'access-log';
const NO_COPY = 'no-copy';
const NO_ALIASES = 'no-aliases';
const NO_SUBJECT = 'no-subject';
const LEAVING = 'leaving';

/**
 * The lines that sites import, by name.
 *
 * @internal
 */
export function siteSnippets(loadBalancer: LoadBalancerModel): CaddyfileBlock[] {
  return [
    ...tellsWhoVisits(loadBalancer) ? [noAliases(loadBalancer)] : [],
    ...asks(loadBalancer) ? [noSubject()] : [],
    ...loadBalancer.accessLog ? [accessLog()] : [],
    ...leaving(loadBalancer),
    ...loadBalancer.routes.length > 0 ? [noCopy()] : [],
  ];
}

/**
 * What every site imports.
 *
 * @internal
 */
export const siteImports = (loadBalancer: LoadBalancerModel): string[] => [
  ...tellsWhoVisits(loadBalancer) ? [`import ${NO_ALIASES}`] : [],
  ...asks(loadBalancer) ? [`import ${NO_SUBJECT}`] : [],
  ...loadBalancer.accessLog ? [`import ${ACCESS_LOG}`] : [],
  ...loadBalancer.leavingFile === undefined ? [] : [`import ${LEAVING}`],
];

const asks = (loadBalancer: LoadBalancerModel): boolean => hostsThatAsk(loadBalancer).length > 0;

/**
 * Tells copies who showed a certificate, after what the visitor said of himself was taken away.
 *
 * @internal
 */
export const SET_SUBJECT = `request_header ${SUBJECT_HEADER} {tls_client_subject}`;

/**
 * What a site imports besides that leads to copies.
 *
 * @internal
 */
export const IMPORT_NO_COPY = `import ${NO_COPY}`;

/** Headers that could pass for others. Between stars stands what their names have in them. */
function noAliases(loadBalancer: LoadBalancerModel): CaddyfileBlock {
  return block(`(${NO_ALIASES})`, ...ALIAS_CHARACTERS.map((one) => `request_header ${wordOf(loadBalancer, 'the name of a header', `-*${one}*`)}`));
}

/** Whom a certificate names is not for visitors to say. */
function noSubject(): CaddyfileBlock {
  return block(`(${NO_SUBJECT})`, `request_header -${SUBJECT_HEADER}`);
}

/** Caddy writes `REDACTED` for cookies and credentials. */
function accessLog(): CaddyfileBlock {
  return block(`(${ACCESS_LOG})`, block('log', 'output stdout', 'format json'));
}

/**
 * The page for a request that no copy got, so that it is safe to send it again. Other errors of Caddy's stay as they are: a
 * request that was sent may have been carried out. An answer of an application is no error.
 */
function noCopy(): CaddyfileBlock {
  return block(`(${NO_COPY})`, block('handle_errors 502 503 504',
    block('@no-copy',
      'expression `{err.status_code} == 503 || {err.message}.startsWith("dial ")`',
      'not header Content-Type application/grpc*',
    ),
    block('handle @no-copy',
      'header Cache-Control no-store',
      'header Content-Type `text/html; charset=utf-8`',
      `header Retry-After ${RETRY_AFTER}`,
      `respond \`${MAINTENANCE_PAGE}\` 503`,
    ),
  ));
}

/**
 * A connection that is kept until Caddy stops is closed just then, even where a request has just been sent on it. Go's server makes
 * a GOAWAY of this header over HTTP/2.
 */
function leaving({ leavingFile }: LoadBalancerModel): CaddyfileBlock[] {
  if (leavingFile === undefined) return [];
  const slash = leavingFile.lastIndexOf('/');
  return [block(`(${LEAVING})`,
    block('@leaving',
      block('file', `root ${leavingFile.slice(0, slash)}`, `try_files ${leavingFile.slice(slash)}`),
      // A WebSocket is kept for as long as it may be.
      'header !Upgrade',
    ),
    'header @leaving Connection close',
  )];
}
