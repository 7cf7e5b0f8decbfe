import { ApiObject, Chart, type JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { walk } from '../../util/tree-walk';
import { Fragment } from '../fragment';
import { RANK } from './manifest-files';

/**
 * The whole manifest of a chart, as something to patch: `/Deployment/web/spec/replicas`. Objects of other libraries are
 * in it too.
 *
 * @internal
 */
export class ManifestFile extends Fragment {
  public constructor(private readonly chart: Chart) {
    super(chart, MANIFEST_FILE, chart.node.id, '', '', undefined);
  }

  /** From the first patch on, the chart gives its objects patched: to our App, to cdk8s' own and to its `Testing`. */
  public addJsonPatch(...ops: JsonPatch[]): void {
    super.addJsonPatch(...ops);
    Object.defineProperty(this.chart, 'toJson', { value: () => this.patchedObjects(), configurable: true });
  }

  /** @internal */
  public _misfit(reason: string): string {
    return `a JSON patch does not fit the manifest: ${reason}; objects are addressed as /Kind/name/… [${this.chart.node.path}]`;
  }

  private patchedObjects(): any[] {
    const before = byKindAndName(this.objects());
    return Object.values(this.patch(before) as { [kind: string]: any }).flatMap((byName) => Object.values(byName));
  }

  private objects(): any[] {
    const root: IConstruct = this.chart.node.root;
    const tree = walk(root);
    const of = tree.charts.find(({ chart }) => chart === this.chart)!;
    const rank = (object: ApiObject) => (object as any)[RANK] ?? Infinity;
    const preferred = of.objects.map((object, place) => ({ object, place }))
      .sort((a, b) => rank(a.object) - rank(b.object) || (rank(a.object) === Infinity ? a.place - b.place : a.object.name < b.object.name ? -1 : 1));
    return tree.orderedObjects(of, preferred.map(({ object }) => object)).map((object) => object.toJson()).filter((json) => json !== undefined);
  }
}

/** @internal Id of a chart's file in the tree. */
export const MANIFEST_FILE = 'kubernetes-file';

/** A kind keeps its place by its first object; the same name in another namespace gets it in front. */
function byKindAndName(objects: any[]): any {
  const kinds: { [kind: string]: { [name: string]: any } } = {};
  for (const json of objects) {
    const names = kinds[json.kind] ??= {};
    const { name, namespace } = json.metadata;
    names[name in names ? `${namespace ?? ''}/${name}` : name] = json;
  }
  return kinds;
}
