/** What a machine may set for the engine tests by its environment. README.md lists the variables. */

import { join } from 'node:path';

/** Images built by build-images.sh, for machines without an image registry. */
const BUILT_HERE = 'localhost/cdk8s-ha';

/**
 * Image of a definition -> image that runs in the tests. A key with the tag `*` stands for every tag of it.
 * An image without an entry runs under its own name.
 */
export const IMAGES: Readonly<Record<string, string>> = imagesFromEnvironment() ?? {
  'ghcr.io/acme/shop:1.4.2': `${BUILT_HERE}/shop:1`,
  'ghcr.io/acme/shop:1.5.0': `${BUILT_HERE}/shop:2`,
  // Starts, and is never healthy.
  'ghcr.io/acme/shop:bad': `${BUILT_HERE}/shop:bad`,
  // Ends at once.
  'ghcr.io/acme/shop:crash': `${BUILT_HERE}/shop:crash`,
  // The shop's program plays all programs of the other examples, at the ports where those listen.
  'ghcr.io/acme/hello:*': `${BUILT_HERE}/shop:1`,
  ...Object.fromEntries(['storefront', 'api', 'admin', 'notifier'].map((name) => [`ghcr.io/acme/${name}:*`, `${BUILT_HERE}/shop:1`])),
  ...Object.fromEntries(['catalog', 'pricing', 'stock', 'orders', 'payments'].map((name) => [`ghcr.io/acme/${name}:*`, `${BUILT_HERE}/shop:9090`])),
  'rabbitmq:*': `${BUILT_HERE}/broker:1`,
  'valkey/valkey:*': `${BUILT_HERE}/cache:1`,
  'postgres:*': `${BUILT_HERE}/postgres:17`,
  'caddy:*': `${BUILT_HERE}/caddy:2`,
  'haproxy:*': `${BUILT_HERE}/haproxy:3`,
  'nginx:*': `${BUILT_HERE}/nginx:1`,
  'traefik:*': `${BUILT_HERE}/traefik:3`,
  'busybox:*': `${BUILT_HERE}/busybox:1`,
};

/** Has `curl`; requests to containers are made from it. */
export const CLIENT_IMAGE = process.env.CDK8S_HA_TEST_CLIENT_IMAGE ?? `${BUILT_HERE}/client:1`;

/** Sends requests at a constant rate, as a guest of a network. */
export const LOAD_IMAGE = process.env.CDK8S_HA_TEST_LOAD_IMAGE ?? `${BUILT_HERE}/load:1`;

/** Programs for this machine itself. */
const PROGRAMS = join(process.env.CDK8S_HA_TEST_CACHE ?? '/var/tmp/cdk8s-ha-test-engine', 'bin');

/** The load client, as in its image. */
export const LOAD_CLIENT = join(PROGRAMS, 'load');

/** Tells how many requests a second a server answers at most. */
export const RATE = join(PROGRAMS, 'rate');

/** Listens on many ports, and asks many at once: who reaches whom. */
export const REACH_IMAGE = process.env.CDK8S_HA_TEST_REACH_IMAGE ?? `${BUILT_HERE}/reach:1`;
export const REACH = join(PROGRAMS, 'reach');

/** The ACME test server. */
export const PEBBLE_IMAGE = process.env.CDK8S_HA_TEST_PEBBLE_IMAGE ?? `${BUILT_HERE}/pebble:2`;

/** Ports of the host that a load balancer under test publishes. */
export const HTTP_PORT = portFromEnvironment('CDK8S_HA_TEST_HTTP_PORT', 18080);
export const HTTPS_PORT = portFromEnvironment('CDK8S_HA_TEST_HTTPS_PORT', 18443);

/** Ports of the host where visitors of one load balancer arrive. */
export interface VisitorPorts {
  readonly http: number;
  readonly https: number;
}

export const VISITOR_PORTS: VisitorPorts = { http: HTTP_PORT, https: HTTPS_PORT };

/** ACME directory that certificates are asked from, as containers reach it. */
export const ACME_DIRECTORY = process.env.CDK8S_HA_TEST_ACME ?? 'https://pebble:14000/dir';

/** What to do without an engine: skip loudly, fail, or skip although there is one. */
export const ENGINE_MODE = modeFromEnvironment();

/** The image to run for one of a definition, by tag first, then by name. */
export function imageFor(image: string, images: Readonly<Record<string, string>> = IMAGES): string {
  const [, name] = /^(.*?)(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/.exec(image)!;
  return images[image] ?? images[`${name}:*`] ?? image;
}

/**
 * Rewrites the images of a generated file, YAML or JSON. Only values of `image` are touched: `postgres:5432`
 * elsewhere is an address.
 */
export function substituteImages(text: string, images: Readonly<Record<string, string>> = IMAGES): string {
  return text.replace(
    /(?<![\w-])(["']?image["']?:[ \t]*["']?)([\w./:@-]+)/g,
    (_, before: string, image: string) => before + imageFor(image, images),
  );
}

function imagesFromEnvironment(): Record<string, string> | undefined {
  const text = process.env.CDK8S_HA_TEST_IMAGES;
  return text === undefined ? undefined : JSON.parse(text) as Record<string, string>;
}

function portFromEnvironment(name: string, otherwise: number): number {
  const port = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`${name} is not a port: ${process.env[name]}`);
  }
  return port;
}

function modeFromEnvironment(): 'optional' | 'required' | 'off' {
  const mode = process.env.CDK8S_HA_TEST_ENGINE ?? 'optional';
  if (mode !== 'optional' && mode !== 'required' && mode !== 'off') {
    throw new Error(`CDK8S_HA_TEST_ENGINE is optional, required or off, not ${mode}`);
  }
  return mode;
}
