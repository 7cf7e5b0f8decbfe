import { CASES, deployment } from './pod-security-cases';
import { standardOf } from '../../../src/targets/kubernetes/pod-security-standard';

/* test/cluster asks a real API server the same. */

test.each(CASES)('%s', (_, object, standard) => {
  expect(standardOf(object)).toBe(standard);
});

test('what an API server takes only where it is set up for it is privileged', () => {
  expect(standardOf(deployment({}, {}, { allowPrivilegeEscalation: undefined, privileged: true }))).toBe('privileged');
  expect(standardOf(deployment({ securityContext: { windowsOptions: { hostProcess: true } } }))).toBe('privileged');
  expect(standardOf(deployment({}, {}, { procMount: 'Unmasked' }))).toBe('privileged');
});

test('is asked of whatever makes pods, and of nothing else', () => {
  const { spec: { template } } = deployment({ hostPID: true });
  expect(standardOf({ kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } })).toBe('privileged');
  expect(standardOf({ kind: 'Pod', spec: template.spec })).toBe('privileged');
  expect(standardOf({ kind: 'Rollout', spec: { template } })).toBe('privileged');
  expect(standardOf({ kind: 'Service', spec: { ports: [] } })).toBeUndefined();
  expect(standardOf(undefined)).toBeUndefined();
});
