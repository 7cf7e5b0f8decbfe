import type { ApiObject } from 'cdk8s';
import { ManifestObject } from './manifest-object';
import type { KubernetesOptions } from './options';
import { STANDARDS, standardOf, type Standard } from './pod-security-standard';

/**
 * The strictest Pod Security Standard that all pods of a namespace keep, enforced so that nothing in it falls below, and a
 * warning for what is not *restricted*. It is read off the pods as they go out: those of other libraries count, and what
 * was patched, for a pod below it would be refused.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 * @internal
 */
export function namespaceBody(objects: ApiObject[], options: KubernetesOptions): any {
  return {
    metadata: {
      labels: {
        'pod-security.kubernetes.io/enforce': objects.map((object) => standardIn(object, options)).reduce(weaker, 'restricted'),
        // Of another version a standard may ask for more: the cluster that is brought up to it would refuse new pods.
        'pod-security.kubernetes.io/enforce-version': `v${options.version}`,
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': `v${options.version}`,
      },
    },
  };
}

/**
 * Objects that keep a namespace from *restricted* although no workload of ours says so.
 *
 * @internal
 */
export function looseObjects(objects: ApiObject[], options: KubernetesOptions): [object: ApiObject, standard: Standard][] {
  return objects.filter((object) => !ManifestObject.isManifestObject(object) || object.patched || object.kind === 'Gateway')
    .map((object): [ApiObject, Standard] => [object, standardIn(object, options)]).filter(([, standard]) => standard !== 'restricted');
}

function standardIn(object: ApiObject, { edge }: KubernetesOptions): Standard {
  // Most implementations run the proxies beside the Gateway, and what theirs keep is known of some only.
  if (object.kind === 'Gateway' && edge._kind === 'gateway' && edge._implementation!.name === '') return 'baseline';
  return standardOf(ManifestObject.isManifestObject(object) && !object.patched ? object.body() : object.toJson()) ?? 'restricted';
}

/**
 * Whether an object may have pods, or decides where others have theirs. Of ours it is known, so that the others are not
 * rendered for this.
 *
 * @internal
 */
export function mayHavePods(object: ApiObject): boolean {
  return !ManifestObject.isManifestObject(object) || WITH_PODS.has(object.kind);
}

const WITH_PODS = new Set(['CronJob', 'Deployment', 'Gateway', 'Job', 'StatefulSet']);

const weaker = (one: Standard, other: Standard): Standard => STANDARDS.indexOf(one) < STANDARDS.indexOf(other) ? one : other;
