import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { Workload } from './workload';
import { WORKLOAD_PROPS, type WorkloadProps } from './workload-props';
import { parseCron } from '../model/cron';
import { VolumeKind } from '../model/volume';
import type { ScheduleModel } from '../model/workload';
import { WorkloadKind } from '../model/workload';
import * as messages from '../validation/messages';
import { checkInstance, checkProps, type PropNames } from '../validation/props';
import { isTimeZone, isWholeNumber } from '../validation/syntax';

/**
 * When a job runs.
 */
export interface ScheduleProps {
  /** Five cron fields: minute, hour, day of the month, month, day of the week. `15 3 * * *` is a quarter past three each night. */
  readonly schedule: string;
  /**
   * IANA time zone of the schedule. Docker: the image must have that zone's data (package `tzdata`).
   *
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;
  /**
   * Time after which a run is ended.
   *
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;
  /**
   * How often a failed run is repeated.
   *
   * @default 3
   */
  readonly retries?: number;
}

/**
 * Options of a scheduled job. `command` is needed, since on Docker a clock in the job's own container starts it.
 */
export interface ScheduledJobProps extends WorkloadProps, ScheduleProps {}

/**
 * Runs by the clock, never two runs at once.
 *
 * Kubernetes: a CronJob. Compose and Swarm: a container whose clock, a generated shell loop, starts the command; the
 * image needs a shell.
 */
export class ScheduledJob extends Workload {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props schedule, image and command
   */
  public constructor(scope: Construct, id: string, props: ScheduledJobProps) {
    const path = `${scope.node.path}/${id}`;
    checkProps(path, id, props, PROPS);
    if (!Array.isArray(props.command) || props.command.length === 0) throw new Error(messages.jobWithoutCommand(path, id));
    super(scope, id, props, { kind: WorkloadKind.JOB, replicas: 1, ports: [], schedule: scheduleModel(path, id, props) });
  }
}

/**
 * What a job added to a workload can be told; the rest is the workload's.
 */
export interface AddScheduledJobProps extends ScheduleProps {
  /** Program and arguments. */
  readonly command: string[];
}

/**
 * A job with a workload's image, environment, secrets, files, volumes, networks and ways out. Disks that one copy alone
 * may write stay with that copy.
 *
 * @internal
 */
export function addScheduledJob(workload: Workload, id: string, props: AddScheduledJobProps): ScheduledJob {
  const {
    image, workingDirectory, environment, secretEnvironment, secrets, files, volumes, user, group, security, resources,
    networks, networkMode, egress, placement, labels, annotations, imagePullSecrets, init, onlyOn,
  } = workload._props;
  const job = new ScheduledJob(workload, id, {
    image,
    workingDirectory,
    environment,
    secretEnvironment,
    secrets,
    files,
    volumes: volumes?.filter((volume) => volume.kind !== VolumeKind.PERSISTENT),
    user,
    group,
    security,
    resources,
    networks: networks?.map(({ network }) => network),
    networkMode,
    egress,
    placement,
    labels,
    annotations,
    imagePullSecrets,
    init,
    onlyOn,
    ...props,
  });
  return job;
}

const PROPS: PropNames<ScheduledJobProps> = { ...WORKLOAD_PROPS, schedule: true, timeZone: true, timeout: true, retries: true };

function scheduleModel(path: string, name: string, props: ScheduledJobProps): ScheduleModel {
  const timeZone = props.timeZone ?? 'Etc/UTC';
  if (!isTimeZone(timeZone)) throw new Error(messages.badTimeZone(path, name, timeZone));
  checkInstance(path, name, 'timeout', props.timeout, Duration, 'a Duration such as Duration.hours(1)');
  if (props.retries !== undefined && !isWholeNumber(props.retries, 0)) throw new Error(messages.badCount(path, name, 'retries', props.retries));
  return {
    expression: props.schedule,
    cron: cronOf(path, name, props.schedule),
    timeZone,
    timeoutSeconds: props.timeout?.toSeconds() ?? 3600,
    retries: props.retries ?? 3,
  };
}

function cronOf(path: string, name: string, schedule: string): ScheduleModel['cron'] {
  try {
    return parseCron(schedule);
  } catch (error) {
    throw new Error(messages.badSchedule(path, name, (error as Error).message));
  }
}
