import { Problem } from '../problem';
import { ComposeFile, forEachService, keysOf, mountsOf, portsOf } from './compose-file';

// What `docker stack deploy` 20.10 (our floor) knows of a service and acts upon. Measured with its command
// line: a key outside of its schema is refused.
const SERVICE_KEYS = new Set(('cap_add cap_drop command configs credential_spec deploy dns dns_search entrypoint env_file environment extra_hosts '
  + 'healthcheck hostname image init isolation labels logging networks ports read_only secrets stdin_open stop_grace_period stop_signal sysctls tty '
  + 'ulimits user volumes working_dir').split(' '));

// Within its schema, but left out of the service that it makes: the worst kind, for nobody is told.
const IGNORED_SERVICE_KEYS = new Set(('build cgroup_parent container_name depends_on devices domainname expose external_links ipc links mac_address '
  + 'network_mode pid privileged restart security_opt shm_size tmpfs userns_mode').split(' '));

const TOP_KEYS = new Set(['version', 'services', 'networks', 'volumes', 'configs', 'secrets']);
const RESOURCE_KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  networks: new Set(['name', 'driver', 'driver_opts', 'ipam', 'external', 'internal', 'attachable', 'labels']),
  volumes: new Set(['name', 'driver', 'driver_opts', 'external', 'labels']),
  configs: new Set(['name', 'file', 'external', 'labels', 'template_driver']),
  secrets: new Set(['name', 'file', 'external', 'labels', 'driver', 'driver_opts', 'template_driver']),
};
const PORT_KEYS = new Set(['target', 'published', 'protocol', 'mode']);
const DEPLOY_KEYS = new Set(['mode', 'endpoint_mode', 'replicas', 'labels', 'rollback_config', 'update_config', 'resources', 'restart_policy', 'placement']);
const HEALTH_KEYS = new Set(['disable', 'interval', 'retries', 'test', 'timeout', 'start_period']);
const LIMIT_KEYS = new Set(['cpus', 'memory', 'pids']);

export function topLevelIsKnown(file: ComposeFile): Problem[] {
  return unknownKeys(file, TOP_KEYS).map((key) => ({ rule: 'stack-unknown', object: 'stack', path: `/${key}`, message: 'docker stack refuses this key' }));
}

/** Without a version the command line of 20.10 reads the file as version 1 and refuses it; 3.9 is the newest it knows. */
export function versionIsKnown(file: ComposeFile): Problem[] {
  const version = file.version;
  if (typeof version === 'string' && /^3\.[0-9]$/.test(version)) return [];
  return [{ rule: 'stack-version', object: 'stack', path: '/version', message: 'must be a text between 3.0 and 3.9' }];
}

export function serviceKeysAreObeyed(file: ComposeFile): Problem[] {
  return forEachService((service, report) => {
    for (const key of unknownKeys(service, SERVICE_KEYS)) {
      report(`/${key}`, IGNORED_SERVICE_KEYS.has(key) ? 'docker stack ignores this' : 'docker stack refuses this key');
    }
    for (const key of unknownKeys(service.deploy, DEPLOY_KEYS)) report(`/deploy/${key}`, 'docker stack refuses this key');
    for (const key of unknownKeys(service.healthcheck, HEALTH_KEYS)) report(`/healthcheck/${key}`, 'docker stack refuses this key in 20.10');
    for (const key of unknownKeys(service.deploy?.resources?.limits, LIMIT_KEYS)) report(`/deploy/resources/limits/${key}`, 'docker stack refuses this key');
    for (const kind of ['limits', 'reservations']) {
      if (typeof service.deploy?.resources?.[kind]?.cpus === 'number') report(`/deploy/resources/${kind}/cpus`, 'must be a text');
    }
    if (service.deploy?.resources?.reservations?.devices) report('/deploy/resources/reservations/devices', 'docker stack refuses this key');
  }, 'stack-service', file);
}

export function portsAreForStacks(file: ComposeFile): Problem[] {
  return forEachService((service, report) => {
    for (const port of service.ports ?? []) {
      if (typeof port !== 'object') continue;
      for (const key of unknownKeys(port, PORT_KEYS)) report('/ports', `docker stack refuses ${key}`);
      if (port.published !== undefined && typeof port.published !== 'number') report('/ports', 'published must be a number');
    }
    const ports = portsOf(service);
    if (ports.some(({ hostIp }) => hostIp !== '')) report('/ports', 'docker stack ignores the address: the port opens on every one');
    // The new task cannot start while the old one on its node holds the port.
    if (ports.some(({ mode }) => mode === 'host') && service.deploy?.update_config?.order === 'start-first') {
      report('/deploy/update_config/order', 'start-first cannot work with ports of mode host');
    }
  }, 'stack-ports', file);
}

export function resourcesAreForStacks(file: ComposeFile): Problem[] {
  return Object.entries(RESOURCE_KEYS).flatMap(([kind, known]) =>
    Object.entries((file[kind] ?? {}) as Record<string, Record<string, any> | null>).flatMap(([name, resource]) => {
      const object = `${kind}/${name}`;
      const found = unknownKeys(resource, known).map((key): Problem => ({ rule: 'stack-resource', object, path: `/${key}`, message: 'docker stack refuses this key' }));
      const fail = (path: string, message: string) => found.push({ rule: 'stack-resource', object, path, message });
      for (const entry of resource?.ipam?.config ?? []) for (const key of unknownKeys(entry, new Set(['subnet']))) fail('/ipam', `docker stack refuses ${key}`);
      if (kind === 'networks' && resource?.external !== true && resource?.driver === 'bridge') fail('/driver', 'a bridge is not for services: use overlay');
      if ((kind === 'configs' || kind === 'secrets') && !resource?.external && !resource?.file && !resource?.driver) fail('', 'needs a file or external');
      return found;
    }));
}

export function attachmentsAreForStacks(file: ComposeFile): Problem[] {
  return forEachService((service, report) => {
    for (const name of keysOf(service.networks)) {
      const options: unknown = Array.isArray(service.networks) ? undefined : service.networks[name];
      for (const key of unknownKeys(options, new Set(['aliases', 'driver_opts']))) report(`/networks/${name}/${key}`, 'docker stack refuses or ignores this');
    }
    for (const kind of ['configs', 'secrets']) {
      for (const entry of service[kind] ?? []) {
        if (typeof entry === 'object' && entry.mode !== undefined && typeof entry.mode !== 'number') report(`/${kind}`, 'mode must be a number');
      }
    }
    for (const entry of [service.env_file ?? []].flat()) if (typeof entry !== 'string') report('/env_file', 'must be a text');
    for (const { type, source } of mountsOf(service)) {
      if (type === 'bind' && source !== undefined && !/^[/$]/.test(source)) report('/volumes', `${source} is only here, not on the node that runs the task`);
    }
    for (const volume of service.volumes ?? []) {
      if (typeof volume === 'object' && volume.volume?.subpath !== undefined) report('/volumes', 'an engine of 20.10 ignores subpath and mounts the whole volume');
    }
  }, 'stack-attachment', file);
}

/** Keys that are neither known nor an extension (`x-`). */
function unknownKeys(value: unknown, known: ReadonlySet<string>): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).filter((key) => !known.has(key) && !key.startsWith('x-'));
}
