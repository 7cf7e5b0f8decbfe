import { Chart, Lazy, type ApiObject, type App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { LoadBalancerAnswers, NetworkAnswers, WorkloadAnswers } from '../../model/answer';
import type { AppModel, ChartModel } from '../../model/app-model';
import { IssuerKind } from '../../model/certificate';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { NetworkModel } from '../../model/network';
import type { Cpu } from '../../model/resources';
import { VolumeKind } from '../../model/volume';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import { walk } from '../../util/tree-walk';
import type {
  HostSlot, IssuerSlot, LinkSlot, LoadBalancerSlot, PodsSlot, RouteSlot, SecretSlot, SharedVolumeSlot, WorkloadSlot,
} from '../slots';
import { Target, type OutputFile, type SynthContext, type TargetProps } from '../target';
import { loadBalancerAnswers, networkAnswers, workloadAnswers } from './answers';
import { horizontalPodAutoscaler, podDisruptionBudget } from './availability';
import { acmeIssuer, hostCertificate, localAuthority, solverPolicy } from './certificates';
import { gatewayPolicy } from './cilium-policy';
import { configMap } from './config-map';
import { cronJob } from './cron-job';
import { deployment } from './deployment';
import { backendTrafficPolicy, clientTrafficPolicy, envoyProxy } from './envoy-gateway';
import { gateway, httpRoute, redirectRoute, referenceGrant } from './gateway';
import { kindOf } from './kinds';
import { KubernetesEdge } from './kubernetes-edge';
import { userLabels } from './labels';
import { LateObjects } from './late-objects';
import { ManifestFile } from './manifest-file';
import { manifestFiles } from './manifest-files';
import { ManifestObject } from './manifest-object';
import { namespaceBody } from './namespace';
import { networkPolicy, podsPolicy } from './network-policy';
import { NetworkPlugin } from './network-plugin';
import { ObjectHanger, PREFIX } from './object-hanger';
import type { KubernetesOptions } from './options';
import { externalSecret } from './secrets';
import { externalName, headlessService, publishedService, service } from './service';
import { headlessName, statefulSet } from './stateful-set';
import { claimName, KEPT, persistentVolumeClaim, sharedVolumeClaim } from './storage';
import { kubernetesFindings } from './validate';
import { checkVersion } from './versions';

export { NetworkPlugin } from './network-plugin';

/**
 * Options of the Kubernetes target.
 */
export interface KubernetesTargetProps extends TargetProps {
  /**
   * The oldest Kubernetes that the manifests must work with: `1.33` to `1.36`.
   *
   * @default '1.33'
   */
  readonly version?: string;
  /**
   * Whether a Namespace object is written for each chart with a `namespace`, in a file of its own, protected from
   * pruning: who deletes a namespace deletes all that is in it.
   *
   * @default false
   */
  readonly createNamespace?: boolean;
  /**
   * The cluster's network plug-in. Policies are only as good as it.
   *
   * @default - not known: the report says under which condition isolation holds
   */
  readonly networkPlugin?: NetworkPlugin;
  /**
   * How visitors come in.
   *
   * @default KubernetesEdge.gateway()
   */
  readonly edge?: KubernetesEdge;
  /**
   * Most processor time a copy may use, unless its `resources` say so.
   *
   * @default - no limit
   */
  readonly cpuLimit?: Cpu;
  /**
   * The cluster's domain, the end of the full names of its Services.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
}

/**
 * A manifest for each chart: `CHART.k8s.yaml`.
 *
 * A workload is a Deployment, a StatefulSet or a CronJob with all that makes it highly available and safe; a load
 * balancer is a Gateway with HTTPRoutes, and certificates are cert-manager's. `KubernetesObjects` gives each object.
 */
export class KubernetesTarget extends Target {
  private readonly createNamespace: boolean;
  private readonly options: KubernetesOptions;
  private readonly hanger = new ObjectHanger();
  private readonly late: LateObjects;
  private readonly loadBalancers = new WeakSet<IConstruct>();
  private readonly namespaces = new Map<string, Chart>();
  private app: AppModel = { charts: [] };

  /**
   * @param props options
   */
  public constructor(props: KubernetesTargetProps = {}) {
    super('kubernetes', props);
    this.createNamespace = props.createNamespace ?? false;
    this.options = {
      version: checkVersion(props.version ?? '1.33'),
      networkPlugin: props.networkPlugin ?? NetworkPlugin._unknown(),
      edge: props.edge ?? KubernetesEdge.gateway(),
      cpuLimitMillis: props.cpuLimit?.amountMillis,
      clusterDomain: props.clusterDomain ?? 'cluster.local',
      sharedClaims: new Map(),
    };
    this.late = new LateObjects(this.hanger, this.options);
  }

  /** @inheritdoc */
  public bindChart(chart: Chart): void {
    new ManifestFile(chart);
    if (this.createNamespace) this.addNamespace(chart);
  }

  /** @inheritdoc */
  public bindWorkload(slot: WorkloadSlot): void {
    const { name, facts } = slot;
    const { options } = this;
    const add = (kind: string, objectName: string, render: (workload: WorkloadModel) => any, id?: string) =>
      this.hanger.add(slot, kind, objectName, slot.lazy({ render }), id === undefined ? undefined : { id });

    add('ServiceAccount', name, serviceAccount);
    add('NetworkPolicy', name, (workload) => networkPolicy(workload, options));
    slot.scope.node.defaultChild = this.addController(slot);
    if (facts.ports.length > 0) add('Service', name, service);
    if (facts.publishedPorts.length > 0) add('Service', `${name}-published`, publishedService, 'published-service');
    if (facts.kind === WorkloadKind.STATEFUL) {
      add('Service', headlessName(name), headlessService, 'headless-service');
      for (let copy = 0; copy < facts.replicas && facts.replicas > 1; copy++) {
        add('Service', `${name}-${copy}`, (workload) => headlessService(workload, copy), `copy-service-${copy}`);
      }
    }
    if ((facts.maxReplicas ?? facts.replicas) > 1 && facts.kind !== WorkloadKind.JOB) add('PodDisruptionBudget', name, podDisruptionBudget);
    if (facts.maxReplicas !== undefined) add('HorizontalPodAutoscaler', name, horizontalPodAutoscaler);
    if (facts.hasFiles) add('ConfigMap', `${name}-config`, configMap);
    if (facts.kind !== WorkloadKind.STATEFUL) this.addClaims(slot);
    this.late.remember({ workload: slot });
  }

  /** @inheritdoc */
  public bindLink(slot: LinkSlot): void {
    const { scope, chart, callee, startAfter } = slot;
    if (this.loadBalancers.has(scope)) return this.bindRoutedLink(slot);
    const calleeChart = Chart.of(callee);
    if (startAfter && calleeChart === chart) {
      // One object to one object: cdk8s would multiply a dependency between two constructs.
      const [from, to] = [mainObject(scope), mainObject(callee)];
      if (from !== undefined && to !== undefined) from.addDependency(to);
    }
    const { namespace } = calleeChart;
    const { id } = callee.node;
    if (namespace === undefined || namespace === chart.namespace || mainObject(callee) === undefined) return;
    // One for all callers of the chart.
    if (chart.node.tryFindChild(`${PREFIX}name-${namespace}-${id}`) !== undefined) return;
    const inChart = { ...slot, scope: chart };
    this.hanger.add(inChart, 'Service', id, externalName(id, namespace, this.options.clusterDomain), { id: `name-${namespace}-${id}`, of: id });
  }

  /** @inheritdoc */
  public bindPods(slot: PodsSlot): void {
    const body = slot.lazy({ render: (pods) => podsPolicy(pods, this.options) });
    this.hanger.add(slot, 'NetworkPolicy', `${slot.scope.node.id}-${slot.name}`, body, { id: `network-policy-${slot.name}` });
  }

  /** @inheritdoc */
  public bindLoadBalancer(slot: LoadBalancerSlot): void {
    const { edge } = this.options;
    const add = (kind: string, render: (model: LoadBalancerModel) => any) => this.hanger.add(slot, kind, slot.name, slot.lazy({ render }));
    this.loadBalancers.add(slot.scope);
    if (edge.isOwn) {
      slot.scope.node.defaultChild = add('Gateway', (model) => gateway(model, edge));
    }
    if (!edge.isEnvoyGateway) return;
    add('BackendTrafficPolicy', (model) => backendTrafficPolicy(model, edge));
    if (!edge.isOwn) return;
    add('EnvoyProxy', (model) => envoyProxy(model, edge));
    add('ClientTrafficPolicy', clientTrafficPolicy);
  }

  /** @inheritdoc */
  public bindHost(slot: HostSlot): void {
    const { edge } = this.options;
    const of = slot.scope.node.id;
    if (slot.secure && edge.isOwn) {
      const body = slot.lazy({ render: (model) => hostCertificate(slot.host, model.hosts.find(({ name }) => name === slot.host)!.issuer!) });
      this.hanger.add(slot, 'Certificate', slot.name, body, { id: `certificate-${slot.name}`, of });
    }
    if (slot.secure || slot.redirectTo !== undefined) {
      const body = slot.lazy({ render: (model) => redirectRoute(slot.host, model, edge) });
      this.hanger.add(slot, 'HTTPRoute', `${slot.name}-redirect`, body, { id: `redirect-${slot.name}`, of });
    }
    this.late.remember({ host: slot });
  }

  /** @inheritdoc */
  public bindRoute(slot: RouteSlot): void {
    const body = slot.lazy({ render: (route, model) => httpRoute(route, model, this.options.edge) });
    this.hanger.add(slot, 'HTTPRoute', slot.name, body, { id: `route-${slot.name}`, of: slot.scope.node.id });
    this.late.remember({ route: slot });
  }

  /** @inheritdoc */
  public bindIssuer(slot: IssuerSlot): void {
    const { name, facts } = slot;
    const { edge } = this.options;
    // The certificates of a Gateway that exists already are its owner's.
    if (!edge.isOwn) return;
    if (facts.kind === IssuerKind.ACME) {
      const issuer = slot.lazy({ render: (model, balancers) => acmeIssuer(model, balancers, edge) });
      slot.scope.node.defaultChild = this.hanger.add(slot, 'Issuer', name, issuer);
      if (facts.dns01 !== undefined) return;
      const policy = slot.lazy({ render: (_, balancers) => solverPolicy(balancers, this.options) });
      this.hanger.add(slot, 'NetworkPolicy', `${name}-http01-solver`, policy);
    } else if (facts.kind === IssuerKind.LOCAL) {
      slot.scope.node.defaultChild = this.hanger.add(slot, 'Issuer', name, localAuthority.issuer(facts));
      this.hanger.add(slot, 'Issuer', `${name}-self-signed`, localAuthority.selfSigned, { id: 'self-signed' });
      this.hanger.add(slot, 'Certificate', `${name}-root`, localAuthority.root(facts));
    }
  }

  /** @inheritdoc */
  public bindSecret(slot: SecretSlot): void {
    if (slot.model.externalSecret === undefined) return;
    this.hanger.add(slot, 'ExternalSecret', slot.name, externalSecret(slot.model));
  }

  /** @inheritdoc */
  public bindSharedVolume(slot: SharedVolumeSlot): void {
    const { model, name, chart } = slot;
    if (model.existingName !== undefined) {
      this.options.sharedClaims.set(`${chart.node.path}/${name}`, model.existingName);
    } else {
      this.hanger.add(slot, 'PersistentVolumeClaim', name, sharedVolumeClaim(model), { annotations: KEPT });
    }
  }

  /** @inheritdoc */
  public validate(app: AppModel): Finding[] {
    this.app = app;
    this.late.settle();
    return kubernetesFindings(app, this.options);
  }

  /** @inheritdoc */
  public answerWorkload(workload: WorkloadModel, _chart: ChartModel): WorkloadAnswers {
    return workloadAnswers(workload, this.options);
  }

  /** @inheritdoc */
  public answerNetwork(network: NetworkModel, _chart: ChartModel): NetworkAnswers {
    return networkAnswers(network, this.options);
  }

  /** @inheritdoc */
  public answerLoadBalancer(loadBalancer: LoadBalancerModel, _chart: ChartModel): LoadBalancerAnswers {
    return loadBalancerAnswers(loadBalancer, this.options);
  }

  /** @inheritdoc */
  public files(context: SynthContext): OutputFile[] {
    this.app = context.app;
    this.late.settle();
    const ours = new Set(this.namespaces.values());
    return manifestFiles(context.root as App, walk(context.root), { renders: (chart) => this.renders(chart) || ours.has(chart) });
  }

  private addController(slot: WorkloadSlot): ManifestObject {
    const [kind, render] = CONTROLLERS[slot.facts.kind];
    return this.hanger.add(slot, kind, slot.name, slot.lazy({ render: (workload) => render(workload, this.options) }));
  }

  private addClaims(slot: WorkloadSlot): void {
    for (const volume of slot.facts.volumes) {
      if (volume.kind !== VolumeKind.PERSISTENT || volume.existingName !== undefined) continue;
      const name = claimName(slot.name, volume);
      this.hanger.add(slot, 'PersistentVolumeClaim', name, persistentVolumeClaim(volume), { id: `volume-${volume.name}`, annotations: KEPT });
    }
  }

  /** A route to another namespace needs leave there; Cilium's own Gateway is let in by a policy of its own kind. */
  private bindRoutedLink(slot: LinkSlot): void {
    const { chart, callee, name } = slot;
    const calleeChart = Chart.of(callee);
    const atCallee = { ...slot, scope: callee as any, chart: calleeChart, name: callee.node.id };
    if (calleeChart.namespace !== chart.namespace && chart.namespace !== undefined) {
      const grant = referenceGrant(chart.namespace, callee.node.id);
      this.hanger.add(atCallee, 'ReferenceGrant', `${callee.node.id}-from-${chart.namespace}`, grant, { id: `reference-grant-${chart.namespace}` });
    }
    if (this.options.edge.className === 'cilium') {
      const body = slot.lazy({ render: ({ connection }) => gatewayPolicy(callee.node.id, connection.ports.map(({ number }) => number)) });
      this.hanger.add(atCallee, 'CiliumNetworkPolicy', name, body, { id: `link-${name}` });
    }
  }

  /** In a chart of its own, so that it gets a file of its own; several charts may share a namespace. */
  private addNamespace(chart: Chart): void {
    const { namespace } = chart;
    if (namespace === undefined) {
      throw new Error(`KubernetesTarget cannot create a namespace for chart '${chart.node.id}', which names none:`
        + ` new Chart(app, '${chart.node.id}', { namespace: '${chart.node.id}' }) [${chart.node.path}]`);
    }
    if (this.namespaces.has(namespace)) return;
    const own = new Chart(chart.node.scope!, `${chart.node.id}-namespace`);
    this.namespaces.set(namespace, own);
    new ManifestObject(own, `${PREFIX}namespace`, {
      kind: kindOf('Namespace'),
      name: namespace,
      annotations: KEPT,
      body: Lazy.any({ produce: () => namespaceBody(this.app.charts.filter((model) => model.namespace === namespace)) }),
    });
  }
}

const CONTROLLERS: { [kind in WorkloadKind]: [string, (workload: WorkloadModel, options: KubernetesOptions) => any] } = {
  [WorkloadKind.SERVICE]: ['Deployment', deployment],
  [WorkloadKind.WORKER]: ['Deployment', deployment],
  [WorkloadKind.STATEFUL]: ['StatefulSet', statefulSet],
  [WorkloadKind.JOB]: ['CronJob', cronJob],
};

/** An identity of its own for each workload, so that rights can be given to it alone; it needs none by itself. */
function serviceAccount(workload: WorkloadModel): any {
  return { automountServiceAccountToken: false, metadata: { labels: userLabels(workload) } };
}

/** The controller of a workload. */
function mainObject(construct: IConstruct): ApiObject | undefined {
  const object = Object.values(CONTROLLERS).map(([kind]) => construct.node.tryFindChild(PREFIX + kindOf(kind).id)).find((child) => child !== undefined);
  return object as ApiObject | undefined;
}
