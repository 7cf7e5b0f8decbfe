import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { warning } from './findings';
import { ManifestObject } from './manifest-object';
import { KEPT } from './storage';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { VolumeKind } from '../../model/volume';
import { containersOf } from '../../model/workload';

/**
 * Who deletes a namespace deletes all claims in it, whatever protects each of them. Ours are kept from being pruned; this is
 * for one that somebody else writes, or that was patched.
 *
 * @internal
 */
export function unprotectedNamespaces({ charts }: AppModel, root: IConstruct | undefined): Finding[] {
  const claims = new Map<string, string[]>();
  for (const chart of charts) {
    if (chart.namespace !== undefined) claims.set(chart.namespace, [...claims.get(chart.namespace) ?? [], ...ownersOfClaims(chart)]);
  }
  if (root === undefined || [...claims.values()].every((owners) => owners.length === 0)) return [];
  return root.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one) && one.kind === 'Namespace')
    .filter((object) => !ManifestObject.isManifestObject(object) || object.patched)
    .flatMap((object) => {
      const { metadata: { name, annotations = {} } } = object.toJson();
      const owners = claims.get(name) ?? [];
      if (owners.length === 0 || Object.entries(KEPT).some(([key, value]) => value.split(',').every((option) => String(annotations[key] ?? '').split(',').includes(option)))) return [];
      return [warning('namespace-not-kept', object.node.path, `namespace '${name}' takes the claims of ${owners.map((owner) => `'${owner}'`).join(', ')} with it on Kubernetes`
        + ' when a tool prunes it or removes the application, and nothing keeps one from doing so: give it the annotation of your tool'
        + ` (${Object.entries(KEPT).map(([key, value]) => `${key}: ${value}`).join(', ')}), or leave it to createNamespace: true`)];
    });
}

/** Whose data is in claims that are made with the chart. */
function ownersOfClaims({ workloads, sharedVolumes }: ChartModel): string[] {
  const own = workloads.filter((workload) => containersOf(workload)
    .some(({ volumes }) => volumes.some(({ kind, existingName }) => kind === VolumeKind.PERSISTENT && existingName === undefined)));
  return [...own, ...sharedVolumes.filter(({ existingName }) => existingName === undefined)].map(({ name }) => name);
}
