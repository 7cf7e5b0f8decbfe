import type { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { pathIn } from './declarations';
import { Workload } from './workload';
import { WORKLOAD_PROPS, type WorkloadProps } from './workload-props';
import { parseCron } from '../model/cron';
import { VolumeKind } from '../model/volume';
import type { ScheduleModel } from '../model/workload';
import { Overlap, WorkloadKind } from '../model/workload';
import * as messages from '../validation/messages';
import { checkProps, checkSeconds, type PropNames } from '../validation/props';
import { isWholeNumber, timeZoneName } from '../validation/syntax';

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
  /**
   * What happens to a run that is due while another goes on.
   *
   * Kubernetes: `concurrencyPolicy`. Compose and Swarm skip it always, which is a finding where something else is asked for.
   *
   * @default Overlap.SKIP
   */
  readonly overlap?: Overlap;
  /**
   * How late a run that was missed may still start; at least 10 seconds.
   *
   * Kubernetes: `startingDeadlineSeconds`. Compose and Swarm skip what was missed and say so in the log, which is a finding
   * where this is given.
   *
   * @default Duration.minutes(10)
   */
  readonly startingDeadline?: Duration;
  /**
   * Finished runs that Kubernetes keeps, so that their logs can be read. On Compose and Swarm all runs of a container
   * write to its one log, which is a finding where this is given.
   *
   * @default 3
   */
  readonly successfulRunsKept?: number;
  /**
   * Failed runs that Kubernetes keeps, so that their logs can be read. On Compose and Swarm all runs of a container write
   * to its one log, which is a finding where this is given.
   *
   * @default 3
   */
  readonly failedRunsKept?: number;
}

/**
 * Options of a scheduled job. `command` is needed, since on Docker a clock in the job's own container starts it.
 */
export interface ScheduledJobProps extends WorkloadProps, ScheduleProps {}

/**
 * Runs by the clock, never two runs at once unless `overlap` says so.
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
    const path = pathIn(scope, id, 'ScheduledJob');
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
    networks, networkMode, egress, placement, labels, annotations, imagePullSecrets, priorityClassName, init, onlyOn,
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
    priorityClassName,
    init,
    onlyOn,
    ...props,
  });
  return job;
}

const PROPS: PropNames<ScheduledJobProps> = {
  ...WORKLOAD_PROPS,
  schedule: true,
  timeZone: true,
  timeout: true,
  retries: true,
  overlap: true,
  startingDeadline: true,
  successfulRunsKept: true,
  failedRunsKept: true,
};

function scheduleModel(path: string, name: string, props: ScheduledJobProps): ScheduleModel {
  const timeZone = props.timeZone ?? 'Etc/UTC';
  const zone = timeZoneName(timeZone);
  if (zone === undefined) throw new Error(messages.badTimeZone(path, name, timeZone));
  if (zone !== timeZone) throw new Error(messages.otherTimeZoneName(path, name, timeZone, zone));
  checkSeconds(path, name, 'timeout', props.timeout, 1, 'a Duration such as Duration.hours(1)');
  checkSeconds(path, name, 'startingDeadline', props.startingDeadline, 0, 'a Duration such as Duration.minutes(10)');
  for (const prop of ['retries', 'successfulRunsKept', 'failedRunsKept'] as const) {
    if (props[prop] !== undefined && !isWholeNumber(props[prop], 0)) throw new Error(messages.badCount(path, name, prop, props[prop]));
  }
  const { overlap = Overlap.SKIP } = props;
  if (!Object.values(Overlap).includes(overlap)) {
    throw new Error(messages.notOneOf(path, name, 'overlap', overlap, 'Overlap.SKIP, Overlap.ALLOW or Overlap.REPLACE'));
  }
  const startingDeadlineSeconds = props.startingDeadline?.toSeconds();
  if (startingDeadlineSeconds !== undefined && startingDeadlineSeconds < 10) {
    throw new Error(messages.shortStartingDeadline(path, name, startingDeadlineSeconds));
  }
  return {
    expression: props.schedule,
    cron: cronOf(path, name, props.schedule),
    timeZone,
    timeoutSeconds: props.timeout?.toSeconds() ?? 3600,
    retries: props.retries ?? 3,
    overlap,
    startingDeadlineSeconds,
    successfulRunsKept: props.successfulRunsKept,
    failedRunsKept: props.failedRunsKept,
  };
}

function cronOf(path: string, name: string, schedule: string): ScheduleModel['cron'] {
  if (typeof schedule !== 'string') throw new Error(messages.badSchedule(path, name, schedule === undefined ? 'it has no schedule' : `${String(schedule)} is no text`));
  try {
    return parseCron(schedule);
  } catch (error) {
    throw new Error(messages.badSchedule(path, name, (error as Error).message));
  }
}
