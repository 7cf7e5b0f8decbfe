import { ApiObject, Chart } from 'cdk8s';
import { findings } from './manifests';
import { HAWebService, HealthCheck, type HAWebServiceProps } from '../../../src';

/*
 * Objects that a user brings along from plain manifests, beside ours for the same copies.
 */

const said = (kind: string, apiVersion: string, spec: any, props: Partial<HAWebServiceProps> = {}, metadata: any = {}) => findings((chart: Chart) => {
  new HAWebService(chart, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz'), ...props });
  new ApiObject(chart, 'mine', { apiVersion, kind, metadata: { name: 'mine', ...metadata }, spec });
}, {}, { namespace: 'shop' }).filter((line) => !line.includes('single-copy'));

const WEB = { matchLabels: { 'app.kubernetes.io/name': 'web' } };

describe('a PodDisruptionBudget', () => {
  const budget = (spec: any, props?: Partial<HAWebServiceProps>, metadata?: any) => said('PodDisruptionBudget', 'policy/v1', spec, props, metadata);

  test('for copies that have one is an error: nobody could evict them', () => {
    expect(budget({ minAvailable: 1, selector: WEB })).toEqual([
      "error second-budget: PodDisruptionBudget 'mine' cannot select the copies of 'web' too on Kubernetes, which have a budget: copies with two cannot be evicted, so that no node"
      + ' with one can be drained; remove it, or change ours: KubernetesObjects.of(web).podDisruptionBudget [shop/mine]',
    ]);
    expect(budget({ maxUnavailable: 1, selector: {} })).toHaveLength(1);
  });

  test('that holds the only copy is an error: its node could not be drained', () => {
    const blocked = ["error budget-blocks-drains: PodDisruptionBudget 'mine' cannot hold the only copy of 'web' on Kubernetes: the node that it is on could not be drained; remove it,"
      + ' or give the workload two copies, which have a budget [shop/mine]'];
    for (const spec of [{ minAvailable: 1 }, { minAvailable: '50%' }, { maxUnavailable: 0 }]) expect(budget({ ...spec, selector: WEB }, { replicas: 1 })).toEqual(blocked);
    for (const spec of [{ minAvailable: 0 }, { maxUnavailable: 1 }]) expect(budget({ ...spec, selector: WEB }, { replicas: 1 })).toEqual([]);
  });

  test('for other pods, or in another namespace, is the user\'s own affair', () => {
    expect(budget({ minAvailable: 1, selector: { matchLabels: { app: 'legacy' } } })).toEqual([]);
    expect(budget({ minAvailable: 1, selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } })).toEqual([]);
    expect(budget({ minAvailable: 1, selector: WEB }, {}, { namespace: 'legacy' })).toEqual([]);
  });

  test('of another chart meets them where a namespace says so', () => {
    const across = (namespace?: string) => findings((chart: Chart, app) => {
      new HAWebService(chart, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz') });
      new ApiObject(new Chart(app, 'other', { namespace }), 'mine', { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'mine' }, spec: { selector: WEB } });
    }, {}, { namespace });
    expect(across('shop').map((line) => line.split(':')[0])).toEqual(['error second-budget']);
    expect(across()).toEqual([]);
  });
});

describe('an autoscaler', () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const scaler = (props?: Partial<HAWebServiceProps>) => said('HorizontalPodAutoscaler', 'autoscaling/v2', { maxReplicas: 9, scaleTargetRef }, props);

  test('of a fixed count is a finding: each apply throws its number away', () => {
    expect(scaler()).toEqual([
      "warning second-autoscaler: HorizontalPodAutoscaler 'mine' changes the number of copies of 'web' on Kubernetes, whose manifest says 2: each time it is applied, copies go or come at"
      + ' once; give the workload minReplicas and maxReplicas instead [shop/mine]',
    ]);
  });

  test('beside ours is an error: the two undo each other', () => {
    expect(scaler({ minReplicas: 2, maxReplicas: 4 })).toEqual([
      "error second-autoscaler: HorizontalPodAutoscaler 'mine' cannot scale 'web' too on Kubernetes, which is autoscaled: the two would undo each other's count; remove it, and give"
      + ' scaleOn what it looks at [shop/mine]',
    ]);
    expect(said('ScaledObject', 'keda.sh/v1alpha1', { scaleTargetRef: { name: 'web' } }, { minReplicas: 2, maxReplicas: 4 })).toHaveLength(1);
  });
});
