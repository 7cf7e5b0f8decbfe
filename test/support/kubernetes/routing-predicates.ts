import { Problem } from '../problem';
import { KubernetesObject, KubernetesObjects, namespaceOf, PodTemplate, problem } from './objects';
import { hasIssuerAnnotation, secretsUsed } from './references';

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];

interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
}

export function serviceTargetsExist(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('Service').flatMap((service) => {
    const { selector, ports = [], type } = service.spec ?? {};
    if (selector === undefined || type === 'ExternalName') return [];
    // The pods that answer a certificate authority come and go.
    if (selector['acme.cert-manager.io/http01-solver'] === 'true') return [];
    // The controller labels each pod of a StatefulSet with its name; the template cannot hold it.
    const { 'statefulset.kubernetes.io/pod-name': _, ...ofTemplate } = selector;
    const pods = objects.podsMatching({ matchLabels: ofTemplate }, namespaceOf(service));
    if (pods.length === 0) {
      const external = objects.isExternal('Service', service.metadata.name);
      return external ? [] : [problem('service-target', service, '/spec/selector', 'selects no pod of this file')];
    }
    return ports.flatMap((port: Record<string, any>) => {
      const target = port.targetPort ?? port.port;
      return pods.filter((pod) => !opens(pod, target, port.protocol ?? 'TCP')).map((pod) =>
        problem('service-target', service, `/spec/ports/${port.name ?? port.port}`, `${pod.owner.kind}/${pod.owner.metadata.name} has no port ${target}`));
    });
  });
}

export function routeBackendsExist(objects: KubernetesObjects): Problem[] {
  return objects.ofKind(...ROUTES).flatMap((route) => (route.spec?.rules ?? []).flatMap((rule: Record<string, any>, i: number) => {
    const mirrors = (rule.filters ?? []).map((filter: Record<string, any>) => filter.requestMirror?.backendRef).filter(Boolean);
    return [...rule.backendRefs ?? [], ...mirrors].flatMap((backend: BackendRef) => checkBackend(objects, route, backend, `/spec/rules/${i}`));
  }));
}

export function routeParentsExist(objects: KubernetesObjects): Problem[] {
  return objects.ofKind(...ROUTES).flatMap((route) => (route.spec?.parentRefs ?? []).flatMap((parent: Record<string, any>, i: number) => {
    const kind = parent.kind ?? 'Gateway';
    const target = objects.find(kind, parent.name, parent.namespace ?? namespaceOf(route));
    const wrong = (message: string) => [problem('route-parent', route, `/spec/parentRefs/${i}`, message)];
    if (target === undefined) return objects.isExternal(kind, parent.name) ? [] : wrong(`there is no ${kind} ${parent.name}`);
    const listeners: Record<string, any>[] = target.spec?.listeners ?? [];
    if (parent.sectionName !== undefined && kind !== 'Service' && !listeners.some(({ name }) => name === parent.sectionName)) {
      return wrong(`${kind} ${parent.name} has no listener ${parent.sectionName}`);
    }
    const candidates = listeners.filter(({ name }) => parent.sectionName === undefined || name === parent.sectionName);
    const open = candidates.some(({ hostname }) => hostname === undefined || (route.spec.hostnames ?? []).length === 0
      || route.spec.hostnames.some((host: string) => hostsMeet(host, hostname)));
    return open || kind === 'Service' ? [] : wrong(`no listener of ${kind} ${parent.name} takes the hosts ${JSON.stringify(route.spec.hostnames)}`);
  }));
}

export function ingressBackendsExist(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('Ingress').flatMap((ingress) => {
    const paths: Record<string, any>[] = (ingress.spec?.rules ?? []).flatMap((rule: Record<string, any>) => rule.http?.paths ?? []);
    return [ingress.spec?.defaultBackend, ...paths.map((path) => path.backend)].filter((backend) => backend?.service).flatMap(({ service }) => {
      const target = objects.find('Service', service.name, namespaceOf(ingress));
      if (target === undefined && objects.isExternal('Service', service.name)) return [];
      const { number, name } = service.port ?? {};
      const found = (target?.spec?.ports ?? []).some((port: Record<string, any>) => name === undefined ? port.port === number : port.name === name);
      const message = target ? `Service ${service.name} has no port ${JSON.stringify(service.port)}` : `there is no Service ${service.name}`;
      return found ? [] : [problem('route-backend', ingress, '/spec', message)];
    });
  });
}

/** A certificate nobody refers to, or a listener whose host its certificate does not name. */
export function certificatesMeetListeners(objects: KubernetesObjects): Problem[] {
  const uses = tlsUses(objects);
  const certificates = objects.ofKind('Certificate');
  const used = [...uses.map(({ secret }) => secret), ...secretsUsed(objects)];
  const unused = certificates.filter((certificate) => !used.includes(certificate.spec?.secretName))
    .filter((certificate) => certificate.spec?.isCA !== true)
    .map((certificate) => problem('certificate', certificate, '/spec/secretName', `nothing refers to the Secret ${certificate.spec?.secretName}`));
  const wrong = uses.flatMap(({ owner, path, secret, namespace, hosts }) => {
    if (namespace !== namespaceOf(owner) && !isGranted(objects, owner, namespace, 'Secret', secret)) {
      return [problem('certificate', owner, path, `no ReferenceGrant in ${namespace} allows the Secret ${secret}`)];
    }
    const certificate = certificates.find((c) => c.spec?.secretName === secret && namespaceOf(c) === namespace);
    if (certificate === undefined) {
      const made = hasIssuerAnnotation(owner) || objects.exists('Secret', secret, namespace);
      return made ? [] : [problem('certificate', owner, path, `nothing makes the Secret ${secret}`)];
    }
    return hosts.filter((host) => !(certificate.spec.dnsNames ?? []).some((name: string) => covers(name, host)))
      .map((host) => problem('certificate', owner, path, `the Certificate ${certificate.metadata.name} does not name ${host}`));
  });
  return [...unused, ...wrong];
}

interface TlsUse {
  readonly owner: KubernetesObject;
  readonly path: string;
  readonly secret: string;
  readonly namespace: string | undefined;
  readonly hosts: readonly string[];
}

function tlsUses(objects: KubernetesObjects): TlsUse[] {
  const listeners = objects.ofKind('Gateway', 'ListenerSet').flatMap((owner) => (owner.spec?.listeners ?? []).flatMap((listener: Record<string, any>) =>
    (listener.tls?.certificateRefs ?? []).map((reference: { name: string; namespace?: string }): TlsUse => ({
      owner, path: `/spec/listeners/${listener.name}`, secret: reference.name, namespace: reference.namespace ?? namespaceOf(owner), hosts: listener.hostname ? [listener.hostname] : [],
    }))));
  const ingresses = objects.ofKind('Ingress').flatMap((owner) => (owner.spec?.tls ?? []).filter((tls: Record<string, any>) => tls.secretName)
    .map((tls: Record<string, any>): TlsUse => ({ owner, path: '/spec/tls', secret: tls.secretName, namespace: namespaceOf(owner), hosts: tls.hosts ?? [] })));
  return [...listeners, ...ingresses];
}

function checkBackend(objects: KubernetesObjects, route: KubernetesObject, backend: BackendRef, path: string): Problem[] {
  const wrong = (message: string) => [problem('route-backend', route, path, message)];
  const kind = backend.kind ?? 'Service';
  const namespace = backend.namespace ?? namespaceOf(route);
  const target = objects.find(kind, backend.name, namespace);
  if (target === undefined) return objects.isExternal(kind, backend.name) ? [] : wrong(`there is no ${kind} ${backend.name}`);
  if (kind === 'Service' && !(target.spec?.ports ?? []).some((port: { port: number }) => port.port === backend.port)) {
    return wrong(`Service ${backend.name} has no port ${backend.port}`);
  }
  const granted = namespace === namespaceOf(route) || isGranted(objects, route, namespace, kind, backend.name);
  return granted ? [] : wrong(`no ReferenceGrant in ${namespace} allows this`);
}

function isGranted(objects: KubernetesObjects, owner: KubernetesObject, namespace: string | undefined, kind: string, name: string): boolean {
  return objects.ofKind('ReferenceGrant').some((grant) => namespaceOf(grant) === namespace
    && (grant.spec?.from ?? []).some((from: Record<string, string>) => from.kind === owner.kind && from.namespace === namespaceOf(owner))
    && (grant.spec?.to ?? []).some((to: Record<string, string>) => to.kind === kind && (to.name === undefined || to.name === name)));
}

function opens(pod: PodTemplate, target: string | number, protocol: string): boolean {
  return pod.ports.some((port) => (port.protocol ?? 'TCP') === protocol && (port.name === target || port.containerPort === target));
}

/** Whether a certificate's name stands for a host: a wildcard is one label. */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && host.replace(/^[^.]+/, '*') === name);
}

/** Whether a route's host and a listener's have hosts in common: here a wildcard is any number of labels. */
function hostsMeet(a: string, b: string): boolean {
  const within = (host: string, pattern: string) => pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
  return a === b || within(a, b) || within(b, a);
}
