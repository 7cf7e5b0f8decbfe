/*
 * What the admission of Pod Security Standards asks of a pod. A namespace that enforces a standard refuses pods below it.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */

/** @internal From the weakest to the strictest. */
export const STANDARDS = ['privileged', 'baseline', 'restricted'] as const;

/** @internal */
export type Standard = typeof STANDARDS[number];

/**
 * The strictest standard that all pods of an object keep; undefined for an object without pods.
 *
 * @param json a Pod, or what makes pods
 * @internal
 */
export function standardOf(json: any): Standard | undefined {
  const template = json?.spec?.jobTemplate?.spec?.template ?? json?.spec?.template;
  const pod = json?.kind === 'Pod' ? json.spec : template?.spec;
  if (!Array.isArray(pod?.containers)) return undefined;
  if (BASELINE.some((breaks) => breaks(pod, containersIn(pod)))) return 'privileged';
  return RESTRICTED.some((breaks) => breaks(pod, containersIn(pod))) ? 'baseline' : 'restricted';
}

type Rule = (pod: any, containers: any[]) => boolean;

const containersIn = ({ containers, initContainers = [], ephemeralContainers = [] }: any): any[] =>
  [...initContainers, ...containers, ...ephemeralContainers];

/** A field of the security context of the pod, and of each of its containers. */
const said = (field: string, pod: any, containers: any[]): any[] =>
  [pod, ...containers].map(({ securityContext }) => securityContext?.[field]).filter((value) => value !== undefined && value !== null);

const added = (containers: any[]): string[] => containers.flatMap(({ securityContext }) => securityContext?.capabilities?.add ?? []);

/** What the kubelet asks of a container. */
const requestsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: any): any[] =>
  [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];

const BASELINE: Rule[] = [
  ({ hostNetwork, hostPID, hostIPC }) => hostNetwork || hostPID || hostIPC,
  (pod, containers) => said('windowsOptions', pod, containers).some(({ hostProcess }) => hostProcess),
  (_, containers) => containers.some(({ securityContext }) => securityContext?.privileged),
  (_, containers) => added(containers).some((capability) => !DEFAULT_CAPABILITIES.includes(capability)),
  ({ volumes = [] }) => volumes.some(({ hostPath }: any) => hostPath !== undefined),
  (_, containers) => containers.some(({ ports = [] }) => ports.some(({ hostPort = 0 }: any) => hostPort !== 0)),
  (_, containers) => containers
    .some((container) => requestsOf(container).some((request) => request?.httpGet?.host || request?.tcpSocket?.host)),
  (pod, containers) => said('appArmorProfile', pod, containers).some(({ type }) => type === 'Unconfined'),
  (pod, containers) => said('seLinuxOptions', pod, containers)
    .some(({ type = '', user, role }) => !SELINUX_TYPES.includes(type) || user || role),
  (_, containers) => containers.some(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default'),
  (pod, containers) => said('seccompProfile', pod, containers).some(({ type }) => type === 'Unconfined'),
  ({ securityContext }) => (securityContext?.sysctls ?? []).some(({ name }: any) => !SYSCTLS.includes(name)),
];

const RESTRICTED: Rule[] = [
  ({ volumes = [] }) => volumes.some((volume: any) => !Object.keys(volume).every((key) => key === 'name' || volume[key] === undefined || VOLUMES.includes(key))),
  (_, containers) => containers.some(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false),
  (pod, containers) => containers.some(({ securityContext }) => !(securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot)),
  (pod, containers) => said('runAsUser', pod, containers).includes(0),
  (pod, containers) => containers
    .some(({ securityContext }) => (securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile) === undefined),
  (_, containers) => containers.some(({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL')),
  (_, containers) => added(containers).some((capability) => capability !== 'NET_BIND_SERVICE'),
];

const DEFAULT_CAPABILITIES = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID',
  'SYS_CHROOT',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const SYSCTLS = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes',
];

const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];
