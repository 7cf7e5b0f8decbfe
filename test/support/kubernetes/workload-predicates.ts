import { Problem } from '../problem';
import { Container, isEmptySelector, KubernetesObjects, matches, namespaceOf, nameOf, problem } from './objects';

/** What a pod needs after its preStop hook to stop in order. */
const STOP_MARGIN_SECONDS = 5;
const DEFAULT_GRACE_SECONDS = 30;

/** The choices that built-in kinds leave to the API server's code. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'],
  concurrencyPolicy: ['Allow', 'Forbid', 'Replace'],
  dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
  externalTrafficPolicy: ['Cluster', 'Local'],
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  internalTrafficPolicy: ['Cluster', 'Local'],
  ipFamilyPolicy: ['SingleStack', 'PreferDualStack', 'RequireDualStack'],
  nodeAffinityPolicy: ['Honor', 'Ignore'],
  nodeTaintsPolicy: ['Honor', 'Ignore'],
  pathType: ['Exact', 'Prefix', 'ImplementationSpecific'],
  podManagementPolicy: ['OrderedReady', 'Parallel'],
  policyTypes: ['Ingress', 'Egress'],
  protocol: ['TCP', 'UDP', 'SCTP'],
  restartPolicy: ['Always', 'OnFailure', 'Never'],
  sessionAffinity: ['ClientIP', 'None'],
  terminationMessagePolicy: ['File', 'FallbackToLogsOnError'],
  unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'],
  whenDeleted: ['Retain', 'Delete'],
  whenScaled: ['Retain', 'Delete'],
  whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'],
};
const KINDS_WITH_CHOICES = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod', 'Service', 'NetworkPolicy', 'PodDisruptionBudget',
  'PersistentVolumeClaim', 'Ingress'];
// Below these keys names are the user's own.
const USER_KEYS = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'env', 'args', 'command']);

export function selectorMatchesTemplate(objects: KubernetesObjects): Problem[] {
  return objects.pods.filter(({ owner }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(owner.kind)).flatMap(({ owner, labels }) => {
    if (isEmptySelector(owner.spec.selector)) return [problem('selector-template', owner, '/spec/selector', 'the selector is empty')];
    if (matches(owner.spec.selector, labels)) return [];
    return [problem('selector-template', owner, '/spec/selector', `the selector does not match the template's labels ${JSON.stringify(labels)}`)];
  });
}

/** Two workloads whose selectors overlap fight over each other's pods. */
export function selectorsAreDisjoint(objects: KubernetesObjects): Problem[] {
  const owners = objects.ofKind('Deployment', 'StatefulSet', 'DaemonSet');
  return owners.flatMap((owner) => objects.podsMatching(owner.spec?.selector, namespaceOf(owner))
    .filter((pod) => pod.owner !== owner)
    .map((pod) => problem('selector-overlap', owner, '/spec/selector', `also selects the pods of ${nameOf(pod.owner)}`)));
}

export function rollingUpdateCanProceed(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('Deployment', 'DaemonSet').flatMap((owner) => {
    const [field, strategy] = owner.kind === 'Deployment' ? ['strategy', owner.spec?.strategy] : ['updateStrategy', owner.spec?.updateStrategy];
    const path = `/spec/${field}`;
    if (strategy?.type !== undefined && !['RollingUpdate', 'Recreate', 'OnDelete'].includes(strategy.type)) {
      return [problem('choice', owner, `${path}/type`, `unknown strategy ${strategy.type}`)];
    }
    const { maxUnavailable, maxSurge } = strategy?.rollingUpdate ?? {};
    if (strategy?.type === 'Recreate' && strategy.rollingUpdate) {
      return [problem('rolling-update', owner, path, 'rollingUpdate belongs to the strategy RollingUpdate only')];
    }
    if (!isZero(maxUnavailable) || !isZero(maxSurge)) return [];
    return [problem('rolling-update', owner, `${path}/rollingUpdate`, 'maxUnavailable and maxSurge are both 0')];
  });
}

export function graceCoversPreStop(objects: KubernetesObjects): Problem[] {
  return objects.pods.flatMap(({ owner, path, spec, containers }) => containers.flatMap((container) => {
    const preStop = preStopSeconds(container);
    const grace = spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    if (preStop === undefined || grace >= preStop + STOP_MARGIN_SECONDS) return [];
    return [problem('grace-period', owner, `${path}/terminationGracePeriodSeconds`,
      `${grace} s do not cover the preStop of ${container.name} (${preStop} s) and ${STOP_MARGIN_SECONDS} s to stop`)];
  }));
}

export function probesAnswerInTime(objects: KubernetesObjects): Problem[] {
  return objects.pods.flatMap(({ owner, path, containers }) => containers.flatMap((container) =>
    ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((name) => {
      const probe = container[name];
      if (probe === undefined) return [];
      const found: Problem[] = [];
      const at = `${path}/${container.name}/${name}`;
      if ((probe.timeoutSeconds ?? 1) > (probe.periodSeconds ?? 10)) {
        found.push(problem('probe', owner, at, 'timeoutSeconds is longer than periodSeconds'));
      }
      const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
      if (typeof port === 'string' && !(container.ports ?? []).some((p) => p.name === port)) {
        found.push(problem('probe', owner, at, `the container has no port named ${port}`));
      }
      if (name !== 'readinessProbe' && (probe.successThreshold ?? 1) !== 1) found.push(problem('probe', owner, at, 'successThreshold must be 1'));
      return found;
    })));
}

export function volumeMountsReferToVolumes(objects: KubernetesObjects): Problem[] {
  return objects.pods.flatMap(({ owner, path, spec, containers }) => {
    const claims: string[] = (owner.spec?.volumeClaimTemplates ?? []).map((claim: { metadata: { name: string } }) => claim.metadata.name);
    const volumes: string[] = [...(spec.volumes ?? []).map((volume: { name: string }) => volume.name), ...claims];
    const used = new Set<string>();
    const found: Problem[] = [];
    for (const container of containers) {
      const mounted = new Set<string>();
      for (const mount of container.volumeMounts ?? []) {
        used.add(mount.name);
        const at = `${path}/${container.name}/volumeMounts`;
        if (!volumes.includes(mount.name)) found.push(problem('volume-mount', owner, at, `there is no volume ${mount.name}`));
        if (mounted.has(mount.mountPath)) found.push(problem('volume-mount', owner, at, `two mounts at ${mount.mountPath}`));
        mounted.add(mount.mountPath);
      }
    }
    for (const name of volumes) {
      if (!used.has(name)) found.push(problem('volume-mount', owner, `${path}/volumes`, `no container mounts the volume ${name}`));
    }
    return found;
  });
}

export function headlessServiceExists(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('StatefulSet').flatMap((owner) => {
    const name = owner.spec?.serviceName;
    if (!name) return [];
    const service = objects.find('Service', name, namespaceOf(owner));
    const wrong = (message: string) => [problem('headless-service', owner, '/spec/serviceName', message)];
    if (service === undefined) return objects.isExternal('Service', name) ? [] : wrong(`there is no Service ${name}`);
    if (service.spec?.clusterIP !== 'None') return wrong(`Service ${name} is not headless: clusterIP must be None`);
    const labels = owner.spec?.template?.metadata?.labels ?? {};
    return matches({ matchLabels: service.spec.selector }, labels) ? [] : wrong(`Service ${name} does not select these pods`);
  });
}

export function restartPolicyFits(objects: KubernetesObjects): Problem[] {
  return objects.pods.flatMap(({ owner, path, spec }) => {
    const policy = spec.restartPolicy ?? 'Always';
    const allowed = { Job: ['OnFailure', 'Never'], CronJob: ['OnFailure', 'Never'], Pod: ['Always', 'OnFailure', 'Never'] }[owner.kind] ?? ['Always'];
    return allowed.includes(policy) ? [] : [problem('restart-policy', owner, `${path}/restartPolicy`, `${owner.kind} does not allow ${policy}`)];
  });
}

export function choicesAreKnown(objects: KubernetesObjects): Problem[] {
  return objects.ofKind(...KINDS_WITH_CHOICES).flatMap((object) => unknownChoices(object.spec, '/spec')
    .map(([path, value]) => problem('choice', object, path, `unknown value ${value}`)));
}

function unknownChoices(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (USER_KEYS.has(key)) return [];
    const at = `${path}/${key}`;
    const allowed = CHOICES[key];
    if (allowed && (typeof item === 'string' || Array.isArray(item))) {
      return [item].flat().filter((choice) => !allowed.includes(choice)).map((choice): [string, string] => [at, String(choice)]);
    }
    return unknownChoices(item, at);
  });
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0%' || value === '0';
}

/** How long the preStop hook waits, where it can be read. */
function preStopSeconds(container: Container): number | undefined {
  const hook = container.lifecycle?.preStop;
  if (hook?.sleep) return hook.sleep.seconds;
  const slept = /\bsleep\s+(\d+)/.exec((hook?.exec?.command ?? []).join(' '));
  return slept ? Number(slept[1]) : undefined;
}
