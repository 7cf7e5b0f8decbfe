import { Names, type Chart } from 'cdk8s';

const NAMES = new WeakMap<Chart, string>();

/**
 * A chart's name, as its manifest, its Compose project and its Swarm stack have it.
 *
 * @internal
 */
export function chartName(chart: Chart): string {
  let name = NAMES.get(chart);
  if (name === undefined) NAMES.set(chart, name = Names.toDnsLabel(chart));
  return name;
}
