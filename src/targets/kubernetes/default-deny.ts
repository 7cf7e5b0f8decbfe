import type { ApiObject } from 'cdk8s';
import type { KubernetesEdge } from './edges/kubernetes-edge';
import { warning } from './findings';
import { ManifestObject } from './manifest-object';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import type { Finding } from '../../model/finding';

/*
 * In a namespace of ours a pod that nobody made a policy for reaches nobody, and nobody reaches it. In one of somebody else it
 * would cut strangers off.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic
 */

/** @internal */
export function defaultDeny(namespace: string, { edge }: KubernetesOptions): any {
  return { spec: { podSelector: mayHaveProxies(namespace, edge) ? ALL_BUT_PROXIES : {}, policyTypes: ['Egress', 'Ingress'] } };
}

/**
 * Proxies that an implementation may have put there and that have no policy of ours, since what they need is not known.
 *
 * @see https://gateway-api.sigs.k8s.io/geps/gep-1762/
 */
function mayHaveProxies(namespace: string, edge: KubernetesEdge): boolean {
  if (!edge._isGateway) return false;
  if (!edge.isOwn) return (edge.existingNamespace ?? namespace) === namespace;
  return edge._implementation!.name === '' || edge.proxyNamespace === namespace;
}

const ALL_BUT_PROXIES = constant({ matchExpressions: [{ key: 'gateway.networking.k8s.io/gateway-name', operator: 'DoesNotExist' }] });

/**
 * Pods of other libraries that no policy is for.
 *
 * @param objects what stands in the namespace
 * @internal
 */
export function cutOffByDefault(namespace: string, objects: ApiObject[]): Finding[] {
  const others = objects.filter((object) => !ManifestObject.isManifestObject(object))
    .map((object) => ({ object, labels: podLabelsIn(object.toJson()) })).filter(({ labels }) => labels !== undefined);
  if (others.length === 0) return [];
  const selectors = objects.filter(({ kind }) => kind === 'NetworkPolicy').map((policy) => jsonOf(policy)?.spec?.podSelector?.matchLabels ?? {});
  return others.flatMap(({ object: { kind, name, node: { path } }, labels }) => {
    if (selectors.some((selector) => Object.entries(selector).every(([key, value]) => labels![key] === value))) return [];
    return [warning('pods-cut-off', path, `the pods of ${kind} '${name}' reach nobody on Kubernetes, not even name servers, and nobody reaches them: no NetworkPolicy is for them`
      + ` in the namespace '${namespace}', which is closed by default; let them join an IsolatedNetwork (addMember), or write one for them`)];
  });
}

/** The labels of an object's pods; undefined: it has none. */
function podLabelsIn({ kind, metadata, spec }: any): { [key: string]: string } | undefined {
  const template = kind === 'Pod' ? { metadata, spec } : spec?.jobTemplate?.spec?.template ?? spec?.template;
  return Array.isArray(template?.spec?.containers) && !template.spec.hostNetwork ? template.metadata?.labels ?? {} : undefined;
}

const jsonOf = (object: ApiObject): any => ManifestObject.isManifestObject(object) && !object.patched ? object.body() : object.toJson();
