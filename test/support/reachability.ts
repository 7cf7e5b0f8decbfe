import { parse, parseAllDocuments } from 'yaml';
import { matches, type Selector } from './kubernetes/objects';

/*
 * Who can open a connection to whom, read from the output alone: from NetworkPolicies as the API defines them, and from
 * the networks of a Compose file or a stack.
 */

/** A pod that the manifests do not declare: a proxy of a Gateway, a stranger. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: { readonly [key: string]: string };
}

/** What applies where a manifest names no namespace. */
export const OWN_NAMESPACE = 'default';

/** A pod of the same namespace that nobody declared. */
export const STRANGER: Pod = { name: 'stranger', namespace: OWN_NAMESPACE, labels: { app: 'stranger' } };

/** The proxies that Envoy Gateway runs for a Gateway. */
export const proxiesOf = (gateway: string): Pod => ({
  name: gateway, namespace: 'envoy-gateway-system', labels: { 'gateway.envoyproxy.io/owning-gateway-name': gateway },
});

/**
 * All that policies let pass between pods, `web -> db:5432`, sorted; UDP is named. A port that no rule and no container
 * knows stands for all others.
 */
export function kubernetesConnections(manifests: string, others: Pod[] = []): string[] {
  const objects = readManifests(manifests);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(readPolicy);
  const pods = [...objects.flatMap(podOf), ...others];
  const ports = portsIn(policies);
  const open: string[] = [];
  for (const from of pods) {
    for (const to of pods) {
      for (const port of ports) {
        if (lets('Egress', policies, from, to, port) && lets('Ingress', policies, to, from, port)) open.push(`${from.name} -> ${to.name}:${portText(port)}`);
      }
    }
  }
  // Between pods that no policy selects, nothing is ours to say.
  const strange = new Set(others.map(({ name }) => name));
  return open.filter((line) => !line.split(/ -> |:/).slice(0, 2).every((name) => strange.has(name))).sort();
}

/** Ways out to addresses, `web -> 0.0.0.0/0:443`, name servers left out. */
export function kubernetesWaysOut(manifests: string): string[] {
  const objects = readManifests(manifests);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(readPolicy);
  return objects.flatMap(podOf).flatMap((pod) => policies.filter((policy) => selects(policy, pod)).flatMap(({ egress }) => egress)
    .filter((rule) => !isNameServer(rule))
    .flatMap((rule) => (rule.to ?? [{ ipBlock: { cidr: 'anywhere' } }]).flatMap(({ ipBlock }: any) => ipBlock === undefined ? []
      : (rule.ports ?? [{ port: '*' }]).map((port: any) => `${pod.name} -> ${ipBlock.cidr}:${portText(port)}`)))).sort();
}

/** Workloads that may ask name servers. */
export function kubernetesResolvers(manifests: string): string[] {
  const objects = readManifests(manifests);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(readPolicy);
  return objects.flatMap(podOf).filter((pod) => policies.filter((policy) => selects(policy, pod)).some(({ egress }) => egress.some(isNameServer)))
    .map(({ name }) => name).sort();
}

/** Services that share a network, `db + web`, sorted; the copies of one workload are one. */
export function dockerMeetings(file: string): string[] {
  return [...new Set(Object.values(dockerNetworks(file)).flatMap((members) => {
    const names = [...new Set(members.map(workloadOf))];
    return names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b].sort().join(' + ')));
  }))].sort();
}

/** The services in each network, sorted; a twin, which extends its service, counts as that. */
export function dockerNetworks(file: string): { [network: string]: string[] } {
  const { services } = parse(file);
  const networks: { [network: string]: string[] } = {};
  for (const [name, service] of Object.entries<any>(services)) {
    const extended = service.extends === undefined ? service : { ...services[service.extends.service], ...service };
    const inherited = service.extends === undefined ? {} : services[service.extends.service].networks;
    const all = { ...extended, networks: extended.networks === undefined ? undefined : { ...inherited, ...extended.networks } };
    for (const network of networksOf(all)) {
      const members = networks[network] ??= [];
      const counted = service.extends?.service ?? name;
      if (!members.includes(counted)) members.push(counted);
    }
  }
  return networks;
}

/** Services in a network that leads outside, sorted. */
export function dockerWaysOut(file: string): string[] {
  const { networks = {} } = parse(file);
  return [...new Set(Object.entries(dockerNetworks(file)).filter(([network]) => networks[network]?.internal !== true)
    .flatMap(([, members]) => members.map(workloadOf)))].sort();
}

interface Policy {
  readonly namespace: string;
  readonly selector: Selector;
  readonly types: string[];
  readonly egress: any[];
  readonly ingress: any[];
}

export function readManifests(text: string): any[] {
  return (parseAllDocuments(text) as any[]).map((document) => document.toJS()).filter((value) => value !== null);
}

/** Manifests by kind and name, `Deployment/web`, in alphabetical order. */
export function byName(text: string): { [name: string]: any } {
  return Object.fromEntries(readManifests(text).map((object) => [`${object.kind}/${object.metadata.name}`, object] as const)
    .sort(([a], [b]) => a < b ? -1 : 1));
}

function readPolicy({ metadata, spec }: any): Policy {
  return {
    namespace: metadata.namespace ?? OWN_NAMESPACE,
    selector: spec.podSelector,
    types: spec.policyTypes ?? ['Ingress', ...spec.egress === undefined ? [] : ['Egress']],
    egress: spec.egress ?? [],
    ingress: spec.ingress ?? [],
  };
}

/** The pods that manifests declare; the copies of one workload are one. */
export function podsOf(objects: any[]): Pod[] {
  return objects.flatMap(podOf);
}

function podOf({ metadata, spec }: any): Pod[] {
  const template = spec?.template ?? spec?.jobTemplate?.spec.template;
  if (template === undefined) return [];
  return [{ name: metadata.name, namespace: metadata.namespace ?? OWN_NAMESPACE, labels: template.metadata?.labels ?? {} }];
}

function portsIn(policies: Policy[]): any[] {
  const rules = policies.flatMap(({ egress, ingress }) => [...egress, ...ingress]);
  const known = rules.filter((rule) => !isNameServer(rule)).flatMap(({ ports = [] }) => ports).filter(({ port }) => port !== undefined);
  return [...new Map([...known, { port: 1, protocol: 'TCP' }].map((port) => [portText(port), port])).values()];
}

/** Where no policy of the direction selects a pod, all is open; else what one of them lets pass. */
function lets(type: 'Egress' | 'Ingress', policies: Policy[], pod: Pod, peer: Pod, port: any): boolean {
  const own = policies.filter((policy) => selects(policy, pod) && policy.types.includes(type));
  const [rules, peers] = type === 'Egress' ? ['egress', 'to'] as const : ['ingress', 'from'] as const;
  return own.length === 0 || own.some((policy) => policy[rules].some((rule) =>
    (rule[peers] === undefined || rule[peers].some((candidate: any) => isPeer(candidate, peer, policy.namespace)))
    && (rule.ports === undefined || rule.ports.some((candidate: any) => candidate.port === undefined || portText(candidate) === portText(port)))));
}

function selects({ namespace, selector }: Policy, pod: Pod): boolean {
  return pod.namespace === namespace && matches(selector, pod.labels);
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: any, pod: Pod, namespace: string): boolean {
  if (ipBlock !== undefined) return false;
  const inNamespace = namespaceSelector === undefined ? pod.namespace === namespace
    : matches(namespaceSelector, { 'kubernetes.io/metadata.name': pod.namespace });
  return inNamespace && matches(podSelector ?? {}, pod.labels);
}

function isNameServer({ ports = [] }: any): boolean {
  return ports.length > 0 && ports.every(({ port }: any) => port === 53 || port === 5353);
}

function portText({ port, protocol = 'TCP' }: any): string {
  return protocol === 'TCP' ? `${port}` : `${port}/${protocol}`;
}

/** Compose and Swarm put a service that names none into the default network, which leads outside. */
function networksOf({ networks, network_mode: mode }: any): string[] {
  if (mode === 'none') return [];
  if (mode !== undefined) throw new Error(`network_mode ${mode}: this reader does not know it`);
  return networks === undefined ? ['default'] : Array.isArray(networks) ? networks : Object.keys(networks);
}

function workloadOf(service: string): string {
  return service.replace(/-\d+$/, '');
}
