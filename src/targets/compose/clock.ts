import { Duration } from 'cdk8s';
import { clockProbe, clockScript } from './clock-script';
import { running, script, type Script } from './script';
import { HealthCheck } from '../../model/health-check';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';

/**
 * A container as it runs.
 *
 * @internal
 */
export interface ScheduledContainer extends ContainerModel {
  /** The clock that is its program; undefined: its own program. */
  readonly clock?: Script;
}

/**
 * The main container of a workload; that of a job with a clock as its program, which starts the job's command in the
 * job's own image. One container, so never two runs at once.
 *
 * @internal
 */
export function scheduled(workload: WorkloadModel): ScheduledContainer {
  const { container, kind, schedule } = workload;
  if (kind !== WorkloadKind.JOB || schedule === undefined) return container;
  const clock = script('clock', clockScript({
    schedule: schedule.cron,
    timeZone: schedule.timeZone,
    command: [...container.command ?? [], ...container.args ?? []],
    deadlineSeconds: schedule.timeoutSeconds,
    retries: schedule.retries,
  }));
  return {
    ...container, clock, command: running(clock), args: undefined, stopSignal: CLOCK_STOPS, healthCheck: container.healthCheck ?? CLOCK_GOES,
  };
}

/** The clock knows it, whatever the image's own program is stopped by. */
const CLOCK_STOPS = 'SIGTERM';

/** Whether the clock still goes; a run may take as long as it may. A deployment waits for the first answer, which comes after the interval. */
const CLOCK_GOES = HealthCheck.command(['/bin/sh', '-c', clockProbe()], {
  interval: Duration.seconds(15), timeout: Duration.seconds(10), startPeriod: Duration.seconds(10),
});
