import { block, nginxText, type NginxBlock } from '../../util/nginx-conf';
import { MAINTENANCE_PAGE, RETRY_AFTER } from '../maintenance';

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
      `add_header Retry-After ${RETRY_AFTER} always`,
      'add_header Cache-Control no-store always',
      `return 503 '${MAINTENANCE_PAGE}'`,
    ),
  ]);
}
