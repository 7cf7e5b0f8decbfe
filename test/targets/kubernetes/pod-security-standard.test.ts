import { standardOf } from '../../../src/targets/kubernetes/pod-security-standard';

/*
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/, line by line.
 */

const SECURITY = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

const deployment = (pod: any, container: any = {}, security: any = {}) => ({
  kind: 'Deployment', spec: { template: { spec: { containers: [{ name: 'a', securityContext: { ...SECURITY, ...security }, ...container }], ...pod } } },
});

test('what all containers say of themselves is restricted', () => {
  expect(standardOf(deployment({ volumes: [{ name: 'x', emptyDir: {} }, { name: 'y', persistentVolumeClaim: { claimName: 'y' } }] }))).toBe('restricted');
  expect(standardOf(deployment({}, {}, { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }))).toBe('restricted');
});

test('what the pod says counts for containers that say nothing', () => {
  const pod = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost', localhostProfile: 'x' } } };
  expect(standardOf(deployment(pod, {}, { runAsNonRoot: undefined, seccompProfile: undefined }))).toBe('restricted');
  expect(standardOf(deployment(pod, {}, { runAsNonRoot: false }))).toBe('baseline');
});

test.each<[string, any]>([
  ['an NFS volume', deployment({ volumes: [{ name: 'x', nfs: { server: 's', path: '/' } }] })],
  ['a right to gain privileges', deployment({}, {}, { allowPrivilegeEscalation: undefined })],
  ['root by silence', deployment({}, {}, { runAsNonRoot: undefined })],
  ['root by number', deployment({ securityContext: { runAsUser: 0 } })],
  ['no seccomp profile', deployment({}, {}, { seccompProfile: undefined })],
  ['capabilities that are kept', deployment({}, {}, { capabilities: { drop: ['NET_RAW'] } })],
  ['a capability that is given back', deployment({}, {}, { capabilities: { drop: ['ALL'], add: ['CHOWN'] } })],
  ['a container before it', deployment({ initContainers: [{ name: 'i' }] })],
  ['a sysctl that is safe', { kind: 'Pod', spec: { containers: [{ name: 'a' }], securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } } }],
])('%s is baseline', (_, object) => {
  expect(standardOf(object)).toBe('baseline');
});

test.each<[string, any]>([
  ['the network of the node', deployment({ hostNetwork: true })],
  ['its processes', deployment({ hostPID: true })],
  ['its IPC', deployment({ hostIPC: true })],
  ['a folder of it', deployment({ volumes: [{ name: 'x', hostPath: { path: '/' } }] })],
  ['a port of it', deployment({}, { ports: [{ containerPort: 80, hostPort: 80 }] })],
  ['a privileged container', deployment({}, {}, { privileged: true })],
  ['a capability beyond the default ones', deployment({}, {}, { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })],
  ['no AppArmor', deployment({ securityContext: { appArmorProfile: { type: 'Unconfined' } } })],
  ['another SELinux type', deployment({}, {}, { seLinuxOptions: { type: 'spc_t' } })],
  ['an SELinux user', deployment({}, {}, { seLinuxOptions: { user: 'system_u' } })],
  ['an unmasked /proc', deployment({}, {}, { procMount: 'Unmasked' })],
  ['no seccomp', deployment({ securityContext: { seccompProfile: { type: 'Unconfined' } } })],
  ['any sysctl', deployment({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } })],
  ['a probe of another host', deployment({}, { livenessProbe: { httpGet: { host: '10.0.0.1', port: 80 } } })],
  ['a Windows host process', deployment({ securityContext: { windowsOptions: { hostProcess: true } } })],
])('%s is privileged', (_, object) => {
  expect(standardOf(object)).toBe('privileged');
});

test('is asked of whatever makes pods, and of nothing else', () => {
  const { spec: { template } } = deployment({ hostPID: true });
  expect(standardOf({ kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } })).toBe('privileged');
  expect(standardOf({ kind: 'Pod', spec: template.spec })).toBe('privileged');
  expect(standardOf({ kind: 'Rollout', spec: { template } })).toBe('privileged');
  expect(standardOf({ kind: 'Service', spec: { ports: [] } })).toBeUndefined();
  expect(standardOf(undefined)).toBeUndefined();
});
