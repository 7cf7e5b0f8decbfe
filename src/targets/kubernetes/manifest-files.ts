import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { chartName } from '../../util/chart-name';
import { MANIFEST_HEAD } from '../../util/manifest-head';
import type { ChartObjects, TreeWalk } from '../../util/tree-walk';
import { stringifyYaml } from '../../util/yaml';

/**
 * An object of ours carries its kind's rank under this symbol: a number, lower ones come first in a manifest.
 *
 * @internal
 */
export const RANK = Symbol.for('cdk8s-ha.rank');

/**
 * A file below the app's output folder.
 *
 * @internal
 */
export interface ManifestFile {
  /** Path below the output folder, with forward slashes. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
}

/**
 * @internal
 */
export interface ManifestOptions {
  /**
   * What files with at least one object of ours begin with, document separator included.
   *
   * @default MANIFEST_HEAD
   */
  readonly head?: string;
  /**
   * Whether a chart is written. Numbers in file names count the others as well.
   *
   * @default - all are
   */
  readonly renders?: (chart: Chart) => boolean;
}

/** The text of one document, and whether an object of ours is behind it. */
interface ManifestDocument {
  readonly kind: string;
  readonly name: string | undefined;
  readonly text: string;
  readonly ours: boolean;
}

/**
 * The files that `App.synth()` of cdk8s would write, to the byte where no object of ours is involved: their names, the
 * order of documents, the text. Unlike it, this takes time in proportion to the app, and neither validates, nor adds
 * dependencies to the tree, nor writes.
 *
 * As with cdk8s, several files may have one path when kinds and names repeat (there, the last one stays): whether that is an
 * error is for the caller to say. Not given: the empty folder that cdk8s makes for an empty chart.
 *
 * @internal
 */
export function manifestFiles(app: App, tree: TreeWalk, options: ManifestOptions = {}): ManifestFile[] {
  const head = options.head ?? MANIFEST_HEAD;
  const extension = app.outputFileExtension;
  const file = (name: string, documents: readonly ManifestDocument[]): ManifestFile => {
    const texts = documents.map(({ text }) => text);
    if (documents.some(({ ours }) => ours)) texts[0] = head + texts[0];
    return { path: `${name}${extension}`, text: texts.join('---\n') };
  };
  const charts = tree.orderedCharts
    .map((of, index) => ({ of, name: fileName(of.chart, tree.hasDependentCharts ? index : undefined), objects: orderedObjects(tree, of) }))
    .filter(({ of }) => options.renders?.(of.chart) ?? true);

  const files: ManifestFile[] = [];
  switch (app.yamlOutputType) {
    case YamlOutputType.FILE_PER_APP:
      if (charts.length > 0) files.push(file('app', charts.flatMap(({ of, objects }) => chartDocuments(of, objects))));
      break;
    case YamlOutputType.FILE_PER_CHART:
      for (const { of, name, objects } of charts) files.push(file(name, chartDocuments(of, objects)));
      break;
    case YamlOutputType.FILE_PER_RESOURCE:
      for (const document of charts.flatMap(({ of, objects }) => chartDocuments(of, objects))) {
        if (document.kind !== NOTHING) files.push(file(resourceName(document.kind, document.name), [document]));
      }
      break;
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
      for (const { name, objects } of charts) {
        // This type alone passes over an overridden `toJson` of the chart, and over names changed by a patch.
        for (const object of objects) files.push(file(`${name}/${resourceName(object.kind, object.metadata.name)}`, [objectDocument(object)]));
      }
      break;
  }
  if (recordsConstructMetadata(app)) files.push(constructMetadata(charts.flatMap(({ objects }) => objects)));
  return files;
}

/** Ours by rank and name, then all others as they stand in the tree; but what others depend on before both. */
function orderedObjects(tree: TreeWalk, of: ChartObjects): readonly ApiObject[] {
  const ours = of.objects.filter(isOurs);
  if (ours.length === 0) return tree.orderedObjects(of);
  ours.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return tree.orderedObjects(of, [...ours, ...of.objects.filter(object => !isOurs(object))]);
}

function chartDocuments(of: ChartObjects, objects: readonly ApiObject[]): ManifestDocument[] {
  // The method of cdk8s resolves and validates the whole app anew, which is what we are here to avoid; any other is somebody's wish.
  if (of.chart.toJson === Chart.prototype.toJson) return objects.map(objectDocument);
  const ours = objects.some(isOurs);
  return Object.values(of.chart.toJson()).map((json) => asDocument(json, ours));
}

function objectDocument(object: ApiObject): ManifestDocument {
  return asDocument(object.toJson(), isOurs(object));
}

/**
 * The JSON is let go as soon as its text is there: a thousand services hold 40 MB of it, and a collector that copies
 * all of it several times takes longer than writing the text.
 */
function asDocument(json: any, ours: boolean): ManifestDocument {
  const text = stringifyYaml(json);
  // A text that was put together of thousands of pieces holds on to them until somebody looks into it.
  text.charCodeAt(0);
  return { kind: json?.kind ?? NOTHING, name: json?.metadata?.name, text, ours };
}

/** What cdk8s writes as an empty document. */
const NOTHING = '';

function fileName(chart: Chart, index?: number): string {
  const name = chartName(chart);
  return index === undefined ? name : `${index.toString().padStart(4, '0')}-${name}`;
}

function resourceName(kind: string, name: string | undefined): string {
  return `${kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}

/** Where each object comes from, for the validation plug-ins of the cdk8s CLI. */
function constructMetadata(objects: readonly ApiObject[]): ManifestFile {
  const resources: Record<string, { path: string }> = {};
  for (const object of objects) resources[object.name] = { path: object.node.path };
  return { path: 'construct-metadata.json', text: JSON.stringify({ version: '1.0.0', resources }) };
}

/** The option is private, but our own App passes it through, and a plain one has it as well. */
function recordsConstructMetadata(app: App): boolean {
  return (app as unknown as { recordConstructMetadata: boolean }).recordConstructMetadata;
}

function isOurs(object: ApiObject): boolean {
  return RANK in object;
}

function rank(object: ApiObject): number {
  return (object as any)[RANK];
}
