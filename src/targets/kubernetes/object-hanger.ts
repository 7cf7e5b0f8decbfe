import type { Chart, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Slot } from '../slots';
import { kindOf, PREFIX } from './kinds';
import { objectLabels } from './labels';
import { ManifestObject, type Renderer } from './manifest-object';
import type { KubernetesOptions } from './options';

/**
 * @internal
 */
export interface HangOptions {
  /**
   * Its id in the tree, without the target's prefix.
   *
   * @default - the kind's
   */
  readonly id?: string;
  readonly annotations?: { [key: string]: string };
  /**
   * Its namespace.
   *
   * @default - the chart's
   */
  readonly namespace?: string;
  /**
   * Its version.
   *
   * @default - the kind's
   */
  readonly apiVersion?: string;
}

/**
 * Hangs the objects of one construct into the tree. They share what they have in common: there may be many.
 *
 * @internal
 */
export class ObjectHanger {
  /** Under a slot's construct. */
  public static of(slot: Slot & { lazy(renderer: any): any }, options: KubernetesOptions, of = slot.name): ObjectHanger {
    return new ObjectHanger(slot.scope, slot.chart, of, slot.lazy(IDENTITY), options);
  }

  private readonly labels: { [key: string]: string };

  /**
   * @param scope where objects hang
   * @param chart whose objects they are
   * @param of what their labels call them
   * @param model what is given to renderers at synth
   * @param options what else is given to renderers
   */
  public constructor(
    private readonly scope: Construct, chart: Chart, of: string,
    private readonly model: Lazy | undefined,
    private readonly options: KubernetesOptions,
  ) {
    this.labels = objectLabels(of, chart);
  }

  public add(kindName: string, name: string, render: Renderer, { id, annotations, namespace, apiVersion }: HangOptions = NONE): ManifestObject {
    const kind = kindOf(kindName, apiVersion);
    return new ManifestObject(this.scope, id === undefined ? kind.id : PREFIX + id, {
      kind, name, namespace, labels: this.labels, annotations, model: this.model, render, options: this.options,
    });
  }

  /** An object that may be there already. */
  public addOnce(kindName: string, name: string, render: Renderer, options: HangOptions = NONE): void {
    const id = options.id === undefined ? kindOf(kindName).id : PREFIX + options.id;
    if (this.scope.node.tryFindChild(id) === undefined) this.add(kindName, name, render, options);
  }

  /** Whether an object was changed by hand. */
  public isPatched(id: string): boolean {
    const object = this.scope.node.tryFindChild(PREFIX + id);
    return ManifestObject.isManifestObject(object) && object.patched;
  }

  public remove(id: string): void {
    this.scope.node.tryRemoveChild(PREFIX + id);
  }

  /** What is given to renderers. */
  public produce(): any {
    return this.model?.produce();
  }
}

const NONE: HangOptions = {};
const IDENTITY = { render: (...models: any[]) => models.length === 1 ? models[0] : models };
