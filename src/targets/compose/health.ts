import type { ContainerModel } from '../../model/workload';
import type { DockerOptions } from './options';

/**
 * The field `healthcheck` of a service; undefined where the image's own stands.
 *
 * @internal
 */
export function healthcheckOf(container: ContainerModel, options: DockerOptions): any {
  const { healthCheck: check } = container;
  if (check === undefined) return undefined;
  return {
    test: ['CMD-SHELL', 'TODO'],
    interval: `${check.intervalSeconds}s`,
    timeout: `${check.timeoutSeconds}s`,
    retries: check.retries,
    start_period: `${check.startPeriodSeconds}s`,
    // So that a copy gets traffic as soon as it is ready, not at the next of the slower checks.
    start_interval: options.startInterval ? '1s' : undefined,
  };
}
