import { show } from './words';

/*
 * Messages: counts.
 */

/** @internal */
export const noSuchCopy = (path: string, name: string, index: unknown, copies: number) =>
  `${name} has no copy ${show(index)}: it has ${copies}, so give ${copies === 1 ? '0' : `a whole number from 0 to ${copies - 1}`} [${path}]`;

/** @internal */
export const badReplicas = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot have ${prop} ${show(value)}: give a whole number from 1 [${path}]`;

/** @internal */
export const replicasAndMinReplicas = (path: string, name: string) =>
  `${name} cannot have both replicas and minReplicas: give replicas for a fixed count, minReplicas and maxReplicas for an autoscaled one [${path}]`;

/** @internal */
export const minReplicasAlone = (path: string, name: string, given: string, missing: string) =>
  `${name} cannot be autoscaled with ${given} alone: give ${missing} too, or replicas for a fixed count [${path}]`;

/** @internal */
export const minAboveMax = (path: string, name: string, min: number, max: number) =>
  `${name} cannot have minReplicas ${min} above maxReplicas ${max}: swap them or raise maxReplicas [${path}]`;

/** @internal */
export const scaleWithoutRange = (path: string, name: string, prop: string) =>
  `${name} cannot be scaled by ${prop} without a range: give minReplicas and maxReplicas [${path}]`;

/** @internal */
export const badScaleOn = (path: string, name: string, count: number) => count === 0
  ? `${name} cannot be scaled on nothing: give scaleOn a metric such as ScalingMetric.cpu(70), or leave it out [${path}]`
  : `${name} cannot have both targetCpuPercent and scaleOn: add ScalingMetric.cpu(…) to scaleOn [${path}]`;

/** @internal */
export const badScalingTarget = (path: string, name: string, metric: string, value: unknown) =>
  `${name} cannot aim at ${show(value)} for ${metric}: give a number above 0 [${path}]`;

/** @internal */
export const badScalingPercent = (path: string, name: string, metric: string, value: unknown) =>
  `${name} cannot aim at ${show(value)} % of ${metric}: give a whole number from 1 [${path}]`;

/** @internal */
export const badMetricName = (path: string, name: string, value: unknown) =>
  `${name} cannot be scaled on the metric ${show(value)}: give its name, without '/', '%' and blanks, such as 'http_requests_per_second' [${path}]`;

/** @internal */
export const badTrigger = (path: string, name: string, value: unknown) =>
  `${name} cannot be scaled by the trigger ${show(value)} of KEDA: give the name of a scaler, such as 'prometheus' [${path}]`;

/** @internal */
export const singleCopy = (name: string) =>
  `${name} runs as one copy: it is away during each crash, update and loss of a host, give it 2 replicas or more`;

/** @internal */
export const updateWouldStandStill = (path: string, name: string) =>
  `${name} cannot have maxSurge 0 and maxUnavailable 0: an update could never begin, give one of them 1 or more [${path}]`;

/** @internal */
export const badCount = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot have ${prop} ${show(value)}: give a whole number from 0 [${path}]`;

/** @internal */
export const badPartition = (path: string, name: string, value: unknown, replicas: number) =>
  `${name} cannot have updatePartition ${show(value)} with ${replicas} ${replicas === 1 ? 'copy' : 'copies'}: give the number of the first copy that gets the new version, from 0 to ${replicas} [${path}]`;

/** @internal */
export const shortStartingDeadline = (path: string, name: string, seconds: number) =>
  `${name} cannot have startingDeadline ${seconds} s: Kubernetes looks every 10 s, and a shorter one may miss every run; give 10 s or more [${path}]`;

/** @internal */
export const badSeconds = (path: string, name: string, prop: string, seconds: number, least: number) =>
  `${name} cannot take ${seconds} s for ${prop}: give a Duration of whole seconds, ${least} or more [${path}]`;

/** @internal */
export const notOneOf = (path: string, name: string, prop: string, value: unknown, choices: string) =>
  `${name} cannot take ${show(value)} for ${prop}: give ${choices} [${path}]`;
