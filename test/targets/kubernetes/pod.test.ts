import { Duration, Size } from 'cdk8s';
import { Manifests } from './manifests';
import { HAWebService, HealthCheck, ScheduledJob, Secret, Security, SharedVolume, StatefulService, Volume, Worker, type WorkerProps } from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';

/** The pod of a worker, and its only container. */
function podOf(props: Partial<WorkerProps>, more: (worker: Worker) => void = () => {}): { pod: any; container: any; manifests: Manifests } {
  const manifests = new Manifests((chart) => more(new Worker(chart, 'w', { image: IMAGE, ...props })));
  return { pod: manifests.pod(), container: manifests.pod().containers[0], manifests };
}

describe('security', () => {
  test('restricted: not root, no capabilities, a read-only root, no token', () => {
    const { pod, container, manifests } = podOf({});
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        fsGroup: 10001, fsGroupChangePolicy: 'OnRootMismatch', runAsGroup: 10001, runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' },
      },
      serviceAccountName: 'w',
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true,
    });
    expect(manifests.get('ServiceAccount').automountServiceAccountToken).toBe(false);
  });

  test('restricted, with a writable root or low ports', () => {
    const { container } = podOf({ security: Security.restricted({ writableRoot: true, bindLowPorts: true }) });
    expect(container.securityContext).toMatchObject({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }, readOnlyRootFilesystem: false, runAsNonRoot: true });
    expect(container.volumeMounts).toBeUndefined();
    expect(container.resources.limits['ephemeral-storage']).toBeUndefined();
  });

  test('starts as root: keeps what it takes to step down', () => {
    const { pod, container } = podOf({ security: Security.startsAsRoot() });
    expect(pod.securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'], drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
    });
  });

  test('unrestricted: as the image comes', () => {
    const { pod, container } = podOf({ security: Security.unrestricted('a debugger') });
    expect(pod.securityContext).toBeUndefined();
    expect(container.securityContext).toBeUndefined();
  });

  test('a user of its own', () => {
    expect(podOf({ user: 999, group: 1000 }).pod.securityContext).toMatchObject({ fsGroup: 1000, runAsGroup: 1000, runAsUser: 999 });
  });

  test('containers with different users each say theirs', () => {
    const { pod, container } = podOf({}, (worker) => worker.addSidecar('proxy', { image: IMAGE, security: Security.startsAsRoot() }));
    expect(pod.securityContext).toEqual({ fsGroup: 10001, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toMatchObject({ runAsGroup: 10001, runAsNonRoot: true, runAsUser: 10001 });
    expect(pod.initContainers[0].securityContext).not.toHaveProperty('runAsUser');
    expect(pod.initContainers[0].securityContext).not.toHaveProperty('runAsNonRoot');
  });

  test('an unrestricted container beside a restricted one takes nothing from it', () => {
    const { pod, container } = podOf({}, (worker) => worker.addSidecar('debug', { image: IMAGE, security: Security.unrestricted('a debugger') }));
    expect(pod.securityContext).toEqual({ fsGroup: 10001, fsGroupChangePolicy: 'OnRootMismatch' });
    expect(container.securityContext).toMatchObject({ runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.initContainers[0].securityContext).toBeUndefined();
  });
});

describe('a user namespace', () => {
  const hostUsers = (props: Partial<WorkerProps>, version: string, userNamespaces?: boolean) =>
    new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, ...props }), { version, userNamespaces }).pod().hostUsers;

  test('is there from the version on that has it for good, or as the target says', () => {
    expect([hostUsers({}, '1.35'), hostUsers({}, '1.36'), hostUsers({}, '1.33', true), hostUsers({}, '1.36', false)]).toEqual([undefined, false, false, undefined]);
  });

  test('is not for files whose owners stand for themselves, nor for what is unrestricted', () => {
    expect(hostUsers({ volumes: [Volume.hostPath('/data', '/srv')] }, '1.36')).toBeUndefined();
    expect(hostUsers({ security: Security.unrestricted('a debugger') }, '1.36')).toBeUndefined();
  });
});

describe('health checks', () => {
  const probes = (healthCheck: HealthCheck) => {
    const manifests = new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }));
    const { startupProbe, readinessProbe, livenessProbe } = manifests.pod().containers[0];
    return { startupProbe, readinessProbe, livenessProbe };
  };

  test('readiness alone restarts nobody, at the start neither', () => {
    expect(probes(HealthCheck.http('/healthz'))).toEqual({
      readinessProbe: { failureThreshold: 3, httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5, timeoutSeconds: 2 },
    });
  });

  test('liveness restarts after the declared time, and leaves the start alone', () => {
    expect(probes(HealthCheck.http('/healthz', { livePath: '/livez', restartAfter: Duration.seconds(45), startPeriod: Duration.seconds(90) }))).toMatchObject({
      livenessProbe: { failureThreshold: 9, httpGet: { path: '/livez', port: 8080 }, periodSeconds: 5, timeoutSeconds: 2 },
      startupProbe: { failureThreshold: 45, httpGet: { path: '/livez', port: 8080 }, periodSeconds: 2, timeoutSeconds: 2 },
    });
  });

  test('a copy that hangs is ended at once, and does not wait as one that drains', () => {
    const pod = new Manifests((chart) => new HAWebService(chart, 'web', {
      image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }), drainTimeout: Duration.seconds(40),
    })).pod();
    const [{ livenessProbe, startupProbe, readinessProbe, lifecycle }] = pod.containers;
    expect(livenessProbe.terminationGracePeriodSeconds).toBe(2);
    expect(pod.terminationGracePeriodSeconds).toBe(lifecycle.preStop.sleep.seconds + 40 + 5);
    expect([startupProbe, readinessProbe].map((probe) => probe.terminationGracePeriodSeconds)).toEqual([undefined, undefined]);
  });

  test('a command for liveness is run no more often than declared', () => {
    const check = HealthCheck.command(['ready'], { liveCommand: ['alive'], interval: Duration.seconds(15), timeout: Duration.seconds(10) });
    expect(probes(check)).toMatchObject({
      livenessProbe: { exec: { command: ['alive'] }, failureThreshold: 2, periodSeconds: 15, timeoutSeconds: 10 },
      readinessProbe: { exec: { command: ['ready'] } },
      startupProbe: { exec: { command: ['alive'] }, failureThreshold: 4, periodSeconds: 15, timeoutSeconds: 10 },
    });
  });

  test('by TCP and gRPC, on another port', () => {
    expect(probes(HealthCheck.tcp({ port: 9000 })).readinessProbe).toMatchObject({ tcpSocket: { port: 9000 } });
    expect(probes(HealthCheck.grpc()).readinessProbe).toMatchObject({ grpc: { port: 8080 } });
  });
});

describe('environment', () => {
  test('values arrive as written, though Kubernetes replaces $(NAME) and halves $$', () => {
    const { container } = podOf({ environment: { A: 'p$(B)s', B: '$$', C: '$HOME a$b', D: '' }, command: ['sh', '-c', 'echo $(date) $HOME'], args: ['$x'] });
    expect(container.env).toEqual([{ name: 'A', value: 'p$$(B)s' }, { name: 'B', value: '$$$$' }, { name: 'C', value: '$HOME a$b' }, { name: 'D', value: '' }]);
    expect(container.command).toEqual(['sh', '-c', 'echo $$(date) $$HOME']);
    expect(container.args).toEqual(['$x']);
  });

  test('a variable may take a secret\'s value', () => {
    const manifests = new Manifests((chart) => new Worker(chart, 'w', {
      image: IMAGE, environment: { Z: 'z', A: 'a' }, secretEnvironment: { KEY: new Secret(chart, 'key', { secretName: 'keys', key: 'api' }) },
    }));
    expect(manifests.pod().containers[0].env).toEqual([
      { name: 'A', value: 'a' }, { name: 'KEY', valueFrom: { secretKeyRef: { key: 'api', name: 'keys' } } }, { name: 'Z', value: 'z' },
    ]);
  });
});

describe('secrets', () => {
  test('are one volume, whatever Secret they come from', () => {
    const manifests = new Manifests((chart) => new Worker(chart, 'w', {
      image: IMAGE,
      secrets: [new Secret(chart, 'db-password'), new Secret(chart, 'tls-key', { secretName: 'tls', key: 'key.pem' }), new Secret(chart, 'tls-ca', { secretName: 'tls', key: 'ca.pem' })],
    }));
    expect(manifests.pod().volumes[0]).toEqual({
      name: 'secrets',
      projected: {
        defaultMode: 0o440,
        sources: [
          { secret: { items: [{ key: 'value', path: 'db-password' }], name: 'db-password' } },
          { secret: { items: [{ key: 'ca.pem', path: 'tls-ca' }, { key: 'key.pem', path: 'tls-key' }], name: 'tls' } },
        ],
      },
    });
  });

  // `/var/run` is a link to `/run`: a token of the cluster's or a cloud's needs a folder beside them.
  test('stand each at its path, so that others can mount something in their folder', () => {
    const manifests = new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, secrets: [new Secret(chart, 'db-password'), new Secret(chart, 'api-key', { key: 'token' })] }));
    expect(manifests.pod().containers[0].volumeMounts).toEqual([
      { mountPath: '/run/secrets/api-key', name: 'secrets', readOnly: true, subPath: 'api-key' },
      { mountPath: '/run/secrets/db-password', name: 'secrets', readOnly: true, subPath: 'db-password' },
      { mountPath: '/tmp', name: 'tmp' },
    ]);
  });

  test('of another version are another Secret, so that copies are replaced and a rollback finds the one before', () => {
    const secretOf = (version: string) => new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, secrets: [new Secret(chart, 'token', { version })] }))
      .pod().volumes[0].projected.sources[0].secret;
    expect([secretOf('1'), secretOf('2')]).toEqual([
      { items: [{ key: 'value', path: 'token' }], name: 'token-1' }, { items: [{ key: 'value', path: 'token' }], name: 'token-2' },
    ]);
  });

  test('can be read by a container that steps down to a user we do not know', () => {
    const manifests = new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, security: Security.startsAsRoot(), secrets: [new Secret(chart, 's')] }));
    expect(manifests.pod().volumes[0].projected.defaultMode).toBe(0o444);
  });

  test('are made by the External Secrets operator where a source is given', () => {
    const manifests = new Manifests((chart) => new Secret(chart, 'key', { key: 'api', externalSecret: { storeName: 'vault', remoteKey: 'shop/api', property: 'token' } }));
    expect(manifests.get('ExternalSecret').spec).toMatchObject({
      data: [{
        // As older definitions would add it: else Argo CD never takes the object for synced.
        remoteRef: { conversionStrategy: 'Default', decodingStrategy: 'None', key: 'shop/api', metadataPolicy: 'None', property: 'token' },
        secretKey: 'api',
      }],
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { name: 'key' },
    });
  });
});

describe('files', () => {
  const files = { '/etc/app/app.conf': 'debug off\n', '/etc/app.conf': 'one', '/etc/app-conf': 'two' };

  test('stand each at its path, in one immutable ConfigMap that is named by its content', () => {
    const { container, pod, manifests } = podOf({ files });
    const configMap = manifests.get('ConfigMap');
    expect(configMap).toMatchObject({ data: { 'etc.app.app.conf': 'debug off\n', 'etc.app.conf': 'one', 'etc.app-conf': 'two' }, immutable: true });
    expect(configMap.metadata.name).toMatch(/^w-config-[0-9a-f]{8}$/);
    // A copy of the version before that is started anew looks for its own.
    expect(configMap.metadata.annotations).toEqual({
      'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
      'argocd.argoproj.io/sync-options': 'Prune=false',
      'helm.sh/resource-policy': 'keep',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
    expect(container.volumeMounts).toContainEqual({ mountPath: '/etc/app/app.conf', name: 'config', readOnly: true, subPath: 'etc.app.app.conf' });
    expect(pod.volumes).toContainEqual({ configMap: { defaultMode: 0o444, name: configMap.metadata.name }, name: 'config' });
  });

  test('that change give the ConfigMap another name', () => {
    const name = (content: string) => podOf({ files: { '/a': content } }).manifests.get('ConfigMap').metadata.name;
    expect(name('a')).toBe(name('a'));
    expect(name('a')).not.toBe(name('b'));
  });

  test('whose paths differ in signs alone do not overwrite each other', () => {
    const { manifests } = podOf({ files: { '/etc/a b': '1', '/etc/a.b': '2' } });
    expect(manifests.get('ConfigMap').data).toEqual({ 'etc.a.b': '1', 'etc.a.b-2': '2' });
  });

  test('of a sidecar that comes later are there too', () => {
    const { manifests, pod } = podOf({}, (worker) => worker.addSidecar('proxy', { image: IMAGE, files: { '/etc/proxy.conf': 'x' } }));
    expect(manifests.get('ConfigMap').data).toEqual({ 'etc.proxy.conf': 'x' });
    expect(pod.initContainers[0].volumeMounts).toContainEqual({ mountPath: '/etc/proxy.conf', name: 'config', readOnly: true, subPath: 'etc.proxy.conf' });
  });
});

describe('volumes', () => {
  test('/tmp is scratch space where the root cannot be written, unless something else stands there', () => {
    expect(podOf({}).pod.volumes).toEqual([{ emptyDir: { sizeLimit: '64Mi' }, name: 'tmp' }]);
    expect(podOf({ volumes: [Volume.scratch('/tmp', { size: Size.gibibytes(1) })] }).pod.volumes).toEqual([{ emptyDir: { sizeLimit: '1Gi' }, name: 'tmp' }]);
    expect(podOf({ volumes: [Volume.hostPath('/tmp', '/mnt/tmp')] }).pod.volumes).toEqual([{ hostPath: { path: '/mnt/tmp' }, name: 'tmp' }]);
  });

  test('scratch space in memory has a limit, and is no room on the node\'s disk', () => {
    const { pod, container } = podOf({ volumes: [Volume.scratch('/keys', { size: Size.mebibytes(16), inMemory: true })] });
    expect(pod.volumes[0]).toEqual({ emptyDir: { medium: 'Memory', sizeLimit: '16Mi' }, name: 'keys' });
    expect(container.resources.limits['ephemeral-storage']).toBe('1Gi');
  });

  test('a stateful service has a disk for each copy, kept when copies go', () => {
    const manifests = new Manifests((chart) => new StatefulService(chart, 'db', {
      image: IMAGE, port: 5432, volumes: [Volume.persistent('/data', { size: Size.gibibytes(10), storageClassName: 'fast' })],
    }));
    expect(manifests.get('StatefulSet').spec).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [{
        // As the server would add it: else Argo CD never takes the StatefulSet for synced.
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, storageClassName: 'fast' },
      }],
    });
    expect(manifests.names()).not.toContain('PersistentVolumeClaim/db-data');
  });

  test('a disk that a sidecar of a stateful service mounts too is as it was declared first', () => {
    const manifests = new Manifests((chart) => {
      const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432, volumes: [Volume.persistent('/data', { size: Size.gibibytes(10) })] });
      db.addSidecar('backup', { image: IMAGE, volumes: [Volume.persistent('/from', { name: 'data' })] });
    });
    expect(manifests.get('StatefulSet').spec.volumeClaimTemplates).toMatchObject([{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '10Gi' } } } }]);
  });

  test.each([
    ['scratch space', (db: StatefulService) => db.addInit('prepare', { image: IMAGE, volumes: [Volume.scratch('/data')] })],
    ['a path of the host', (db: StatefulService) => db.addSidecar('log', { image: IMAGE, volumes: [Volume.hostPath('/data', '/srv/data')] })],
  ])('a disk of a stateful service keeps its name beside %s that is called so', (_, add) => {
    const manifests = new Manifests((chart) => {
      const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432, volumes: [Volume.hostPath('/a/b', '/srv/b'), Volume.persistent('/z', { name: 'a-b' })] });
      db.addSidecar('backup', { image: IMAGE, volumes: [Volume.persistent('/b', { name: 'data' })] });
      add(db);
    });
    const { volumeClaimTemplates, template: { spec } } = manifests.get('StatefulSet').spec;
    const templates = volumeClaimTemplates.map(({ metadata: { name } }: any) => name);
    expect(templates).toEqual(['a-b', 'data']);
    expect(spec.containers[0].volumeMounts).toContainEqual({ mountPath: '/z', name: 'a-b' });
    expect(spec.initContainers.find(({ name }: any) => name === 'backup').volumeMounts).toContainEqual({ mountPath: '/b', name: 'data' });
    expect(spec.volumes.filter(({ name }: any) => templates.includes(name))).toEqual([]);
  });

  test('one copy has a claim that nothing prunes, or takes over one that exists', () => {
    const manifests = new Manifests((chart) => {
      new Worker(chart, 'one', { image: IMAGE, replicas: 1, volumes: [Volume.persistent('/data')] });
      new Worker(chart, 'two', { image: IMAGE, replicas: 1, volumes: [Volume.persistent('/data', { existingName: 'legacy' })] });
      new StatefulService(chart, 'db', { image: IMAGE, port: 1, volumes: [Volume.persistent('/data', { existingName: 'old-db' })] });
    }, {}, {}, ['PersistentVolumeClaim/*']);
    expect(manifests.get('PersistentVolumeClaim').metadata).toMatchObject({
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'helm.sh/resource-policy': 'keep', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }, name: 'one-data',
    });
    expect(manifests.pod('two').volumes[0].persistentVolumeClaim.claimName).toBe('legacy');
    expect(manifests.pod('db').volumes[0].persistentVolumeClaim.claimName).toBe('old-db');
  });

  test('a shared volume is a claim that many write, or one that exists', () => {
    const manifests = new Manifests((chart) => {
      const uploads = new SharedVolume(chart, 'uploads', { size: Size.gibibytes(5) });
      const legacy = new SharedVolume(chart, 'legacy', { existingName: 'nfs-legacy' });
      new Worker(chart, 'w', { image: IMAGE, volumes: [uploads.mount('/uploads'), legacy.mount('/legacy', { readOnly: true })] });
    }, {}, {}, ['PersistentVolumeClaim/*']);
    expect(manifests.get('PersistentVolumeClaim').spec).toEqual({ accessModes: ['ReadWriteMany'], resources: { requests: { storage: '5Gi' } } });
    expect(manifests.pod().volumes).toEqual(expect.arrayContaining([
      { name: 'legacy', persistentVolumeClaim: { claimName: 'nfs-legacy' } }, { name: 'uploads', persistentVolumeClaim: { claimName: 'uploads' } },
    ]));
    expect(manifests.pod().containers[0].volumeMounts).toContainEqual({ mountPath: '/legacy', name: 'legacy', readOnly: true });
  });

  test('containers share a volume by its name, and have a /tmp each', () => {
    const { pod } = podOf({ volumes: [Volume.scratch('/var/spool')] }, (worker) => {
      worker.addSidecar('mover', { image: IMAGE, volumes: [Volume.scratch('/var/spool')] });
    });
    expect(pod.volumes.map(({ name }: any) => name)).toEqual(['tmp', 'tmp-mover', 'var-spool']);
    expect(pod.initContainers[0].volumeMounts).toEqual([{ mountPath: '/tmp', name: 'tmp-mover' }, { mountPath: '/var/spool', name: 'var-spool' }]);
  });

  test('with a long path have a name that Kubernetes takes', () => {
    const path = `/${'very/'.repeat(20)}long`;
    const { pod } = podOf({ volumes: [Volume.scratch(path), Volume.scratch(`${path}er`)] });
    const names: string[] = pod.volumes.map(({ name }: any) => name);
    expect(names.every((name) => name.length <= 63)).toBe(true);
    expect(new Set(names).size).toBe(3);
  });
});

test('sidecars run as long as the main container, after the containers that run to their end', () => {
  const { pod } = podOf({}, (worker) => {
    worker.addSidecar('proxy', { image: IMAGE });
    worker.addInit('migrate', { image: IMAGE, command: ['migrate'] });
  });
  expect(pod.initContainers.map(({ name, restartPolicy }: any) => [name, restartPolicy])).toEqual([['migrate', undefined], ['proxy', 'Always']]);
});

test.each([
  ['shop:1.4.2', 'IfNotPresent'],
  ['shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'IfNotPresent'],
  ['registry.acme.example:5000/shop', 'Always'],
  ['shop:latest', 'Always'],
])('the image %s is pulled %s', (image, policy) => {
  expect(podOf({ image }).container.imagePullPolicy).toBe(policy);
});

/*
 * The cluster autoscaler leaves a node alone that has a pod with a volume on it, and every pod of ours has scratch space. A copy that can
 * be spared must not keep an idle node for ever.
 */
describe('a node that the cluster autoscaler may take away', () => {
  const SPARED = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
  const volumes = [Volume.scratch('/cache'), Volume.scratch('/fast', { inMemory: true }), Volume.hostPath('/var/log', '/logs')];
  const annotations = (manifests: Manifests, kind: string) => manifests.get(kind).spec.template.metadata.annotations;

  test('may have a copy of several with scratch space, which is lost with every copy; not with what lies on the node itself', () => {
    const { manifests } = podOf({ volumes, annotations: { 'prometheus.io/scrape': 'true' } }, (worker) => worker.addSidecar('proxy', { image: IMAGE }));
    expect(annotations(manifests, 'Deployment')).toEqual({ [SPARED]: 'cache,tmp,tmp-proxy', 'prometheus.io/scrape': 'true' });
  });

  test('may not have an only copy, which would be away for a while, nor a run of a job', () => {
    expect(annotations(podOf({ replicas: 1 }).manifests, 'Deployment')).toBeUndefined();
    expect(annotations(new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432 })), 'StatefulSet')).toBeUndefined();
    const job = new Manifests((chart) => new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '15 3 * * *', command: ['report'] })).get('CronJob');
    expect(job.spec.jobTemplate.spec.template.metadata.annotations).toBeUndefined();
  });

  test('may have what its owner says', () => {
    expect(annotations(podOf({ annotations: { [SPARED]: '' } }).manifests, 'Deployment')).toEqual({ [SPARED]: '' });
  });
});

test('pull secrets, annotations and the working directory reach the pod', () => {
  const { pod, container, manifests } = podOf({ imagePullSecrets: ['registry'], annotations: { 'prometheus.io/scrape': 'true' }, workingDirectory: '/app' });
  expect(pod.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect(container.workingDir).toBe('/app');
  expect(manifests.get('Deployment').spec.template.metadata.annotations).toMatchObject({ 'prometheus.io/scrape': 'true' });
});
