import { portsKey } from './names';
import type { KubernetesOptions } from './options';
import { shared } from './plain-json';
import { scratchMebibytes, type PodVolumes } from './pod-volumes';
import { probes } from './probes';
import { cores, mebibytes } from './quantities';
import { environment, literal } from './secrets';
import type { SecurityContexts } from './security';
import type { ContainerModel, ReleaseStepModel } from '../../model/workload';

/**
 * What a container's pod has settled.
 *
 * @internal
 */
export interface ContainerPlace {
  readonly security: SecurityContexts;
  readonly volumes: PodVolumes;
  /** Seconds before TERM; 0: TERM at once. */
  readonly preStopSeconds: number;
  /** A port that the main container has besides those of its workload. */
  readonly metricsPort?: any;
  readonly options: KubernetesOptions;
}

/** @internal The main container of a pod. */
export function mainContainer(container: ContainerModel, place: ContainerPlace): any {
  const body = containerBody(container, place, { lifecycle: lifecycle(place.preStopSeconds), ...probes(container) });
  return place.metricsPort === undefined ? body : { ...body, ports: [...body.ports ?? [], place.metricsPort] };
}

/**
 * A native sidecar: it is started before the main container and stopped after it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 * @internal
 */
export function sidecarContainer(container: ContainerModel, place: ContainerPlace): any {
  return containerBody(container, place, { restartPolicy: 'Always', ...probes(container) });
}

/** @internal A container that runs to its end before the others start. */
export function initContainer(container: ContainerModel, place: ContainerPlace): any {
  return containerBody(container, place, {});
}

/** @internal A release step: the main container with another command, to its end and before the others start. */
export function stepContainer(main: ContainerModel, { name, command }: ReleaseStepModel, place: ContainerPlace): any {
  return { ...initContainer(main, place), args: undefined, command: command.map(literal), name, ports: undefined };
}

interface ByRole {
  readonly lifecycle?: any;
  readonly livenessProbe?: any;
  readonly readinessProbe?: any;
  readonly restartPolicy?: string;
  readonly startupProbe?: any;
}

function containerBody(container: ContainerModel, { security, volumes, options }: ContainerPlace, role: ByRole): any {
  return {
    args: container.args?.map(literal),
    command: container.command?.map(literal),
    env: environment(container),
    image: container.image,
    imagePullPolicy: pullPolicy(container.image),
    lifecycle: role.lifecycle,
    livenessProbe: role.livenessProbe,
    name: container.name,
    ports: containerPorts(container),
    readinessProbe: role.readinessProbe,
    resources: resources(container, options),
    restartPolicy: role.restartPolicy,
    securityContext: security.of(container),
    startupProbe: role.startupProbe,
    volumeMounts: volumes.mountsOf(container),
    workingDir: container.workingDirectory,
  };
}

function containerPorts({ ports }: ContainerModel): any[] | undefined {
  if (ports.length === 0) return undefined;
  return shared(`container ports ${portsKey(ports)}`, () => ports
    .map((port) => ({ containerPort: port.number, name: port.name, protocol: port.transport })));
}

/**
 * A fixed tag or digest is not asked for again: a registry that is away must not keep a copy from starting elsewhere.
 *
 * @see https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
 */
function pullPolicy(image: string): string {
  const fixed = image.includes('@') || (/:[^/]+$/.test(image) && !image.endsWith(':latest'));
  return fixed ? 'IfNotPresent' : 'Always';
}

/**
 * Memory limit and request are one number by default: what a node promised it has. No CPU limit unless told, since it
 * slows a copy down even on an idle node. Room on the node's disk is bounded where all a container can write there is
 * declared: logs, and its scratch space.
 */
function resources(container: ContainerModel, { cpuLimitMillis }: KubernetesOptions): any {
  const { cpuMillis, memoryMebibytes, memoryLimitMebibytes, ...limits } = container.resources;
  const cpuLimit = limits.cpuLimitMillis ?? cpuLimitMillis;
  const disk = container.security.writableRoot ? undefined : LOGS_MEBIBYTES + scratchMebibytes(container);
  return shared(`resources ${cpuMillis} ${cpuLimit} ${memoryMebibytes} ${memoryLimitMebibytes} ${disk}`, () => ({
    limits: {
      'cpu': cpuLimit === undefined ? undefined : cores(Math.max(cpuLimit, cpuMillis)),
      'ephemeral-storage': disk === undefined ? undefined : mebibytes(disk),
      'memory': mebibytes(memoryLimitMebibytes),
    },
    requests: { 'cpu': cores(cpuMillis), 'ephemeral-storage': '64Mi', 'memory': mebibytes(memoryMebibytes) },
  }));
}

/** The kubelet keeps 5 files of 10 MiB of each container's logs by default; this leaves room for other settings. */
const LOGS_MEBIBYTES = 960;

/**
 * Endpoints are taken away and TERM is sent at the same time; the wait closes the gap, and needs no program in the image.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
 */
function lifecycle(seconds: number): any {
  return seconds === 0 ? undefined : shared(`lifecycle ${seconds}`, () => ({ preStop: { sleep: { seconds } } }));
}
