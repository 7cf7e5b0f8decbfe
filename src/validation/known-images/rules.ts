import type { DataFolder, KnownImage } from './known-image';
import { knownImage } from './lookup';
import type { ChartModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import { SecurityLevel, type Security } from '../../model/security';
import { VolumeKind, type Volume } from '../../model/volume';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';
import * as messages from '../messages';

/*
 * A workload whose image cannot work as it is locked in: each finding has the line to paste.
 */

/**
 * What a container has against its image; nothing where its command is not the image's own, for then something else runs.
 *
 * @internal
 */
export function contradictedImages(chart: ChartModel): Finding[] {
  return chart.workloads.flatMap((workload) => [workload.container, ...workload.sidecars, ...workload.init].flatMap((container) => {
    const image = container.command === undefined ? knownImage(container.image) : undefined;
    if (image === undefined) return [];
    const contradictions = CONTRADICTIONS.flatMap((contradiction) => contradiction(image, container, workload));
    return contradictions.map(([rule, message]) => ({ rule, severity: Severity.WARNING, path: workload.path, message }));
  }));
}

/**
 * New disks that are mounted where data must be made in an empty folder: one with a file system of its own may hold `lost+found`. A
 * volume of Docker is a folder. Where there is data already, another folder would be a database without it.
 *
 * @internal
 */
export function disksNotEmpty({ path, container, sidecars, init }: WorkloadModel): Finding[] {
  return [container, ...sidecars, ...init].flatMap(({ name, image, command, environment, secretEnvironment, volumes }) => {
    const data = command === undefined ? knownImage(image)?.data ?? [] : [];
    return data.flatMap(({ madeIn, variable }) => {
      if (madeIn === undefined || variable === undefined || secretEnvironment[variable] !== undefined) return [];
      const folder = (environment[variable] ?? madeIn).replace(/\/+$/, '');
      return volumes.some((volume) => isNewDisk(volume) && isIn(volume.path, folder) && isIn(folder, volume.path))
        ? [{ rule: 'image-disk', severity: Severity.WARNING, path, message: messages.imageMakesData(name, image, folder, variable) }] : [];
    });
  });
}

const isNewDisk = ({ kind, existingName }: Volume): boolean => kind === VolumeKind.PERSISTENT && existingName === undefined;

type Contradiction = (image: KnownImage, container: ContainerModel, workload: WorkloadModel) => [rule: string, message: string][];

const otherUser: Contradiction = ({ user: wanted, group, asThisUserOnly, anyUserVariable }, container) => {
  const { name, image, user, security } = container;
  const given = user === undefined || !asThisUserOnly || has(container, anyUserVariable);
  if (given || user === wanted && (group === undefined || container.group === group)) return [];
  if (wanted !== 0) return [['image-user', messages.imageOfOneUser(name, image, wanted!, group, user, container.group)]];
  const line = security.level === SecurityLevel.RESTRICTED ? 'security: Security.startsAsRoot(),' : undefined;
  return [['image-user', messages.imageStartsAsRoot(name, image, user, line)]];
};

const readOnlyFolders: Contradiction = (image, container) => {
  if (container.security.writableRoot || isSettled(image, container)) return [];
  return (image.scratch ?? []).filter((folder) => !container.volumes.some((volume) => !volume.readOnly && isIn(folder, volume.path)))
    .map((folder) => ['image-folder', messages.imageWrites(container.name, container.image, folder)]);
};

const readOnlyRoot: Contradiction = (image, container) => {
  if (!image.writableRoot || container.security.writableRoot || isSettled(image, container)) return [];
  return [['image-root', messages.imageWritesRoot(container.name, container.image, restricted({ ...container.security, writableRoot: true }))]];
};

/** An image's VOLUME without a volume is one without a name on Docker, which the next copy does not get. */
const lostData: Contradiction = ({ data = [] }, container, workload) => data.filter((folder) => !isKept(folder, container)).map((folder) => {
  const { path } = folder;
  const one = workload.container === container && (workload.kind === WorkloadKind.STATEFUL || (workload.maxReplicas ?? workload.replicas) === 1);
  return ['image-data', messages.imageKeepsData(container.name, container.image, path, one ? 'persistent' : 'scratch')];
});

const missingCapabilities: Contradiction = ({ capabilities = [], noCapabilitiesVariable }, container) => {
  const { name, image, security } = container;
  const missing = capabilities.filter((capability) => !keeps(security, capability));
  if (missing.length === 0 || has(container, noCapabilitiesVariable)) return [];
  const line = noCapabilitiesVariable !== undefined ? `environment: { ${noCapabilitiesVariable}: 'true' },`
    : missing.every((capability) => capability === LOW_PORTS) ? restricted({ ...security, bindLowPorts: true })
      : `security: Security.unrestricted('needs ${missing.join(', ')}'),`;
  return [['image-capability', messages.imageNeedsCapability(name, image, missing, line)]];
};

const initInFront: Contradiction = ({ processOne }, container, { initProcess }) =>
  processOne && initProcess && !container.mustBeProcessOne ? [['image-init', messages.imageMustBeProcessOne(container.name, container.image)]] : [];

const otherSignal: Contradiction = ({ stop }, { name, image, stopSignal }) =>
  stop === undefined || stopSignal === undefined || stopSignal === stop.signal ? []
    : [['image-stop-signal', messages.imageStopsOtherwise(name, image, stopSignal, stop.signal, stop.otherwise)]];

const CONTRADICTIONS = [otherUser, readOnlyFolders, readOnlyRoot, lostData, missingCapabilities, initInFront, otherSignal];

const LOW_PORTS = 'NET_BIND_SERVICE';

/** What the engine gives everybody who drops nothing: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
const OF_THE_ENGINE = [LOW_PORTS, 'SETFCAP'];

function keeps({ level, bindLowPorts }: Security, capability: string): boolean {
  return level === SecurityLevel.UNRESTRICTED ? OF_THE_ENGINE.includes(capability) : bindLowPorts && capability === LOW_PORTS;
}

/** The line that loosens one thing and leaves the rest as it is. */
function restricted({ writableRoot, bindLowPorts }: Pick<Security, 'writableRoot' | 'bindLowPorts'>): string {
  const options = [...writableRoot ? ['writableRoot: true'] : [], ...bindLowPorts ? ['bindLowPorts: true'] : []];
  return `security: Security.restricted({ ${options.join(', ')} }),`;
}

function has({ environment, secretEnvironment }: ContainerModel, variable: string | undefined): boolean {
  return variable !== undefined && (environment[variable] !== undefined || secretEnvironment[variable] !== undefined);
}

const isSettled = ({ settledBy }: KnownImage, { files }: ContainerModel): boolean => files.some(({ path }) => path === settledBy);

/**
 * Whether a volume holds a folder of data: one that is mounted there or above, but not above the image's own VOLUME, for
 * that lies over it.
 */
function isKept({ path, variable }: DataFolder, container: ContainerModel): boolean {
  if (variable !== undefined && container.secretEnvironment[variable] !== undefined) return true;
  const folder = variable === undefined ? path : container.environment[variable] ?? path;
  return container.volumes.some((volume) => isMounted(volume, folder) && (!isIn(folder, path) || isIn(volume.path, path)));
}

const isMounted = ({ kind, path }: Volume, folder: string): boolean => kind !== VolumeKind.FILE && isIn(folder, path);

/** Whether a folder is another one, or in it; `/var/run` is `/run` in every image. */
function isIn(folder: string, other: string): boolean {
  const [inner, outer] = [folder, other].map((path) => `${path.replace(/\/+$/, '').replace(/^\/var\/run(?=\/|$)/, '/run')}/`);
  return inner.startsWith(outer);
}
