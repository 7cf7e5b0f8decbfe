/** Folder of the configuration. */
export const FOLDER = '/usr/local/etc/haproxy';

/** The configuration. */
export const CONFIGURATION = 'haproxy.cfg';

/** The script that asks workloads about requests. */
export const FORWARD_AUTH = 'forward-auth.lua';

/** Which certificate each host has, where some ask visitors for theirs. */
export const LIST = 'certificates.list';

/** What starts HAProxy where others issue its certificates. */
export const START = 'start.sh';

/** The page for visitors while no copy is up. */
export const MAINTENANCE = 'maintenance.html';

/** Where the socket is. */
export const RUN = '/run/haproxy';
