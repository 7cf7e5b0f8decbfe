import { Problem } from '../problem';
import { KubernetesObject, KubernetesObjects, problem } from './objects';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const MAX_NAME = 63;

// A controller makes names of its own from these: a CronJob's Job gets 11 more characters, a StatefulSet's
// revision, which is also a label, as many.
const SHORTER: Readonly<Record<string, number>> = { CronJob: 52, StatefulSet: 52 };
const DOTS_ALLOWED = new Set(['ConfigMap', 'Secret', 'Certificate', 'PersistentVolumeClaim', 'ServiceAccount', 'Ingress', 'NetworkAttachmentDefinition']);
const FREE_NAMES = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

export function objectNamesAreValid(objects: KubernetesObjects): Problem[] {
  return objects.all.filter(({ kind }) => !FREE_NAMES.has(kind)).flatMap((object) => {
    const { name } = object.metadata;
    const longest = SHORTER[object.kind] ?? MAX_NAME;
    if (name.length > longest) return [problem('name', object, '/metadata/name', `${name.length} characters, ${longest} are allowed`)];
    if (object.kind === 'Service') {
      return SERVICE_LABEL.test(name) ? [] : [problem('name', object, '/metadata/name', 'not a DNS label that starts with a letter (RFC 1035)')];
    }
    const pattern = DOTS_ALLOWED.has(object.kind) ? SUBDOMAIN : LABEL;
    return pattern.test(name) ? [] : [problem('name', object, '/metadata/name', 'not a DNS name (RFC 1123)')];
  });
}

export function labelsAreValid(objects: KubernetesObjects): Problem[] {
  type Labelled = [KubernetesObject, string, unknown];
  const podLabels = objects.pods.map(({ owner, labels, path }): Labelled => [owner, `${path.replace(/spec$/, 'metadata')}/labels`, labels]);
  const own = objects.all.map((object): Labelled => [object, '/metadata/labels', object.metadata.labels]);
  const labels = [...own, ...podLabels.filter(([owner]) => owner.kind !== 'Pod')].flatMap(([object, path, map]) =>
    Object.entries((map ?? {}) as Record<string, unknown>).flatMap(([key, value]) => {
      const found = isQualifiedName(key) ? [] : [problem('label', object, path, `${key} is not a valid key`)];
      if (typeof value !== 'string' || value.length > 63 || !LABEL_VALUE.test(value)) {
        found.push(problem('label', object, `${path}/${key}`, `${JSON.stringify(value)} is not a label's value`));
      }
      return found;
    }));
  const annotations = objects.all.flatMap((object) => Object.keys(object.metadata.annotations ?? {})
    .filter((key) => !isQualifiedName(key.toLowerCase()))
    .map((key) => problem('label', object, '/metadata/annotations', `${key} is not a valid key`)));
  return [...labels, ...annotations];
}

export function portsAreValid(objects: KubernetesObjects): Problem[] {
  const containers = objects.pods.flatMap(({ owner, path, ports, containers: all }) => {
    const at = `${path}/ports`;
    const found = repeated(all.map(({ name }) => name)).map((name) => problem('name', owner, path, `two containers are called ${name}`));
    for (const container of all) {
      if (container.name.length > MAX_NAME || !LABEL.test(container.name)) found.push(problem('name', owner, path, `${container.name} is not a container's name`));
    }
    found.push(...repeated(ports.map((port) => port.name)).map((name) => problem('port', owner, at, `two ports are called ${name}`)));
    found.push(...repeated(ports.map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`)).map((port) => problem('port', owner, at, `${port} is declared twice`)));
    for (const port of ports) {
      if (port.name !== undefined && !isPortName(port.name)) found.push(problem('port', owner, at, `${port.name} is not a port's name: at most 15 of a-z, 0-9, -, with a letter`));
      if (!isPort(port.containerPort)) found.push(problem('port', owner, at, `${port.containerPort} is not a port`));
    }
    return found;
  });
  const services = objects.ofKind('Service').flatMap((service) => {
    const ports: Record<string, any>[] = service.spec?.ports ?? [];
    const names = ports.map((port) => port.name);
    const found = repeated(names).map((name) => problem('port', service, '/spec/ports', `two ports are called ${name}`));
    if (ports.length > 1 && names.includes(undefined)) found.push(problem('port', service, '/spec/ports', 'with more than one port each needs a name'));
    for (const { port, name, targetPort } of ports) {
      if (!isPort(port) || (typeof targetPort === 'number' && !isPort(targetPort))) found.push(problem('port', service, '/spec/ports', `${port} is not a port`));
      if (name !== undefined && !(LABEL.test(name) && name.length <= MAX_NAME)) found.push(problem('port', service, '/spec/ports', `${name} is not a port's name`));
      if (typeof targetPort === 'string' && !isPortName(targetPort)) found.push(problem('port', service, '/spec/ports', `${targetPort} is not a port's name`));
    }
    return found;
  });
  return [...containers, ...services];
}

function isPort(port: unknown): boolean {
  return Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535;
}

/** What IANA calls a service's name. */
function isPortName(name: string): boolean {
  return name.length <= 15 && LABEL.test(name) && /[a-z]/.test(name) && !name.includes('--');
}

/** `name` or `prefix/name`. */
function isQualifiedName(key: string): boolean {
  const [name, prefix, ...rest] = key.split('/').reverse();
  const nameOk = name.length > 0 && name.length <= 63 && LABEL_VALUE.test(name);
  return rest.length === 0 && nameOk && (prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix)));
}

function repeated<T>(items: readonly T[]): T[] {
  return [...new Set(items.filter((item, i) => item !== undefined && items.indexOf(item) !== i))];
}
