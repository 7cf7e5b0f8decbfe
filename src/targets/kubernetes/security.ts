import type { KubernetesOptions } from './options';
import { constant, shared } from './plain-json';
import { hasField } from './versions';
import { NetworkModeKind } from '../../model/network-mode';
import { SecurityLevel } from '../../model/security';
import { VolumeKind } from '../../model/volume';
import { containersOf, type ContainerModel, type WorkloadModel } from '../../model/workload';

/*
 * Pod Security Standards *restricted*, and a read-only root file system besides.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */

/**
 * The security contexts of a pod and of its containers. What all containers share stands on the pod; what they do not
 * share stands on each, for a pod's word cannot be taken back by a container that wants what its image says.
 *
 * @internal
 */
export interface SecurityContexts {
  readonly pod: any;
  of(container: ContainerModel): any;
}

/** @internal The main container comes first. */
export function securityContexts(containers: ContainerModel[]): SecurityContexts {
  const [main, ...others] = containers;
  const sameUser = others.every(({ user, group, security: { level } }) =>
    user === main.user && group === main.group && level === main.security.level);
  const locked = containers.every((container) => !isUnrestricted(container));
  const pod = {
    // Makes fresh disks writable for the group; OnRootMismatch spares a recursive chown at each start.
    // https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    fsGroup: main.group,
    fsGroupChangePolicy: main.group === undefined ? undefined : 'OnRootMismatch',
    ...sameUser ? userOf(main) : undefined,
    seccompProfile: locked ? RUNTIME_DEFAULT : undefined,
  };
  return {
    pod: Object.values(pod).some((value) => value !== undefined) ? shared(`pod security ${JSON.stringify(pod)}`, () => pod) : undefined,
    of: (container) => containerContext(container, sameUser, locked),
  };
}

/**
 * Whether a pod's users are nobody on its node. Not where files have owners that stand for themselves: file systems of the
 * network and of the node know nothing of it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
 * @internal
 */
export function hasUserNamespace(workload: WorkloadModel, { userNamespaces, version }: KubernetesOptions): boolean {
  if (!(userNamespaces ?? hasField(version, 'hostUsers')) || workload.networkMode?.kind === NetworkModeKind.HOST) return false;
  return containersOf(workload).every((container) => !isUnrestricted(container)
    && container.volumes.every(({ kind }) => kind !== VolumeKind.SHARED && kind !== VolumeKind.HOST_PATH));
}

function containerContext(container: ContainerModel, sameUser: boolean, locked: boolean): any {
  const { security } = container;
  const user = sameUser ? undefined : userOf(container);
  if (isUnrestricted(container)) {
    return user === undefined || container.user === undefined && container.group === undefined ? undefined : user;
  }
  const restricted = security.level === SecurityLevel.RESTRICTED;
  if (sameUser && locked && restricted && !security.writableRoot && !security.bindLowPorts) return RESTRICTED;
  return {
    allowPrivilegeEscalation: false,
    capabilities: { add: addedCapabilities(container), drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: !security.writableRoot,
    ...user,
    runAsNonRoot: restricted || undefined,
    seccompProfile: locked ? undefined : RUNTIME_DEFAULT,
  };
}

function userOf({ user, group, security }: ContainerModel): any {
  return { runAsGroup: group, runAsNonRoot: security.level === SecurityLevel.RESTRICTED || undefined, runAsUser: user };
}

function isUnrestricted({ security }: ContainerModel): boolean {
  return security.level === SecurityLevel.UNRESTRICTED;
}

function addedCapabilities({ security }: ContainerModel): string[] | undefined {
  const stepDown = security.level === SecurityLevel.STARTS_AS_ROOT ? STEP_DOWN : [];
  const added = [...stepDown, ...security.bindLowPorts ? ['NET_BIND_SERVICE'] : []].sort();
  return added.length === 0 ? undefined : added;
}

/** What an entrypoint needs that hands folders over and then becomes another user. */
const STEP_DOWN = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

const RUNTIME_DEFAULT = constant({ type: 'RuntimeDefault' });

const RESTRICTED = constant({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
});
