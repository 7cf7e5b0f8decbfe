import { Duration } from 'cdk8s';
import { HealthCheck } from '../model/health-check';
import type { ITargetTraits } from '../model/traits';

/** Port of a load balancer's own health, on the loopback address alone unless the target asks from elsewhere. */
export const HEALTH_PORT = 8080;

/**
 * Address of a load balancer's own health.
 *
 * @internal
 */
export const healthAddressOf = ({ healthAddress = '127.0.0.1' }: ITargetTraits): string => healthAddress;

/** A route of the user's may be down without the load balancer being ill, so this one is nobody else's. */
export const HEALTH_PATH = '/edge-health';

/**
 * The check of a load balancer's own health.
 *
 * @param livePath what is answered also without any configuration to route by
 * @internal
 */
export const ownHealth = (livePath = HEALTH_PATH, port = HEALTH_PORT): HealthCheck => HealthCheck.http(HEALTH_PATH, {
  port,
  livePath,
  interval: Duration.seconds(2),
  startPeriod: Duration.seconds(30),
});
