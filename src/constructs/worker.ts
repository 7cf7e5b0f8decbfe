import type { Construct } from 'constructs';
import { pathIn } from './declarations';
import type { ReleaseStepProps } from './release-step';
import { addScheduledJob, type AddScheduledJobProps, type ScheduledJob } from './scheduled-job';
import { Workload } from './workload';
import { replicasOf } from './workload-checks';
import { REPLICATED_PROPS, type ReplicatedProps } from './workload-props';
import { WorkloadKind } from '../model/workload';
import { checkProps } from '../validation/props';

/**
 * Options of a worker.
 */
export interface WorkerProps extends ReplicatedProps {}

/**
 * A replicated workload without a port: it takes its work from a queue or a database.
 *
 * Kubernetes: Deployment, PodDisruptionBudget, NetworkPolicy, ServiceAccount. Compose: a service of several containers.
 * Swarm: a service of several tasks.
 */
export class Worker extends Workload {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: WorkerProps) {
    const path = pathIn(scope, id, 'Worker');
    checkProps(path, id, props, REPLICATED_PROPS);
    super(scope, id, props, {
      kind: WorkloadKind.WORKER,
      ...replicasOf(path, id, props, 2),
      ports: [],
    });
  }

  /**
   * Adds a command that runs once a release, before the first new copy: a migration of the database, say. It has the
   * image, environment, secrets and files of the new copies. When it fails, the deployment stops and the old copies
   * go on. It must be able to run again: a rollback does not undo it, and one that failed is repeated.
   *
   * Compose: `deploy.sh` runs it; plain `docker compose up` before the copies start, each time.
   * Swarm: `deploy.sh` runs it as a service of its own and waits for its end; plain `docker stack deploy` does not run it.
   * Kubernetes: an init container, so before each copy, a finding; with `releaseTool: ReleaseTool.argoCd()` or `.helm()` on the
   * target a Job that runs once.
   *
   * @param name unique in the workload
   * @param props the command
   */
  public addReleaseStep(name: string, props: ReleaseStepProps): void {
    this._addReleaseStep(name, props);
  }

  /**
   * Adds a scheduled job that runs the same image with the same environment, secrets, files, networks and ways out, and
   * the same volumes save disks that one copy alone may write.
   *
   * @param id the job's name on every target
   * @param props schedule and command
   */
  public addScheduledJob(id: string, props: AddScheduledJobProps): ScheduledJob {
    return addScheduledJob(this, id, props);
  }
}
