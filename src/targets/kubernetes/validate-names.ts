import type { Chart } from 'cdk8s';
import { error } from './findings';
import { badLabels } from './labels-given';
import type { ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { containersOf } from '../../model/workload';
import { isDataKey, isLabelValue, isNamespaceName, isObjectName } from '../../validation/syntax';

/**
 * Names that a user gives and that become those of objects.
 *
 * @internal
 */
export function objectNames({ path, name, namespace, workloads, secrets, sharedVolumes }: ChartModel): Finding[] {
  const volumes = [
    ...sharedVolumes,
    ...workloads.flatMap((workload) => containersOf(workload).flatMap((container) => container.volumes)
      .map(({ existingName, storageClassName }) => ({ path: workload.path, existingName, storageClassName }))),
  ];
  const given = [
    ...secrets.map((secret) => ({ of: secret.path, prop: 'secretName', value: secret.secretName })),
    ...secrets.map((secret) => ({ of: secret.path, prop: 'externalSecret.storeName', value: secret.externalSecret?.storeName })),
    ...volumes.map((volume) => ({ of: volume.path, prop: 'existingName', value: volume.existingName })),
    ...volumes.map((volume) => ({ of: volume.path, prop: 'storageClassName', value: volume.storageClassName || undefined })),
  ];
  return [
    ...namespace === undefined || isNamespaceName(namespace) ? [] : [error('namespace', path,
      `chart '${name}' cannot have the namespace '${namespace}' on Kubernetes: use at most 63 lower-case letters, digits and '-', with a letter or digit first and last`)],
    ...secrets.filter(({ key }) => !isDataKey(key)).map(({ path: of, name: secret, key }) => error('secret-key', of,
      `'${secret}' cannot stand under the key '${key}' of a Secret on Kubernetes: use at most 253 letters, digits, '-', '_' and '.'`)),
    ...workloads.filter(({ placement }) => !isLabelValue(placement?.hostname ?? '')).map((workload) => error('placement', workload.path,
      `'${workload.name}' cannot run on a node called '${workload.placement!.hostname}' on Kubernetes: give its label kubernetes.io/hostname, see kubectl get nodes --show-labels`)),
    ...given.filter(({ value }) => value !== undefined && !isObjectName(value)).map(({ of, prop, value }) => error('object-name', of,
      `'${of.slice(of.lastIndexOf('/') + 1)}' cannot take '${value}' for ${prop} on Kubernetes: use at most 253 lower-case letters, digits, '-' and '.'`)),
  ];
}

/** @internal Labels of a chart stand on each of its objects. */
export function chartLabels({ node: { id, path }, labels: given }: Chart): Finding[] {
  return badLabels(`chart '${id}'`, given).map((problem) => error('label', path, problem));
}
