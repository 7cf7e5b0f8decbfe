import { Problem } from '../problem';

/** A service as a file has it. Predicates read deep into it. */
export type ComposeService = Readonly<Record<string, any>>;

export interface ComposeFile {
  readonly name?: string;
  readonly services?: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, Record<string, any> | null>>;
  readonly volumes?: Readonly<Record<string, Record<string, any> | null>>;
  readonly configs?: Readonly<Record<string, Record<string, any>>>;
  readonly secrets?: Readonly<Record<string, Record<string, any>>>;
  readonly [key: string]: unknown;
}

export interface PublishedPort {
  readonly hostIp: string;

  /** The host's port or range; undefined: the engine chooses one. */
  readonly published?: string;
  readonly target: string;
  readonly protocol: string;
  readonly mode: string;
}

export type ComposePredicate = (file: ComposeFile) => Problem[];

/** Checks each service on its own. */
export function forEachService(check: (service: ComposeService, report: (path: string, message: string) => void, name: string) => void, rule: string,
  file: ComposeFile): Problem[] {
  return Object.entries(file.services ?? {}).flatMap(([name, service]) => {
    const problems: Problem[] = [];
    check(service ?? {}, (path, message) => problems.push({ rule, object: `services/${name}`, path, message }), name);
    return problems;
  });
}

/** The keys of a mapping, or the items of a list: many fields may be either. */
export function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item: unknown) => typeof item === 'string' ? item : String((item as { source?: string }).source));
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

export function copiesOf(service: ComposeService): number {
  return Number(service.deploy?.replicas ?? service.scale ?? 1);
}

/** `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`, or the long form. */
export function portsOf(service: ComposeService): PublishedPort[] {
  return (service.ports ?? []).map((port: string | number | Record<string, any>): PublishedPort => {
    if (typeof port === 'object') {
      const published = port.published === undefined ? undefined : String(port.published);
      return { hostIp: port.host_ip ?? '', published, target: String(port.target), protocol: port.protocol ?? 'tcp', mode: port.mode ?? 'ingress' };
    }
    const [address, protocol = 'tcp'] = String(port).split('/');
    const parts = splitOutsideBraces(address);
    const target = parts.pop()!;
    const hostIp = parts.length > 0 && /[.[]/.test(parts[0]) ? parts.shift()! : '';
    return { hostIp, published: parts[0], target, protocol, mode: 'ingress' };
  });
}

export interface Mount {
  readonly type: string;
  readonly source?: string;
  readonly target: string;
}

export function mountsOf(service: ComposeService): Mount[] {
  return (service.volumes ?? []).map((volume: string | Record<string, any>): Mount => {
    if (typeof volume === 'object') return { type: volume.type, source: volume.source, target: volume.target };
    const [source, target] = splitOutsideBraces(volume);
    if (target === undefined) return { type: 'volume', target: source };
    return { type: /^[./~$]/.test(source) ? 'bind' : 'volume', source, target };
  });
}

/** Splits at colons, save at those within `${NAME:-default}` and `[::1]`. */
function splitOutsideBraces(text: string): string[] {
  return text.match(/(?:\$\{[^}]*\}|\[[^\]]*\]|[^:])+/g) ?? [text];
}
