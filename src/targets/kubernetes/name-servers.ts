import type { KubernetesOptions } from './options';
import { inNamespace } from './peers';
import { constant } from './plain-json';
import { isRange } from '../../validation/syntax';

/** The pods of the usual ones, by their label `k8s-app`. */
const APPS = ['kube-dns', 'node-local-dns'];

/**
 * The cluster's name servers. CoreDNS carries a label that is the same on every common distribution; NodeLocal DNSCache answers on
 * a link-local address, or by its pods where Cilium or GKE Dataplane V2 sends questions on to them, which is before a policy looks;
 * OpenShift has a namespace and a port of its own. Long answers come by TCP.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 * @see https://docs.cilium.io/en/stable/network/kubernetes/local-redirect-policy/#node-local-dns-cache
 */
const USUAL: any[] = constant([
  {
    ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }],
    to: [
      ...APPS.map((app) => ({ namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': app } } })),
      { ipBlock: { cidr: '169.254.20.10/32' } },
    ],
  },
  {
    ports: [{ port: 5353, protocol: 'UDP' }, { port: 5353, protocol: 'TCP' }],
    to: [{ namespaceSelector: inNamespace('openshift-dns') }],
  },
].map((rule) => constant(rule)));

/** @internal Lets pods ask them, and those that the target names. */
export function nameServerRules({ nameServers }: KubernetesOptions): any[] {
  if (nameServers.length === 0) return USUAL;
  const [pods, ...others] = USUAL;
  return [{ ...pods, to: [...pods.to, ...nameServers.map((cidr) => ({ ipBlock: { cidr } }))] }, ...others];
}

/** @internal The same in the words of Cilium, which learns addresses from the answers. */
export function learningRules({ nameServers }: KubernetesOptions): any[] {
  const pods = { toEndpoints: APPS.map((app) => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': app } })) };
  return [pods, ...nameServers.length === 0 ? [] : [{ toCIDR: nameServers }]]
    .map((to) => ({ ...to, toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }] }));
}

/** @internal Throws for what is no range. */
export function nameServersOf(given: string[] = []): string[] {
  const wrong = given.find((range) => !isRange(range));
  if (wrong === undefined) return [...given].sort();
  throw new Error(`KubernetesTarget cannot let pods ask the name server '${wrong}': give nameServers as address ranges, such as '10.96.0.10/32'`);
}
