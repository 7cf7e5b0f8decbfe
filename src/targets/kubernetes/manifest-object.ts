import { ApiObject, App, JsonPatch, Lazy, resolve, type Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ObjectKind } from './kinds';
import { RANK } from './manifest-files';
import { plainJson } from './plain-json';

/**
 * @internal
 */
export interface ManifestObjectProps {
  /** What it is. */
  readonly kind: ObjectKind;
  /** Its name. A body may carry another one in its `metadata`, where a name depends on the content. */
  readonly name: string;
  /** Its namespace; undefined: the chart's. */
  readonly namespace?: string;
  /** Labels that are known when it is declared. */
  readonly labels?: { [key: string]: string };
  /** Annotations that are known when it is declared. */
  readonly annotations?: { [key: string]: string };
  /** What stands beside `apiVersion` and `kind`: plain, or a `Lazy`. Its `metadata` adds to what is known already. */
  readonly body: any;
}

/**
 * An object of a manifest: it stands in the tree at once and is rendered at synth.
 *
 * It is a plain `ApiObject` whose `toJson` leaves out what our bodies do not need. cdk8s looks for tokens in each value
 * and then walks all of it again to sort keys: for a thousand services that takes longer than everything else.
 *
 * @internal
 */
export class ManifestObject extends ApiObject {
  /** Whether a construct is one of ours. */
  public static isManifestObject(construct: unknown): construct is ManifestObject {
    return ApiObject.isApiObject(construct) && RANK in construct;
  }

  private readonly ops: JsonPatch[] = [];
  private readonly body: any;
  private readonly known?: { [key: string]: string };
  private readonly attributes: number;

  public constructor(scope: Construct, id: string, props: ManifestObjectProps) {
    const { kind, name, namespace, labels, annotations } = props;
    super(scope, id, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, namespace, labels, annotations } });
    Object.defineProperty(this, RANK, { value: kind.rank });
    claimName(this);
    this.body = props.body;
    this.known = labels;
    this.attributes = Object.keys(this.fields._additionalAttributes).length;
  }

  /** Changes the rendered object; the report then says that no guarantee covers it. */
  public addJsonPatch(...ops: JsonPatch[]): void {
    this.ops.push(...ops);
  }

  /** Whether it was changed by hand. */
  public get patched(): boolean {
    return this.ops.length > 0;
  }

  /** The rendered object, patches last; undefined where there is nothing to render. */
  public toJson(): any {
    const body = this.body instanceof Lazy ? this.body.produce() : this.body;
    if (body === undefined) return undefined;
    const json = needsNoResolver(this.chart) ? this.lean(body) : this.resolved(body);
    return this.patched ? this.patch(json) : json;
  }

  private lean(body: any): any {
    const plain = plainJson(body);
    const json: any = { apiVersion: this.apiVersion, kind: this.kind, metadata: this.leanMetadata(plain.metadata) };
    for (const key in plain) {
      if (key !== 'metadata') json[key] = plain[key];
    }
    return json;
  }

  private leanMetadata(extra: any): any {
    const { labels, annotations, finalizers, ownerReferences, _additionalAttributes } = this.fields;
    const simple = finalizers.length === 0 && ownerReferences.length === 0
      && Object.keys(_additionalAttributes).length === this.attributes && isText(labels) && isText(annotations);
    const own: any = simple ? {
      annotations: isEmpty(annotations) ? undefined : { ...annotations },
      labels: isEmpty(labels) ? undefined : { ...labels },
      name: this.metadata.name,
      namespace: this.metadata.namespace,
    } : this.metadata.toJson();
    return plainJson(this.withExtra(own, extra));
  }

  /** As cdk8s does it: somebody wants to see every value. */
  private resolved(body: any): any {
    const { metadata, ...rest } = body;
    const data = { apiVersion: this.apiVersion, kind: this.kind, ...rest, metadata: this.withExtra(this.metadata.toJson(), metadata) };
    return inOrder(plainJson(resolve([], data, this), !process.env.CDK8S_DISABLE_SORT));
  }

  /** The body knows more labels; what a user set on the object by hand wins. */
  private withExtra(own: any, extra: any): any {
    if (extra === undefined) return own;
    const labels = { ...own.labels };
    const before = { ...this.chart.labels, ...this.known };
    for (const key in extra.labels) {
      if (labels[key] === before[key]) labels[key] = extra.labels[key];
    }
    const annotations = { ...extra.annotations, ...own.annotations };
    return {
      ...own,
      annotations: isEmpty(annotations) ? undefined : annotations,
      labels: isEmpty(labels) ? undefined : labels,
      name: extra.name ?? own.name,
    };
  }

  private patch(json: any): any {
    try {
      // Parts are shared between objects, so patches work on a copy.
      return inOrder(JsonPatch.apply(structuredClone(json), ...this.ops));
    } catch (error) {
      throw new Error(`a JSON patch does not fit ${this.kind} '${this.name}': ${(error as Error).message.split('\n')[0]} [${this.node.path}]`);
    }
  }

  private get fields(): MetadataFields {
    return this.metadata as unknown as MetadataFields;
  }
}

/** What cdk8s keeps in private. */
interface MetadataFields {
  readonly labels: { [key: string]: string };
  readonly annotations: { [key: string]: string };
  readonly finalizers: string[];
  readonly ownerReferences: any[];
  readonly _additionalAttributes: { [key: string]: any };
}

const NAMES = new WeakMap<object, Map<string, ManifestObject>>();

/** Two objects of one kind and name would overwrite each other when they are applied. */
function claimName(object: ManifestObject): void {
  const { kind, apiVersion, name, chart, metadata: { namespace } } = object;
  // Without a namespace charts may be applied to different ones.
  const space = namespace === undefined ? chart : chart.node.scope ?? chart;
  let names = NAMES.get(space);
  if (names === undefined) NAMES.set(space, names = new Map());
  const key = namespace === undefined ? `${apiVersion}/${kind}/${name}` : `${apiVersion}/${kind}/${namespace}/${name}`;
  const other = names.get(key);
  if (other !== undefined && isInTree(other)) {
    throw new Error(`Kubernetes has one ${kind} called '${name}' in a namespace, and ${other.node.scope!.node.path} has it already:`
      + ` give one of them another id [${object.node.scope!.node.path}]`);
  }
  names.set(key, object);
}

function isInTree(object: ManifestObject): boolean {
  return object.node.scope!.node.tryFindChild(object.node.id) === object;
}

const LEAN_CHARTS = new WeakMap<Chart, boolean>();

/** Whether an app has only cdk8s' own resolvers, which find nothing in our bodies. */
function needsNoResolver(chart: Chart): boolean {
  if (process.env.CDK8S_DISABLE_SORT) return false;
  let lean = LEAN_CHARTS.get(chart);
  if (lean === undefined) {
    const { resolvers } = App.of(chart) as unknown as { resolvers?: any[] };
    lean = (resolvers?.length ?? OWN_RESOLVERS) === OWN_RESOLVERS;
    LEAN_CHARTS.set(chart, lean);
  }
  return lean;
}

/** `Lazy`, implicit tokens, unions of numbers and strings. */
const OWN_RESOLVERS = 3;

function inOrder({ apiVersion, kind, metadata, ...rest }: any): any {
  return { apiVersion, kind, metadata, ...rest };
}

function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}

function isText(map: { [key: string]: unknown }): boolean {
  for (const key in map) {
    if (typeof map[key] !== 'string') return false;
  }
  return true;
}
