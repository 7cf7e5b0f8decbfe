/** Folder of the configuration. */
export const FOLDER = '/etc/traefik';

/** What Traefik reads when it starts. */
export const STATIC = 'traefik.yaml';

/** What Traefik reads again when it changes. */
export const DYNAMIC = 'dynamic.yaml';

/** Where the dynamic file is that is used. */
export const RUN = '/run/traefik';

/** Where certificates of ACME and their keys are kept: they must outlive the container. */
export const DATA = '/data';

/** Names of the entry points. */
export const HTTP = 'http';
export const HTTPS = 'https';

/** The entry point of Traefik's own health and metrics, on the loopback address alone. */
export const LOOPBACK = 'loopback';
