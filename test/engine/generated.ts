/** Projects as the library generates them, made ready to run on this machine's engine. */

import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACME_DIRECTORY, substituteImages, VISITOR_PORTS, type VisitorPorts } from './settings';
import type { App } from '../../src';
import type { AppModel } from '../../src/model/app-model';
import type { RenderedTarget } from '../../src/targets/target';

/**
 * Runs an example with an output folder of its own, as its user would.
 * @returns the output folder
 */
export function synthExample(name: string): string {
  const output = temporaryFolder();
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = output;
  try {
    // Its own registry of modules: a second synth in one process starts anew.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a registry of modules knows no import
    jest.isolateModules(() => { require(join(__dirname, '..', '..', 'examples', name, 'main.ts')); });
  } finally {
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
  }
  return output;
}

/** An application: its files, and the model that each target renders. */
export interface Declared {
  /** The text of a file of the output. */
  readonly text: (path: string) => string;
  readonly model: (target: string) => AppModel;
}

export function declaredBy(app: App): Declared {
  const files = app.render();
  return {
    text: (path) => files.find((file) => file.path === path)!.text,
    model: (target) => (app as unknown as { rendered(): RenderedTarget[] }).rendered().find((one) => one.target.name === target)!.app,
  };
}

/** What an example declares; nothing is written. */
export function declaredExample(name: string): Declared {
  let declared: Declared | undefined;
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the one that the example gets
    const library = require(join(__dirname, '..', '..', 'src')) as { App: typeof App };
    library.App.prototype.synth = function (this: App) { declared = declaredBy(this); };
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a registry of modules knows no import
    require(join(__dirname, '..', '..', 'examples', name, 'main.ts'));
  });
  return declared!;
}

/** What a generated project needs to run here. */
export interface Runnable {
  /** PEM of the authority behind the test's ACME directory. @default - the load balancer is its own authority */
  readonly acmeRoot?: string;
  /** @default VISITOR_PORTS */
  readonly ports?: VisitorPorts;
}

/** A copy of a generated project with this machine's images, published ports, room and ACME directory; all else is as generated. */
export function runnable(project: string, { acmeRoot, ports = VISITOR_PORTS }: Runnable = {}): string {
  const folder = temporaryFolder();
  cpSync(project, folder, { recursive: true });
  for (const file of filesBelow(folder)) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, /Caddyfile/.test(file) ? withAuthority(text, file.replace(/[^/]*$/, ''), acmeRoot)
      : withRoom(withPorts(substituteImages(text), ports)));
  }
  makeReadable(folder);
  return folder;
}

/** The secrets of a Compose project, where it looks for them: a folder for CDK8S_HA_HOME. */
export function secretsHome(chart: string, secrets: Record<string, string>): string {
  const home = temporaryFolder();
  mkdirSync(join(home, chart, 'secrets'), { recursive: true });
  for (const [name, value] of Object.entries(secrets)) writeFileSync(join(home, chart, 'secrets', name), value);
  makeReadable(home);
  return home;
}

function withPorts(text: string, { http, https }: VisitorPorts): string {
  return text
    .replace(/(["']?)\b(\d[\d.]*:)?80:80(\/tcp)?\1/g, (_all, _quote, address = '') => `"${address}${http}:80"`)
    .replace(/(["']?)\b(\d[\d.]*:)?443:443(\/(tcp|udp))?\1/g, (_all, _quote, address = '', transport = '') => `"${address}${https}:443${transport}"`)
    .replace(/published: 80$/gm, `published: ${http}`)
    .replace(/published: 443$/gm, `published: ${https}`);
}

/** Nothing is set aside: this machine may have fewer processors than that would take. */
function withRoom(text: string): string {
  return text.replace(/^( *)reservations:\n(?:\1 .*\n)+/gm, '');
}

/** The public directory becomes the test's, whose private root is trusted. */
function withAuthority(text: string, folder: string, acmeRoot: string | undefined): string {
  if (acmeRoot === undefined) return text.replace(/issuer acme \{[^}]*\}/g, 'issuer internal');
  const changed = text.replace(/https:\/\/acme-v02\.api\.letsencrypt\.org\/directory/g, ACME_DIRECTORY);
  if (changed === text) return text;
  writeFileSync(join(folder, 'acme.pem'), acmeRoot);
  return changed.replace(/^(\s*)(acme_ca|dir) .*$/gm, (line, indent: string, word: string) =>
    `${line}\n${indent}${word === 'acme_ca' ? 'acme_ca_root' : 'trusted_roots'} /etc/caddy/acme.pem`);
}

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cdk8s-ha-'));
}

/** Containers run as users that are nobody here. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const file of filesBelow(folder, true)) chmodSync(file, statSync(file).isDirectory() ? 0o755 : 0o644);
}

function filesBelow(folder: string, folders = false): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [...folders ? [path] : [], ...filesBelow(path, folders)] : [path];
  });
}
