import { CLUSTER_DNS } from './configuration';
import { ControlPlane, eventually } from '../control-plane';

const NAMESPACE = 'kube-system';
const NAME = 'coredns';
const LABELS = { 'k8s-app': 'kube-dns' };

/** As kubeadm configures it, less what leads outside: answers may be kept for so many seconds. */
const COREFILE = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 30
    }
    cache 30 {
        disable success cluster.local
        disable denial cluster.local
    }
    loadbalance
}
`;

/** The cluster's name server, as most clusters have it. */
export async function installNameServer({ api }: ControlPlane, image: string): Promise<void> {
  const metadata = { name: NAME, namespace: NAMESPACE };
  const port = (name: string, protocol: string) => ({ name, port: 53, targetPort: 53, protocol });
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: NAME },
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: COREFILE } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            serviceAccountName: NAME,
            dnsPolicy: 'Default',
            containers: [{
              name: NAME,
              image,
              args: ['-conf', '/etc/coredns/Corefile'],
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
              readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
            }],
            volumes: [{ name: 'config', configMap: { name: NAME } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: NAMESPACE, labels: LABELS },
      spec: { clusterIP: CLUSTER_DNS, selector: LABELS, ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')] },
    },
  ];
  for (const object of objects) {
    const { status, body } = await api.apply(object, NAMESPACE);
    if (status >= 300) throw new Error(`${object.kind} of the name server: ${body.message}`);
  }
  await eventually('the name server', async () =>
    (await api.get(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${NAME}`)).status.readyReplicas === 2);
}
