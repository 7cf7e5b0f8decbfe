import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Problem } from '../problem';
import { ComposeFile, ComposePredicate, copiesOf, forEachService, keysOf, mountsOf, portsOf } from './compose-file';

/** Networks, volumes, configs and secrets that services use are declared at the top: neither target checks all of them. */
export function resourcesAreDeclared(file: ComposeFile): Problem[] {
  return forEachService((service, report) => {
    const check = (kind: 'networks' | 'volumes' | 'configs' | 'secrets', names: readonly string[]) => {
      for (const name of names) {
        if (!(name in (file[kind] ?? {})) && !(kind === 'networks' && name === 'default')) report(`/${kind}`, `${kind}: ${name} is not declared`);
      }
    };
    check('networks', keysOf(service.networks));
    check('volumes', mountsOf(service).filter(({ type, source }) => type === 'volume' && source !== undefined).map(({ source }) => source!));
    check('configs', keysOf(service.configs));
    check('secrets', keysOf(service.secrets));
  }, 'undeclared', file);
}

export function dependenciesExist(file: ComposeFile): Problem[] {
  return forEachService((service, report, own) => {
    const shared = [service.network_mode, service.pid, service.ipc].map((value) => /^service:(.+)$/.exec(String(value ?? ''))?.[1]);
    for (const name of [...keysOf(service.depends_on), ...shared.filter((value) => value !== undefined)]) {
      const target = file.services?.[name];
      if (name === own) report('/depends_on', 'depends on itself');
      if (target === undefined) report('/depends_on', `there is no service ${name}`);
      const condition = service.depends_on?.[name]?.condition;
      if (target && condition === 'service_healthy' && (target.healthcheck === undefined || target.healthcheck.disable)) {
        report(`/depends_on/${name}`, `${name} has no healthcheck, so it never becomes healthy`);
      }
    }
  }, 'depends-on', file);
}

/** Each copy would want the same name or the same port of the host. */
export function copiesDoNotCollide(file: ComposeFile): Problem[] {
  return forEachService((service, report) => {
    if (copiesOf(service) <= 1) return;
    if (service.container_name !== undefined) report('/container_name', `${copiesOf(service)} copies cannot have one name`);
    for (const { published } of portsOf(service)) {
      if (published !== undefined && !published.includes('-')) report('/ports', `${copiesOf(service)} copies cannot all publish port ${published}`);
    }
  }, 'copies', file);
}

export function hostPortsAreTakenOnce(file: ComposeFile): Problem[] {
  const taken: { hostIp: string; key: string; service: string }[] = [];
  return forEachService((service, report, name) => {
    for (const { hostIp, published, protocol } of portsOf(service)) {
      if (published === undefined) continue;
      const key = `${published}/${protocol}`;
      const other = taken.find((port) => port.key === key && (port.hostIp === hostIp || isAnyAddress(port.hostIp) || isAnyAddress(hostIp)));
      if (other) report('/ports', `${key} is published by ${other.service} already`);
      taken.push({ hostIp, key, service: name });
    }
  }, 'host-port', file);
}

/** The engine publishes nothing for a container whose networks are all internal, and says nothing. */
export function publishedPortsHaveAWayIn(file: ComposeFile): Problem[] {
  return forEachService((service, report) => {
    const networks = keysOf(service.networks);
    if ((service.ports ?? []).length === 0 || networks.length === 0 || service.network_mode !== undefined) return;
    if (networks.every((name) => file.networks?.[name]?.internal === true)) report('/ports', 'published, but every network is internal');
  }, 'published-internal', file);
}

/** `content` needs a newer Compose than our floor, and would change in place. */
export function configsAreFiles(file: ComposeFile): Problem[] {
  return Object.entries(file.configs ?? {}).filter(([, config]) => config?.content !== undefined || config?.environment !== undefined)
    .map(([name]) => ({ rule: 'config-content', object: `configs/${name}`, path: '', message: 'must be a file or external' }));
}

export function hasNoVersion(file: ComposeFile): Problem[] {
  return 'version' in file ? [{ rule: 'version', object: 'compose', path: '/version', message: 'Compose warns about it: leave it out' }] : [];
}

/** Relative files that are mounted or read: a missing one would become an empty folder, made by root. */
export function filesExist(folder: string): ComposePredicate {
  return (file) => {
    const check = (path: string | undefined, report: (path: string, message: string) => void) => {
      const plain = path?.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');
      // What a variable without a default names, is not known here; an absolute path is the host's.
      if (plain === undefined || /\$/.test(plain) || /^~/.test(plain) || isAbsolute(plain)) return;
      if (!existsSync(join(folder, plain))) report('', `there is no ${plain}`);
    };
    const top = Object.entries(file.configs ?? {}).flatMap(([name, config]) => {
      const problems: Problem[] = [];
      check(config?.file, (path, message) => problems.push({ rule: 'missing-file', object: `configs/${name}`, path, message }));
      return problems;
    });
    return [...top, ...forEachService((service, report) => {
      for (const { type, source } of mountsOf(service)) if (type === 'bind') check(source, report);
      for (const entry of [service.env_file ?? []].flat()) if (entry.required !== false) check(entry.path ?? entry, report);
    }, 'missing-file', file)];
  };
}

function isAnyAddress(hostIp: string): boolean {
  return ['', '0.0.0.0', '[::]', '::'].includes(hostIp);
}
