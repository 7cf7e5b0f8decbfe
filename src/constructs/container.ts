import { readFileSync } from 'node:fs';
import { checkContainer } from './container-checks';
import type { ContainerProps } from './container-props';
import { healthCheckPort } from '../model/health-check';
import { speaksTls, type Port } from '../model/port';
import { DEFAULT_RESOURCES, type Resources, type ResourcesModel } from '../model/resources';
import { Security, SecurityLevel } from '../model/security';
import { VolumeKind, type Volume } from '../model/volume';
import type { ContainerModel, FileModel } from '../model/workload';
import { contentHash } from '../util/content-hash';
import { compare, sortedByKey } from '../util/order';
import { knownImage } from '../validation/known-images/lookup';
import * as messages from '../validation/messages';

/**
 * The declared part of a container: checked when it is declared, turned into a model at synth.
 *
 * @internal
 */
export class Container {
  private readonly mounts: Volume[];

  constructor(
    private readonly path: string,
    readonly name: string,
    readonly props: ContainerProps,
    readonly ports: Port[] = [],
  ) {
    checkContainer(path, name, props, ports);
    this.mounts = [...props.volumes ?? []];
  }

  get volumes(): Volume[] {
    return this.mounts;
  }

  get hasFiles(): boolean {
    return this.filePaths.length > 0;
  }

  get filePaths(): string[] {
    const read = this.mounts.filter((volume) => volume.kind === VolumeKind.FILE).map((volume) => volume.path);
    return [...Object.keys(this.props.files ?? {}), ...read].sort();
  }

  toModel(): ContainerModel {
    const { props } = this;
    const security = props.security ?? RESTRICTED;
    const user = props.user ?? (security.level === SecurityLevel.RESTRICTED ? DEFAULT_USER : undefined);
    return {
      name: this.name,
      image: props.image,
      command: props.command,
      args: props.args,
      workingDirectory: props.workingDirectory,
      environment: sortedByKey(props.environment ?? NOTHING),
      secretEnvironment: props.secretEnvironment === undefined ? NOTHING
        : Object.fromEntries(Object.keys(props.secretEnvironment).sort().map((key) => [key, props.secretEnvironment![key]._model])),
      secrets: (props.secrets ?? []).map((secret) => secret._model).sort((a, b) => compare(a.name, b.name)),
      ports: this.ports,
      files: this.files(),
      volumes: this.mounts.filter((volume) => volume.kind !== VolumeKind.FILE).sort((a, b) => compare(a.path, b.path)),
      resources: resourcesModel(props.resources),
      security,
      user,
      group: props.group ?? user,
      stopSignal: props.stopSignal,
      mustBeProcessOne: isProcessOne(props),
      healthCheck: props.healthCheck,
      healthCheckPort: healthCheckPort(props.healthCheck, this.ports),
      healthCheckTls: speaksTls(this.ports, healthCheckPort(props.healthCheck, this.ports)),
    };
  }

  private files(): FileModel[] {
    if (!this.hasFiles) return [];
    const inline = Object.entries(this.props.files ?? {});
    const read = this.mounts.filter((volume) => volume.kind === VolumeKind.FILE)
      .map((volume) => [volume.path, readFile(this.path, this.name, volume.source!)]);
    return [...inline, ...read].sort((a, b) => compare(a[0], b[0]))
      .map(([path, content]) => ({ path, content, hash: contentHash(content) }));
  }
}

/** @internal */
export function readFile(path: string, name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(messages.fileUnreadable(path, name, file, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : 'it cannot be read'));
  }
}

/** Whoever says `init` decides by himself; another command is not the image's own program. */
function isProcessOne({ image, command, init }: ContainerProps & { init?: boolean }): boolean | undefined {
  return init === undefined && command === undefined && knownImage(image)?.processOne ? true : undefined;
}

const NOTHING = Object.freeze({});
const RESTRICTED = Security.restricted();

/** Above 10000, so that it means nobody on the host. */
const DEFAULT_USER = 10001;

function resourcesModel(resources: Resources | undefined): ResourcesModel {
  if (resources === undefined) return DEFAULT_RESOURCES;
  const memoryMebibytes = resources.memory?.toMebibytes() ?? DEFAULT_RESOURCES.memoryMebibytes;
  return {
    cpuMillis: resources.cpu?.amountMillis ?? Math.min(DEFAULT_RESOURCES.cpuMillis, resources.cpuLimit?.amountMillis ?? Infinity),
    cpuLimitMillis: resources.cpuLimit?.amountMillis,
    memoryMebibytes,
    memoryLimitMebibytes: resources.memoryLimit?.toMebibytes() ?? memoryMebibytes,
  };
}
