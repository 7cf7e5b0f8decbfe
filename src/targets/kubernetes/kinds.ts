/**
 * A kind of object, and where it stands in a manifest.
 *
 * @internal
 */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Lower ones come first. */
  readonly rank: number;
  /** Id in the tree of the only one of its construct. */
  readonly id: string;
}

/*
 * The order of a manifest. `kubectl apply` goes through it from top to bottom: what a pod needs comes before it, and
 * its NetworkPolicy too, so that a copy is never open for a moment.
 */
const ORDER: [string, string][] = [
  ['v1', 'Namespace'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['v1', 'ServiceAccount'],
  ['external-secrets.io/v1', 'ExternalSecret'],
  ['v1', 'ConfigMap'],
  ['v1', 'PersistentVolumeClaim'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['cilium.io/v2', 'CiliumNetworkPolicy'],
  ['k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition'],
  ['v1', 'Service'],
  ['apps/v1', 'StatefulSet'],
  ['batch/v1', 'Job'],
  ['apps/v1', 'Deployment'],
  ['batch/v1', 'CronJob'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['keda.sh/v1alpha1', 'ScaledObject'],
  ['autoscaling.k8s.io/v1', 'VerticalPodAutoscaler'],
  ['monitoring.coreos.com/v1', 'PodMonitor'],
  ['gateway.envoyproxy.io/v1alpha1', 'EnvoyProxy'],
  ['gateway.nginx.org/v1alpha2', 'NginxProxy'],
  ['gateway.networking.k8s.io/v1', 'Gateway'],
  ['gateway.networking.k8s.io/v1', 'ListenerSet'],
  ['gateway.networking.k8s.io/v1beta1', 'ReferenceGrant'],
  ['gateway.networking.k8s.io/v1', 'BackendTLSPolicy'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
  ['gateway.networking.k8s.io/v1', 'TLSRoute'],
  ['gateway.networking.k8s.io/v1', 'TCPRoute'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['gateway.envoyproxy.io/v1alpha1', 'ClientTrafficPolicy'],
  ['gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy'],
  ['gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy'],
  ['gateway.nginx.org/v1alpha1', 'ProxySettingsPolicy'],
  ['gateway.nginx.org/v1alpha1', 'UpstreamSettingsPolicy'],
  ['networking.istio.io/v1', 'DestinationRule'],
  ['cert-manager.io/v1', 'Issuer'],
  ['cert-manager.io/v1', 'Certificate'],
];

/** @internal What the ids of our objects begin with. */
export const PREFIX = 'kubernetes-';

const KINDS = new Map(ORDER.map(([apiVersion, kind], rank) => [kind, Object.freeze({ apiVersion, kind, rank, id: PREFIX + dashed(kind) })]));

/**
 * The kind with this name.
 *
 * @param apiVersion its version, where that is another than the usual one
 * @internal
 */
export function kindOf(name: string, apiVersion?: string): ObjectKind {
  const kind = KINDS.get(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  if (apiVersion === undefined || apiVersion === kind.apiVersion) return kind;
  const key = `${apiVersion} ${name}`;
  let other = IN_OTHER_VERSIONS.get(key);
  if (other === undefined) IN_OTHER_VERSIONS.set(key, other = Object.freeze({ ...kind, apiVersion }));
  return other;
}

const IN_OTHER_VERSIONS = new Map<string, ObjectKind>();

/** `PodDisruptionBudget` gives `pod-disruption-budget`. */
function dashed(kind: string): string {
  return kind.replace(/^(HTTP|GRPC|TLS|TCP)(?=Route)/, (word) => `${word[0]}${word.slice(1).toLowerCase()}`).replace(/[a-z][A-Z]/g, ([a, b]) => `${a}-${b}`).toLowerCase();
}
