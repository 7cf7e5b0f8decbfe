import { HEALTH_PORT } from '../own-health';

/** Folder of the configuration. */
export const FOLDER = '/etc/nginx';

/** Where the process id is, and the folders for temporary files, which nginx makes at its start. */
export const RUN = '/run/nginx';

/** Ports on the loopback address alone, where no visitor and no neighbour comes. */
export const LOOPBACK = {
  /** nginx's own health. */
  health: HEALTH_PORT,
  /** Numbers of connections and requests. */
  metrics: 8081,
  /** Requests that must not be sent twice. */
  once: 8082,
  /** Requests whose bodies are kept, so that they can be sent again. */
  kept: 8083,
  /** TLS that is ended, where other TLS is passed on. */
  https: 8084,
};
