import { block, nginxText, type NginxBlock } from '../../util/nginx-conf';

const PAGE = '<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><title>Back soon</title>'
  + '<body style="font-family:sans-serif;max-width:30em;margin:20vh auto;padding:0 1em"><h1>Back soon</h1><p>We are working on it.'
  + ' Please try again in a moment.</body></html>';

/** Failures by the variable with the place of their answer: a request that was sent may have been done, and must not be called undone. */
const FAILURES: [status: number, variable: string, place: string][] = [[502, '$failed', '@failed'], [504, '$late', '@late']];

/**
 * The maps of what answers when no copy does.
 *
 * @internal
 */
export function maintenanceMaps(): NginxBlock[] {
  return FAILURES.map(([, variable, place]) => block(`map $upstream_bytes_sent ${variable}`, `"~[1-9]" ${place}`, 'default @maintenance'));
}

/**
 * The file that every server with proxies includes.
 *
 * @internal
 */
export function maintenanceConf(): string {
  return nginxText([
    ...FAILURES.map(([status, variable]) => `error_page ${status} = ${variable}`),
    ...FAILURES.map(([status, , place]) => block(`location ${place}`, `return ${status}`)),
    block('location @maintenance',
      'default_type text/html',
      'add_header Retry-After 5 always',
      'add_header Cache-Control no-store always',
      `return 503 '${PAGE}'`,
    ),
  ]);
}
