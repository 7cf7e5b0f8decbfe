import { ApiObject, App, resolve, type Chart, type JsonPatch, type Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { ObjectKind } from './kinds';
import { RANK } from './manifest-files';
import type { KubernetesOptions } from './options';
import { plainJson } from './plain-json';
import { helmLiteral, isHelmChart } from '../../util/helm-chart';
import { patched } from '../../util/patch';

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
  /** What is given to the renderer. */
  readonly model?: Lazy;
  /** Makes what stands beside `apiVersion` and `kind`. Its `metadata` adds to what is known already. */
  readonly render: Renderer;
  readonly options: KubernetesOptions;
}

/**
 * Makes the body of an object from a complete model; undefined where there is none.
 *
 * @internal
 */
export type Renderer = (model: any, options: KubernetesOptions) => any;

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

  private ops?: JsonPatch[];
  private readonly given: ManifestObjectProps;

  public constructor(scope: Construct, id: string, props: ManifestObjectProps) {
    const { kind, name, namespace, labels, annotations } = props;
    super(scope, id, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, namespace, labels, annotations } });
    this.given = props;
    claimName(this, kind);
  }

  /** @internal */
  public get [RANK](): number {
    return this.given.kind.rank;
  }

  /** Changes the rendered object; the report then says that no guarantee covers it. */
  public addJsonPatch(...ops: JsonPatch[]): void {
    (this.ops ??= []).push(...ops);
    this.given.options.patched.add(this);
  }

  /** What stands beside `apiVersion` and `kind`, as the renderer makes it and without patches: less work than all of `toJson`. */
  public body(): any {
    const { model, render, options } = this.given;
    return render(model?.produce(), options);
  }

  /** What is given to the renderer. */
  public model(): any {
    return this.given.model?.produce();
  }

  /** Whether it was changed by hand. */
  public get patched(): boolean {
    return this.ops !== undefined;
  }

  /**
   * The rendered object, patches last; undefined where there is nothing to render. In a Helm chart a patch may say what
   * only Helm knows, `{{ .Values.image }}`.
   */
  public toJson(): any {
    const body = this.body();
    if (body === undefined) return undefined;
    const plain = needsNoResolver(this.chart) ? this.lean(body) : this.resolved(body);
    const json = becomesTemplate(this.chart) ? helmLiteral(plain) : plain;
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
      && Object.keys(_additionalAttributes).length === GIVEN_ATTRIBUTES && isText(labels) && isText(annotations);
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
    const { waves } = this.given.options;
    const wave = waves.hasSteps ? waves.annotationsOf(this.node.scope!.node.path, this.kind) : undefined;
    if (extra === undefined && wave === undefined) return own;
    const labels = { ...own.labels };
    const before = { ...this.chart.labels, ...this.given.labels };
    for (const key in extra?.labels) {
      if (labels[key] === before[key]) labels[key] = extra.labels[key];
    }
    const annotations = { ...wave, ...extra?.annotations, ...own.annotations };
    return {
      ...own,
      annotations: isEmpty(annotations) ? undefined : annotations,
      labels: isEmpty(labels) ? undefined : labels,
      name: extra?.name ?? own.name,
    };
  }

  private patch(json: any): any {
    try {
      // Parts are shared between objects, so patches work on a copy.
      return inOrder(patched(json, this.ops!));
    } catch (error) {
      throw new Error(`a JSON patch does not fit ${this.kind} '${this.name}': ${(error as Error).message} [${this.node.path}]`);
    }
  }

  private get fields(): MetadataFields {
    return this.metadata as unknown as MetadataFields;
  }
}

/** Name, namespace, labels, annotations: each is given, if only as undefined. */
const GIVEN_ATTRIBUTES = 4;

/** What cdk8s keeps in private. */
interface MetadataFields {
  readonly labels: { [key: string]: string };
  readonly annotations: { [key: string]: string };
  readonly finalizers: string[];
  readonly ownerReferences: any[];
  readonly _additionalAttributes: { [key: string]: any };
}

type ObjectsByName = Map<string, ManifestObject>;

/** By namespace (those of charts without one by chart), then by kind. */
const TAKEN = new WeakMap<IConstruct, Map<string, Map<ObjectKind, ObjectsByName>>>();

/** Two objects of one kind and name would overwrite each other when they are applied. */
function claimName(object: ManifestObject, kind: ObjectKind): void {
  const { name, chart, metadata: { namespace } } = object;
  // Charts without a namespace may be applied to different ones.
  const spaces = entry(TAKEN, namespace === undefined ? chart : chart.node.scope ?? chart, () => new Map());
  const kinds = entry(spaces, namespace ?? '', () => new Map());
  const names = entry(kinds, kind, () => new Map());
  const other = names.get(name);
  if (other !== undefined && isInTree(other)) {
    throw new Error(`Kubernetes has one ${object.kind} called '${name}' in a namespace, and ${other.node.scope!.node.path} has it already:`
      + ` give one of them another id [${object.node.scope!.node.path}]`);
  }
  names.set(name, object);
}

function entry<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): any }, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}

function isInTree(object: ManifestObject): boolean {
  return object.node.scope!.node.tryFindChild(object.node.id) === object;
}

const TEMPLATES = new WeakMap<Chart, boolean>();

function becomesTemplate(chart: Chart): boolean {
  let becomes = TEMPLATES.get(chart);
  if (becomes === undefined) TEMPLATES.set(chart, becomes = isHelmChart(App.of(chart).outdir));
  return becomes;
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
