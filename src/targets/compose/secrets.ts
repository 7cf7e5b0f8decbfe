import { secretsOf } from '../../loadbalancers/load-balancer-workload';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { SecretModel } from '../../model/secret';
import { containersOf } from '../../model/workload';

/**
 * Whether containers get a secret as a variable, and none as a file: its value is given at deployment, and nothing is
 * to be put anywhere before.
 *
 * @internal
 */
export function isVariableOnly(secret: SecretModel, { charts }: AppModel): boolean {
  const chart = charts.find(({ name }) => name === secret.chart);
  if (chart === undefined) return false;
  const containers = chart.workloads.flatMap(containersOf);
  const isIt = ({ name }: SecretModel) => name === secret.name;
  return containers.some(({ secretEnvironment }) => Object.values(secretEnvironment).some(isIt))
    && !containers.some(({ secrets }) => secrets.some(isIt))
    && !chart.loadBalancers.flatMap(secretsOf).some(isIt);
}

/**
 * The secrets of a chart that containers get as variables, some of them as files as well.
 *
 * @internal
 */
export function variableSecrets({ secrets, workloads }: ChartModel): SecretModel[] {
  const names = new Set(workloads.flatMap(containersOf).flatMap(({ secretEnvironment }) => Object.values(secretEnvironment)).map(({ name }) => name));
  return secrets.filter(({ name }) => names.has(name));
}

/**
 * The secrets of a chart whose values must be there before the first deployment.
 *
 * @internal
 */
export function storedSecrets(chart: ChartModel): SecretModel[] {
  return chart.secrets.filter((secret) => !isVariableOnly(secret, { charts: [chart] }));
}
