/** https://github.com/caddyserver/caddy-docker/blob/master/2.11/alpine/Dockerfile */
export const CADDY_IMAGE = 'caddy:2.11.4';

/** Folder of the configuration. */
export const FOLDER = '/etc/caddy';

/** Where certificates and their keys are kept, by themselves: they must outlive the container. */
export const DATA = '/data';

/** Where the socket is. */
export const RUN = '/run/caddy';

/** The administration interface: a socket, never a port that neighbours on a network could reach. */
export const ADMIN = `unix/${RUN}/admin.sock`;
