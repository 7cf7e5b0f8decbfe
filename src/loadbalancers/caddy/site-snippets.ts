import { CLOSING, RUN } from './places';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { block, type CaddyfileBlock } from '../../util/caddyfile';

/*
 * What the sites of all hosts have in common.
 */

const ACCESS_LOG = 'access-log';
const NO_COPY = 'no-copy';
const CLOSE = 'close';

/** Seconds after which browsers, and clients that read the header, may try again: copies start in about that time. */
const RETRY_AFTER = 5;

const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Back soon</title>'
  + '<style>body{font:1.1em sans-serif;margin:20vh auto;max-width:30em;padding:1em}</style>'
  + '<h1>Back soon</h1><p>This site is not available for a moment. Please try again in a few seconds.</p></html>';

/**
 * The lines that sites import, by name.
 *
 * @internal
 */
export function siteSnippets(loadBalancer: LoadBalancerModel): CaddyfileBlock[] {
  return [close(), ...loadBalancer.accessLog ? [accessLog()] : [], ...loadBalancer.routes.length > 0 ? [noCopy()] : []];
}

/**
 * What every site imports.
 *
 * @internal
 */
export const siteImports = ({ accessLog: logged }: LoadBalancerModel): string[] => [`import ${CLOSE}`, ...logged ? [`import ${ACCESS_LOG}`] : []];

/**
 * What a site imports besides that leads to copies.
 *
 * @internal
 */
export const IMPORT_NO_COPY = `import ${NO_COPY}`;

/**
 * A reload closes kept connections at once, and a request may be on its way in one of them. So for a moment before it
 * visitors are told to close them by themselves.
 */
function close(): CaddyfileBlock {
  return block(`(${CLOSE})`, block('@closing file', `root ${RUN}`, `try_files ${CLOSING}`), 'header @closing Connection close');
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
      `respond \`${PAGE}\` 503`,
    ),
  ));
}
