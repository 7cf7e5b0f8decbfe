import { Chart, type ApiObject, type App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import { walk } from '../../util/tree-walk';
import { checkProps } from '../../validation/props';
import type {
  HostSlot, IssuerSlot, LinkSlot, LoadBalancerSlot, NetworkSlot, PodsSlot, RouteSlot, SecretSlot, SharedVolumeSlot, StreamRouteSlot,
  WorkloadSlot,
} from '../slots';
import { Target, type OutputFile, type SynthContext } from '../target';
import { loadBalancerAnswers, networkAnswers, workloadAnswers } from './answers';
import { Autoscaler } from './autoscaler';
import { scaler, scalerKind } from './autoscaling';
import { hasBudget, podDisruptionBudget } from './availability';
import { checkCertManager } from './cert-manager-version';
import { checkChoices, checkNested } from './choice-checks';
import { configMap } from './config-map';
import { CreatedNamespaces } from './created-namespaces';
import { cronJob } from './cron-job';
import { deployment } from './deployment';
import { edgeObjects, type EdgeObjects } from './edges/edge-objects';
import { KubernetesEdge } from './edges/kubernetes-edge';
import { foreignControllers } from './foreign-controllers';
import { checkGatewayApi } from './gateway-api-version';
import { issuerObjects } from './issuer-objects';
import { kindOf } from './kinds';
import { KUBERNETES_PROPS } from './kubernetes-prop-names';
import type { KubernetesTargetProps } from './kubernetes-target-props';
import { settleWorkload } from './late-objects';
import { ManifestFile } from './manifest-file';
import { manifestFiles } from './manifest-files';
import { metricsRemark, monitoringOf, podMonitor } from './monitoring';
import { attachmentDefinition } from './multus';
import { nameServersOf } from './name-servers';
import { serviceName } from './names';
import { unprotectedNamespaces } from './namespace-protection';
import { NetworkPlugin } from './network-plugin';
import { networkPolicy, podsPolicy } from './network-policy';
import { ObjectHanger } from './object-hanger';
import { checkDomain, checkNodes } from './option-checks';
import type { KubernetesOptions } from './options';
import { qualityOfService } from './quality-of-service';
import { recommendations, recommendationsRemark } from './recommendations';
import { ReleaseTool } from './release-tool';
import { ReleaseWaves } from './release-waves';
import { externalSecret } from './secrets';
import { externalName, headlessService, publishedService, service } from './service';
import { serviceAccount } from './service-account';
import { headlessName, statefulSet } from './stateful-set';
import { claimName, FILES_KEPT, KEPT, persistentVolumeClaim, sharedVolumeClaim } from './storage';
import { checkTrafficDistribution, TrafficDistribution } from './traffic-distribution';
import { kubernetesFindings } from './validate';
import { chartLabels } from './validate-names';
import { patchedFindings } from './validate-patched';
import { checkVersion } from './versions';
import type { LoadBalancerAnswers, NetworkAnswers, WorkloadAnswers } from '../../model/answer';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { NetworkModel } from '../../model/network';

export { Autoscaler, KedaOptions } from './autoscaler';
export { GatewayApiChannel } from './gateway-api-version';
export { NamespaceQuota } from './namespace-quota';
export { MonitoringOptions } from './monitoring';
export { NetworkPlugin } from './network-plugin';
export { ReleaseTool } from './release-tool';
export { TrafficDistribution } from './traffic-distribution';

/**
 * A manifest for each chart: `CHART.k8s.yaml`.
 *
 * A workload is a Deployment, a StatefulSet or a CronJob with all that makes it highly available and safe; a load
 * balancer is a Gateway with HTTPRoutes, and certificates are cert-manager's. `KubernetesObjects` gives each object.
 */
export class KubernetesTarget extends Target {
  private readonly createNamespace: boolean;
  private readonly options: KubernetesOptions;
  private readonly late: (() => void)[] = [];
  private readonly edge: EdgeObjects;
  private readonly loadBalancers = new WeakMap<IConstruct, LoadBalancerSlot>();
  /** Names of the copies of stateful services, where there are several. */
  private readonly copyNames = new WeakMap<IConstruct, string[]>();
  /** Namespaces of callees, by the caller's and their names. */
  private readonly namesFrom = new Map<string, string>();
  private readonly namespaces: CreatedNamespaces;
  private readonly bound: Chart[] = [];
  private root?: IConstruct;

  /**
   * @param props options
   */
  public constructor(props: KubernetesTargetProps = {}) {
    super('kubernetes', props);
    checkProps('new KubernetesTarget()', 'KubernetesTarget', props, KUBERNETES_PROPS);
    checkChoices(props);
    checkNested(props);
    this.createNamespace = props.createNamespace ?? false;
    if (props.namespaceQuota !== undefined && !this.createNamespace) {
      throw new Error('KubernetesTarget cannot have a namespaceQuota for namespaces that it does not create:'
        + ' give createNamespace: true, or leave the quota to their owner');
    }
    const version = checkVersion(props.version ?? '1.33');
    this.options = {
      version,
      networkPlugin: props.networkPlugin ?? NetworkPlugin._unknown(),
      monitoring: monitoringOf(props.monitoring),
      nameServers: nameServersOf(props.nameServers),
      edge: props.edge ?? KubernetesEdge.gateway(),
      gatewayApi: checkGatewayApi(props),
      publishedServices: props.publishedServices ?? {},
      trafficDistribution: checkTrafficDistribution(props.trafficDistribution ?? TrafficDistribution.EVEN, version),
      certManager: checkCertManager(props.certManagerVersion ?? '1.18'),
      cpuLimitMillis: props.cpuLimit?.amountMillis,
      nodes: checkNodes(props.nodes),
      clusterDomain: checkDomain(props.clusterDomain ?? 'cluster.local'),
      multus: props.multus ?? false,
      userNamespaces: props.userNamespaces,
      autoscaler: props.autoscaler ?? Autoscaler.horizontal(),
      resourceRecommendations: props.resourceRecommendations ?? false,
      releaseTool: props.releaseTool ?? ReleaseTool.kubectl(),
      waves: new ReleaseWaves(),
      sharedVolumes: new Map(),
      patched: new Set(),
    };
    this.edge = edgeObjects(this.options);
    this.namespaces = new CreatedNamespaces(props.namespaceQuota, this.options);
  }

  /** @inheritdoc */
  public bindChart(chart: Chart): void {
    this.root = chart.node.root;
    this.bound.push(chart);
    new ManifestFile(chart);
    if (this.createNamespace) this.namespaces.add(chart);
  }

  /** @inheritdoc */
  public bindWorkload(slot: WorkloadSlot): void {
    const { name, facts } = slot;
    const hanger = ObjectHanger.of(slot, this.options);
    hanger.add('ServiceAccount', name, serviceAccount);
    // None holds for who has the network of the node.
    if (facts.networkMode?.kind !== NetworkModeKind.HOST) hanger.add('NetworkPolicy', name, networkPolicy);
    const [kind, controller] = CONTROLLERS[facts.kind];
    slot.scope.node.defaultChild = hanger.add(kind, name, controller);
    if (facts.ports.length > 0) hanger.add('Service', name, service);
    if (facts.publishedPorts.length > 0) hanger.add('Service', serviceName(name, 'published'), publishedService, { id: 'published-service' });
    if (facts.kind === WorkloadKind.STATEFUL) {
      hanger.add('Service', headlessName(name), (workload) => headlessService(workload), { id: 'headless-service' });
      const copies = facts.replicas > 1 ? Array.from({ length: facts.replicas }, (_, copy) => `${name}-${copy}`) : [];
      copies.forEach((copyName, copy) => hanger.add('Service', copyName, (workload) => headlessService(workload, copy), { id: `copy-service-${copy}` }));
      this.copyNames.set(slot.scope, copies);
    }
    if (hasBudget(facts)) hanger.add('PodDisruptionBudget', name, podDisruptionBudget);
    if (facts.maxReplicas !== undefined) hanger.add(scalerKind(this.options), name, scaler);
    if (this.options.resourceRecommendations) hanger.add('VerticalPodAutoscaler', name, recommendations(kind));
    if (facts.metricsPort !== undefined && this.options.monitoring.podMonitorLabels !== undefined) hanger.add('PodMonitor', name, podMonitor);
    if (facts.hasFiles) hanger.add('ConfigMap', `${name}-config`, configMap, { annotations: FILES_KEPT });
    for (const volume of facts.volumes) {
      if (volume.kind !== VolumeKind.PERSISTENT || volume.existingName !== undefined || facts.kind === WorkloadKind.STATEFUL) continue;
      const body = persistentVolumeClaim(volume);
      hanger.add('PersistentVolumeClaim', claimName(name, volume), () => body, { id: `volume-${volume.name}`, annotations: KEPT });
    }
    this.late.push(() => settleWorkload(hanger, this.options));
  }

  /** @inheritdoc */
  public bindNetwork(slot: NetworkSlot): void {
    if (slot.facts.layer2 === undefined || !this.options.multus) return;
    ObjectHanger.of(slot, this.options).add('NetworkAttachmentDefinition', slot.name, attachmentDefinition);
  }

  /** @inheritdoc */
  public bindLink(slot: LinkSlot): void {
    const { scope, chart, callee, startAfter } = slot;
    const loadBalancer = this.loadBalancers.get(scope);
    if (loadBalancer !== undefined) return this.edge.bindLink(slot, loadBalancer);
    const calleeChart = Chart.of(callee);
    const [from, to] = [mainObject(scope), mainObject(callee)];
    if (from === undefined || to === undefined) return;
    // One object to one object: cdk8s would multiply a dependency between two constructs.
    if (startAfter && calleeChart === chart) from.addDependency(to);
    const { namespace } = calleeChart;
    if (namespace === undefined || namespace === chart.namespace) return;
    const { id } = callee.node;
    for (const name of [id, ...this.copyNames.get(callee) ?? []]) this.bringName(name, id, namespace, chart);
  }

  /** @inheritdoc */
  public bindPods(slot: PodsSlot): void {
    ObjectHanger.of(slot, this.options).add('NetworkPolicy', `${slot.scope.node.id}-${slot.name}`, podsPolicy, { id: `network-policy-${slot.name}` });
  }

  /** @inheritdoc */
  public bindLoadBalancer(slot: LoadBalancerSlot): void {
    this.loadBalancers.set(slot.scope, slot);
    this.edge.bindLoadBalancer(slot);
  }

  /** @inheritdoc */
  public bindHost(slot: HostSlot): void {
    this.late.push(this.edge.bindHost(slot));
  }

  /** @inheritdoc */
  public bindRoute(slot: RouteSlot): void {
    this.late.push(this.edge.bindRoute(slot));
  }

  /** @inheritdoc */
  public bindStreamRoute(slot: StreamRouteSlot): void {
    this.late.push(this.edge.bindStreamRoute(slot));
  }

  /** @inheritdoc */
  public bindIssuer(slot: IssuerSlot): void {
    issuerObjects(slot, this.options);
  }

  /** @inheritdoc */
  public bindSecret({ scope, chart, name, model }: SecretSlot): void {
    if (model.externalSecret === undefined) return;
    new ObjectHanger(scope, chart, name, undefined, this.options).add('ExternalSecret', name, () => externalSecret(model));
  }

  /** @inheritdoc */
  public bindSharedVolume({ scope, chart, name, model }: SharedVolumeSlot): void {
    this.options.sharedVolumes.set(`${chart.node.path}/${name}`, model);
    if (model.existingName === undefined) {
      new ObjectHanger(scope, chart, name, undefined, this.options)
        .add('PersistentVolumeClaim', name, () => sharedVolumeClaim(model), { annotations: KEPT });
    }
  }

  /** @inheritdoc */
  public validate(app: AppModel): Finding[] {
    this.settle(app);
    return [
      ...kubernetesFindings(app, this.options),
      ...this.bound.flatMap(chartLabels),
      ...patchedFindings(this.options.patched, this.options),
      ...foreignControllers(app, this.root),
      ...this.namespaces.findings(app),
      ...unprotectedNamespaces(app, this.root),
    ];
  }

  /** @inheritdoc */
  public answerWorkload(workload: WorkloadModel, chart: ChartModel): WorkloadAnswers {
    return workloadAnswers(workload, chart, this.options);
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
  public remarks(app: AppModel): string[] {
    return [...qualityOfService(app, this.options), ...metricsRemark(app, this.options), ...recommendationsRemark(this.options)];
  }

  /** @inheritdoc */
  public files(context: SynthContext): OutputFile[] {
    this.settle(context.app);
    return manifestFiles(context.root as App, walk(context.root), { renders: (chart) => this.renders(chart) || this.namespaces.has(chart) });
  }

  /** A name of another namespace, for all callers of the chart. */
  private bringName(name: string, callee: string, namespace: string, chart: Chart): void {
    // Charts of one namespace share it.
    const key = `${chart.namespace}/${name}`;
    if (this.namesFrom.get(key) === namespace) return;
    this.namesFrom.set(key, namespace);
    const body = externalName(name, namespace, this.options.clusterDomain);
    new ObjectHanger(chart, chart, callee, undefined, this.options).addOnce('Service', name, () => body, { id: `name-${namespace}-${name}` });
  }

  private settle(app: AppModel): void {
    this.late.forEach((settle) => settle());
    if (this.options.releaseTool._hasWaves) this.options.waves.settle(app);
  }
}

const CONTROLLERS: { [kind in WorkloadKind]: [string, (workload: WorkloadModel, options: KubernetesOptions) => any] } = {
  [WorkloadKind.SERVICE]: ['Deployment', deployment],
  [WorkloadKind.WORKER]: ['Deployment', deployment],
  [WorkloadKind.STATEFUL]: ['StatefulSet', statefulSet],
  [WorkloadKind.JOB]: ['CronJob', cronJob],
};

/** The controller of a workload. */
function mainObject(construct: IConstruct): ApiObject | undefined {
  const object = Object.values(CONTROLLERS).map(([kind]) => construct.node.tryFindChild(kindOf(kind).id)).find((child) => child !== undefined);
  return object as ApiObject | undefined;
}
