import { Problem } from '../problem';

export type Labels = Readonly<Record<string, string>>;

/** A manifest. Predicates read deep into kinds of which there are no types here. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

export interface Container {
  readonly name: string;
  readonly ports?: readonly ContainerPort[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

/** The pods that a workload makes. */
export interface PodTemplate {
  readonly owner: KubernetesObject;
  readonly namespace: string;
  readonly labels: Labels;

  /** Where the pod's specification is in the owner, as a JSON pointer. */
  readonly path: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly spec: any;
  readonly containers: readonly Container[];

  /** Ports that are open while the pod serves: of containers and of sidecars. */
  readonly ports: readonly ContainerPort[];
}

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** A rule that looks at all objects of a file at once. */
export type Predicate = (objects: KubernetesObjects) => Problem[];

export function nameOf(object: KubernetesObject): string {
  return `${object.kind}/${object.metadata.name}`;
}

export function problem(rule: string, object: KubernetesObject, path: string, message: string): Problem {
  return { rule, object: nameOf(object), path, message };
}

export class KubernetesObjects {
  readonly pods: readonly PodTemplate[];
  private readonly external: readonly RegExp[];

  constructor(readonly all: readonly KubernetesObject[], external: readonly string[]) {
    this.pods = all.flatMap(podTemplates);
    // A Secret's value never stands in a file of ours, so a Secret may always come from elsewhere.
    this.external = ['Secret/*', ...external].map((pattern) => new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`));
  }

  ofKind(...kinds: string[]): KubernetesObject[] {
    return this.all.filter((object) => kinds.includes(object.kind));
  }

  find(kind: string, name: string, namespace = ''): KubernetesObject | undefined {
    return this.all.find((object) => object.kind === kind && object.metadata.name === name && namespaceOf(object) === namespace);
  }

  isExternal(kind: string, name: string): boolean {
    return this.external.some((pattern) => pattern.test(`${kind}/${name}`));
  }

  exists(kind: string, name: string, namespace = ''): boolean {
    return this.find(kind, name, namespace) !== undefined || this.isExternal(kind, name);
  }

  podsMatching(selector: Selector | undefined, namespace: string): PodTemplate[] {
    return this.pods.filter((pod) => pod.namespace === namespace && matches(selector, pod.labels));
  }

  /** The labels of a namespace, as far as the file tells. */
  namespaceLabels(namespace: string): Labels {
    return { 'kubernetes.io/metadata.name': namespace, ...this.find('Namespace', namespace)?.metadata.labels };
  }
}

export function namespaceOf(object: KubernetesObject): string {
  return object.metadata.namespace ?? '';
}

/** An empty selector matches everything, as the API has it. */
export function matches(selector: Selector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  const byLabel = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return byLabel && (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
    switch (operator) {
      case 'In': return key in labels && (values ?? []).includes(labels[key]);
      case 'NotIn': return !(values ?? []).includes(labels[key]);
      case 'Exists': return key in labels;
      default: return !(key in labels);
    }
  });
}

export function isEmptySelector(selector: Selector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}

function podTemplates(owner: KubernetesObject): PodTemplate[] {
  switch (owner.kind) {
    case 'Deployment': case 'StatefulSet': case 'DaemonSet': case 'Job': return template(owner, owner.spec?.template, '/spec/template');
    case 'CronJob': return template(owner, owner.spec?.jobTemplate?.spec?.template, '/spec/jobTemplate/spec/template');
    case 'Pod': return template(owner, owner, '');
    default: return [];
  }
}

function template(owner: KubernetesObject, source: Record<string, any> | undefined, path: string): PodTemplate[] {
  if (source?.spec === undefined) return [];
  const init: Container[] = source.spec.initContainers ?? [];
  const containers: Container[] = [...init, ...source.spec.containers ?? []];
  const serving = containers.filter((container) => !init.includes(container) || container.restartPolicy === 'Always');
  return [{
    owner,
    namespace: namespaceOf(owner),
    labels: source.metadata?.labels ?? {},
    path: `${path}/spec`,
    spec: source.spec,
    containers,
    ports: serving.flatMap((container) => container.ports ?? []),
  }];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
