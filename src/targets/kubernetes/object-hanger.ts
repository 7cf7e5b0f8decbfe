import { Names, type Chart } from 'cdk8s';
import type { Slot } from '../slots';
import { kindOf } from './kinds';
import { objectLabels } from './labels';
import { ManifestObject } from './manifest-object';

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
  readonly namespace?: string;
  readonly annotations?: { [key: string]: string };
  /**
   * What its labels call it.
   *
   * @default - the slot's name
   */
  readonly of?: string;
}

/**
 * Hangs objects into slots.
 *
 * @internal
 */
export class ObjectHanger {
  private readonly chartNames = new WeakMap<Chart, string>();

  /** An object under a slot's construct; where it is already, that one. */
  public add(slot: Slot, kindName: string, name: string, body: any, options: HangOptions = {}): ManifestObject {
    const kind = kindOf(kindName);
    const id = PREFIX + (options.id ?? kind.id);
    const present = slot.scope.node.tryFindChild(id);
    if (present !== undefined) return present as ManifestObject;
    return new ManifestObject(slot.scope, id, {
      kind,
      name,
      namespace: options.namespace,
      labels: objectLabels(options.of ?? slot.name, this.chartName(slot.chart)),
      annotations: options.annotations,
      body,
    });
  }

  public remove(slot: Slot, id: string): void {
    slot.scope.node.tryRemoveChild(PREFIX + id);
  }

  public chartName(chart: Chart): string {
    let name = this.chartNames.get(chart);
    if (name === undefined) this.chartNames.set(chart, name = Names.toDnsLabel(chart));
    return name;
  }
}

/** @internal What the ids of our objects begin with. */
export const PREFIX = 'kubernetes-';
