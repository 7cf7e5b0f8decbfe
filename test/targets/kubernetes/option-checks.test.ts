import { Duration, Size } from 'cdk8s';
import { Autoscaler, Cpu, GatewayImplementation, KubernetesEdge, KubernetesTarget, NetworkPlugin, TrafficDistribution } from '../../../src';

/*
 * What the target itself is told, and Kubernetes would refuse in every object that it ends up in.
 */

const NAME = "give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.'";
const NAMESPACE = "give a namespace, at most 63 lower-case letters, digits and '-', with a letter or digit first and last";
const KEY = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last, and before it, if need be, a domain and '/'";
const VALUE = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last; other texts can stand in annotations";
const RANGES = "give IPv4 or IPv6 ranges such as '203.0.113.0/24'";

test.each<[string, () => unknown, string]>([
  ['a GatewayClass', () => KubernetesEdge.gateway({ className: 'My Class' }), `KubernetesEdge.gateway() cannot take 'My Class' for className: ${NAME}`],
  ['no proxies', () => KubernetesEdge.gateway({ proxies: 0 }), 'KubernetesEdge.gateway() cannot have proxies 0: give a whole number from 1'],
  ['a part of a proxy', () => KubernetesEdge.ownProxies({ proxies: 1.5 }), 'KubernetesEdge.ownProxies() cannot have proxies 1.5: give a whole number from 1'],
  ['memory of a proxy as a text', () => KubernetesEdge.gateway({ proxyMemoryLimit: '2Gi' as any }),
    "KubernetesEdge.gateway() cannot take '2Gi' for proxyMemoryLimit: give a Size such as Size.gibibytes(2) [new KubernetesTarget({ edge })]"],
  ['too little of it', () => KubernetesEdge.gateway({ proxyMemoryLimit: Size.mebibytes(100) }),
    'KubernetesEdge.gateway() cannot have proxyMemoryLimit in MiB 100: give a whole number from 128'],
  ['where proxies run', () => KubernetesEdge.gateway({ proxyNamespace: 'Edge_1' }), `KubernetesEdge.gateway() cannot take 'Edge_1' for proxyNamespace: ${NAMESPACE}`],
  ['labels of proxies', () => KubernetesEdge.ingress({ className: 'acme', proxyLabels: { 'app name': 'proxy' } }),
    `KubernetesEdge.ingress() cannot have the label 'app name' on Kubernetes: ${KEY}`],
  ['ranges of proxies', () => KubernetesEdge.gateway({ proxyRanges: ['10.0.0.0/8', '10.0.0.1'] }), `KubernetesEdge.gateway() cannot take '10.0.0.1' for proxyRanges: ${RANGES}`],
  ['a Gateway', () => KubernetesEdge.existingGateway({ name: 'Public' }), `KubernetesEdge.existingGateway() cannot take 'Public' for name: ${NAME}`],
  ['its namespace', () => KubernetesEdge.existingGateway({ name: 'public', namespace: 'a.b' }), `KubernetesEdge.existingGateway() cannot take 'a.b' for namespace: ${NAMESPACE}`],
  ['its listener', () => KubernetesEdge.existingGateway({ name: 'public', httpListener: 'port 80' }), `KubernetesEdge.existingGateway() cannot take 'port 80' for httpListener: ${NAME}`],
  ['an IngressClass', () => KubernetesEdge.ingress({ className: '' }), `KubernetesEdge.ingress() cannot take '' for className: ${NAME}`],
  ['annotations of an Ingress', () => KubernetesEdge.ingress({ className: 'nginx', annotations: { 'a b': 'c' } }), `KubernetesEdge.ingress() cannot have the annotation 'a b' on Kubernetes: ${KEY}`],
  ['a class of load balancers', () => KubernetesEdge.ownProxies({ loadBalancerClass: 'my class' }),
    "KubernetesEdge.ownProxies() cannot take 'my class' for loadBalancerClass: give a name such as 'service.k8s.aws/nlb'"],
  ['nobody who may come', () => KubernetesEdge.ownProxies({ sourceRanges: [] }),
    "KubernetesEdge.ownProxies() cannot let anybody in: sourceRanges is empty, give a range such as '203.0.113.0/24' or leave it out"],
  ['who may come at all', () => KubernetesEdge.ownProxies({ sourceRanges: ['office'] }), `KubernetesEdge.ownProxies() cannot take 'office' for sourceRanges: ${RANGES}`],
  ['the Service of published ports', () => new KubernetesTarget({ publishedServices: { annotations: { '/a': 'b' } } }),
    `KubernetesTarget.publishedServices cannot have the annotation '/a' on Kubernetes: ${KEY}`],
  ['who asks for metrics', () => new KubernetesTarget({ monitoring: { labels: { app: 'my prometheus' } } }),
    `KubernetesTarget.monitoring cannot give the label 'app' the value 'my prometheus' on Kubernetes: ${VALUE}`],
  ['the domain', () => new KubernetesTarget({ clusterDomain: 'cluster local' }), "KubernetesTarget cannot take 'cluster local' for clusterDomain: give a domain such as 'cluster.local'"],
  ['copies without an answer', () => Autoscaler.keda({ fallbackReplicas: -1 }), 'Autoscaler.keda() cannot have fallbackReplicas -1: give a whole number from 0'],
  ['how often KEDA asks', () => Autoscaler.keda({ pollingInterval: Duration.millis(500) }), 'Autoscaler.keda() cannot have pollingInterval in seconds 0.5: give a whole number from 1'],
  ['pods of a quota', () => new KubernetesTarget({ createNamespace: true, namespaceQuota: { pods: 0.5 } }), 'KubernetesTarget.namespaceQuota cannot have pods 0.5: give a whole number from 1'],
  ['the same node, too early', () => new KubernetesTarget({ version: '1.34', trafficDistribution: TrafficDistribution.PREFER_SAME_NODE }),
    "KubernetesTarget cannot have callers prefer copies on their node with version '1.34': give version '1.35' or newer, or TrafficDistribution.PREFER_SAME_ZONE"],
])('%s', (_, declare, message) => {
  expect(declare).toThrow(new Error(message));
});

const EDGE = '[new KubernetesTarget({ edge })]';
const TARGET = '[new KubernetesTarget()]';

test.each<[string, () => unknown, string]>([
  ['the software of a Gateway', () => KubernetesEdge.gateway({ implementation: 'istio' as any }),
    `KubernetesEdge.gateway() cannot take 'istio' for implementation: give a choice such as GatewayImplementation.istio() ${EDGE}`],
  ['that of another', () => KubernetesEdge.existingGateway({ name: 'public', implementation: GatewayImplementation as any }),
    `KubernetesEdge.existingGateway() cannot take a class for implementation: give a choice such as GatewayImplementation.istio() ${EDGE}`],
  ['a time', () => KubernetesEdge.gateway({ deregistration: 10 as any }),
    `KubernetesEdge.gateway() cannot take 10 for deregistration: give a Duration such as Duration.seconds(30) ${EDGE}`],
  ['a part of a second', () => KubernetesEdge.ingress({ className: 'nginx', deregistration: Duration.millis(1500) }),
    `KubernetesEdge.ingress() cannot take 1.5 s for deregistration: give a Duration of whole seconds, 0 or more ${EDGE}`],
  ['a time of proxies', () => KubernetesEdge.ownProxies({ proxyDeregistration: '30s' as any }),
    `KubernetesEdge.ownProxies() cannot take '30s' for proxyDeregistration: give a Duration such as Duration.seconds(30) ${EDGE}`],
  ['one range', () => KubernetesEdge.gateway({ proxyRanges: '10.0.0.0/8' as any }),
    `KubernetesEdge.gateway() cannot take '10.0.0.0/8' for proxyRanges: give a list such as ['203.0.113.0/24'] ${EDGE}`],
  ['one range of visitors', () => KubernetesEdge.ownProxies({ sourceRanges: '10.0.0.0/8' as any }),
    `KubernetesEdge.ownProxies() cannot take '10.0.0.0/8' for sourceRanges: give a list such as ['203.0.113.0/24'] ${EDGE}`],
  ['labels as a text', () => KubernetesEdge.gateway({ proxyLabels: 'app=proxy' as any }),
    `KubernetesEdge.gateway() cannot take 'app=proxy' for proxyLabels: give an object of names and values such as { app: 'proxy' } ${EDGE}`],
  ['a number in a label', () => KubernetesEdge.gateway({ proxyLabels: { tier: 1 } as any }),
    `KubernetesEdge.gateway() cannot take 1 for proxyLabels['tier']: give a text, '1' ${EDGE}`],
  ['a truth in an annotation', () => KubernetesEdge.ingress({ className: 'nginx', annotations: { 'acme.example/fast': true } as any }),
    `KubernetesEdge.ingress() cannot take true for annotations['acme.example/fast']: give a text, 'true' ${EDGE}`],
  ['a policy', () => KubernetesEdge.ownProxies({ externalTrafficPolicy: 'local' as any }),
    `KubernetesEdge.ownProxies() cannot take 'local' for externalTrafficPolicy: give ExternalTrafficPolicy.LOCAL or ExternalTrafficPolicy.CLUSTER ${EDGE}`],
  ['a class of load balancers', () => KubernetesEdge.ownProxies({ loadBalancerClass: 5 as any }),
    "KubernetesEdge.ownProxies() cannot take '5' for loadBalancerClass: give a name such as 'service.k8s.aws/nlb'"],
  ['a Gateway without a name', () => KubernetesEdge.existingGateway({} as any), 'KubernetesEdge.existingGateway() cannot do without name: give the name of an object of Kubernetes'],
  ['an Ingress without a class', () => KubernetesEdge.ingress({} as any), 'KubernetesEdge.ingress() cannot do without className: give the name of an object of Kubernetes'],
  ['a Gateway of no class', () => (GatewayImplementation.other as any)(), 'GatewayImplementation.other() cannot do without className: give the name of an object of Kubernetes'],
  ['a plug-in without a name', () => (NetworkPlugin.other as any)(), 'NetworkPlugin.other() cannot take nothing for name: give what it is called, which the report says'],
  ['an option of published ports', () => new KubernetesTarget({ publishedServices: { annotation: {} } as any }),
    `KubernetesTarget.publishedServices has no prop 'annotation': did you mean 'annotations'? ${TARGET}`],
  ['a policy of published ports', () => new KubernetesTarget({ publishedServices: { externalTrafficPolicy: 'local' as any } }),
    `KubernetesTarget.publishedServices cannot take 'local' for externalTrafficPolicy: give ExternalTrafficPolicy.LOCAL or ExternalTrafficPolicy.CLUSTER ${TARGET}`],
  ['an option of monitoring', () => new KubernetesTarget({ monitoring: { nameSpace: 'metrics' } as any }),
    `KubernetesTarget.monitoring has no prop 'nameSpace': did you mean 'namespace'? ${TARGET}`],
  ['monitoring as such', () => new KubernetesTarget({ monitoring: true as any }), `KubernetesTarget.monitoring cannot be made of boolean: give its props as an object ${TARGET}`],
  ['an option of a quota', () => new KubernetesTarget({ createNamespace: true, namespaceQuota: { memmory: 1 } as any }),
    `KubernetesTarget.namespaceQuota has no prop 'memmory': did you mean 'memory'? ${TARGET}`],
  ['memory of a quota', () => new KubernetesTarget({ createNamespace: true, namespaceQuota: { memory: '2Gi' as any } }),
    `KubernetesTarget.namespaceQuota cannot take '2Gi' for memory: give a Size such as Size.gibibytes(16) ${TARGET}`],
  ['processors of a quota', () => new KubernetesTarget({ createNamespace: true, namespaceQuota: { cpu: 2 as any } }),
    `KubernetesTarget.namespaceQuota cannot take 2 for cpu: give an amount such as Cpu.millis(250) ${TARGET}`],
  ['no processor time at all', () => new KubernetesTarget({ cpuLimit: Cpu.millis(0) }),
    `KubernetesTarget cannot take 0 thousandths of a core for cpuLimit: give a whole number of them from 1, such as Cpu.millis(250) ${TARGET}`],
  ['one name server', () => new KubernetesTarget({ nameServers: '10.96.0.10/32' as any }), `KubernetesTarget cannot take '10.96.0.10/32' for nameServers: give a list such as ['10.96.0.10/32'] ${TARGET}`],
  ['an option of KEDA', () => Autoscaler.keda({ pollInterval: Duration.seconds(5) } as any),
    "Autoscaler.keda() has no prop 'pollInterval': did you mean 'pollingInterval'? [new KubernetesTarget({ autoscaler })]"],
  ['a time of KEDA', () => Autoscaler.keda({ pollingInterval: 5 as any }),
    'Autoscaler.keda() cannot take 5 for pollingInterval: give a Duration such as Duration.seconds(15) [new KubernetesTarget({ autoscaler })]'],
])('a compiler would have refused %s', (_, declare, message) => {
  expect(declare).toThrow(new Error(message));
});

test('what is usual is taken', () => {
  expect(() => [
    KubernetesEdge.existingGateway({ name: 'public.acme', httpListener: 'http-80' }),
    KubernetesEdge.ownProxies({ loadBalancerClass: 'service.k8s.aws/nlb', sourceRanges: ['2001:db8::/32'], annotations: { 'metallb.io/Address-Pool': 'public' } }),
    new KubernetesTarget({ monitoring: { labels: {} }, clusterDomain: 'acme.local' }),
  ]).not.toThrow();
});
