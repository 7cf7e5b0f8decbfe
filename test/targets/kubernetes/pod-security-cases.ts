import type { Standard } from '../../../src/targets/kubernetes/pod-security-standard';

/*
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/, line by line: what a pod has, and the strictest standard
 * that it keeps so. Each is an object that an API server takes.
 */

const SECURITY = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const IMAGE = 'ghcr.io/acme/shop:1.4.2';

/** A Deployment whose pod and container are restricted but for what is given. */
export const deployment = (pod: any, container: any = {}, security: any = {}): any => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'a', image: IMAGE, securityContext: { ...SECURITY, ...security }, ...container }], ...pod },
    },
  },
});

const ofPod = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
const pod = (securityContext: any): any => deployment({ securityContext });
const container = (securityContext: any): any => deployment({}, {}, securityContext);
const volume = (source: any): any => deployment({ volumes: [{ name: 'x', ...source }] });

export const CASES: [what: string, object: any, standard: Standard][] = [
  ['what says all of itself', deployment({}), 'restricted'],
  ['disks and scratch space', deployment({ volumes: [{ name: 'x', emptyDir: {} }, { name: 'y', persistentVolumeClaim: { claimName: 'y' } }] }), 'restricted'],
  ['the one capability that may stay', container({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }), 'restricted'],
  ['what the pod says for its containers', deployment(ofPod, {}, { runAsNonRoot: undefined, seccompProfile: undefined }), 'restricted'],
  ['a seccomp profile of the node', container({ seccompProfile: { type: 'Localhost', localhostProfile: 'x' } }), 'restricted'],
  ['a sysctl that is safe', pod({ sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] }), 'restricted'],

  ['what a container takes back', deployment(ofPod, {}, { runAsNonRoot: false }), 'baseline'],
  ['an NFS volume', volume({ nfs: { server: 's', path: '/' } }), 'baseline'],
  ['a right to gain privileges', container({ allowPrivilegeEscalation: undefined }), 'baseline'],
  ['root by silence', container({ runAsNonRoot: undefined }), 'baseline'],
  ['root by number', pod({ runAsUser: 0 }), 'baseline'],
  ['no seccomp profile', container({ seccompProfile: undefined }), 'baseline'],
  ['capabilities that are kept', container({ capabilities: { drop: ['NET_RAW'] } }), 'baseline'],
  ['a capability that is given back', container({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }), 'baseline'],
  ['a container before it that says nothing', deployment({ initContainers: [{ name: 'i', image: IMAGE }] }), 'baseline'],

  ['the network of the node', deployment({ hostNetwork: true }), 'privileged'],
  ['the processes of the node', deployment({ hostPID: true }), 'privileged'],
  ['the IPC of the node', deployment({ hostIPC: true }), 'privileged'],
  ['a folder of the node', volume({ hostPath: { path: '/' } }), 'privileged'],
  ['a port of the node', deployment({}, { ports: [{ containerPort: 80, hostPort: 80 }] }), 'privileged'],
  ['a capability beyond the default ones', container({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }), 'privileged'],
  ['no AppArmor', pod({ appArmorProfile: { type: 'Unconfined' } }), 'privileged'],
  ['another SELinux type', container({ seLinuxOptions: { type: 'spc_t' } }), 'privileged'],
  ['an SELinux user', container({ seLinuxOptions: { user: 'system_u' } }), 'privileged'],
  ['no seccomp', pod({ seccompProfile: { type: 'Unconfined' } }), 'privileged'],
  ['any sysctl', pod({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }), 'privileged'],
  ['a probe of another host', deployment({}, { livenessProbe: { httpGet: { host: '10.0.0.1', port: 80 } } }), 'privileged'],
  ['a question of another host at the end', deployment({}, { lifecycle: { preStop: { tcpSocket: { host: '10.0.0.1', port: 80 } } } }), 'privileged'],
];
