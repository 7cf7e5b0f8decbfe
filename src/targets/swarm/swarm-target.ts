import { Lazy, type Chart } from 'cdk8s';
import { loadBalancerAnswers, networkAnswers, workloadAnswers } from './answers';
import { companionOverlays, stackCompanions, stackSteps } from './companions';
import { earlyServices, swarmPlan } from './deploy-plan';
import { stackConfig, stackConfigs } from './files';
import { loadBalancerConfigs, stackLoadBalancer, stackLoadBalancerService } from './load-balancer';
import { scriptConfigName, secretName } from './names';
import { groupOverlay, linkOverlay, ownOverlays, plainLinksRemark, sharedOverlay } from './networks';
import { EndpointMode, PublishMode, type SwarmOptions } from './options';
import { stackService } from './service';
import { swarmFindings } from './validation';
import type { LoadBalancerAnswers, NetworkAnswers, WorkloadAnswers } from '../../model/answer';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { LinkModel, NetworkModel } from '../../model/network';
import { Placement } from '../../model/placement';
import type { Cpu } from '../../model/resources';
import { VolumeKind } from '../../model/volume';
import type { WorkloadModel } from '../../model/workload';
import { chartName } from '../../util/chart-name';
import { dictionary } from '../../util/dictionary';
import { joined } from '../../util/lists';
import { shellFile } from '../../util/shell-file';
import { stringifyYaml } from '../../util/yaml';
import { checkImage } from '../../validation/image';
import * as messages from '../../validation/messages';
import { checkChoice, checkCpu, checkInstance, checkProps, type PropNames } from '../../validation/props';
import { isWholeNumber } from '../../validation/syntax';
import { linkPlaces, linksAcross, withoutScript } from '../compose/across-charts';
import { fileKey } from '../compose/container';
import { copyServices, numbered } from '../compose/copies';
import { Companions, documentOf, documentText, fragmentsByFile } from '../compose/document';
import { asWritten } from '../compose/interpolation';
import { Neighbours } from '../compose/neighbours';
import { environmentExample, loadBalancerFiles, workloadFiles } from '../compose/output';
import { publishedPortsRemark } from '../compose/published-ports';
import type { Script } from '../compose/script';
import { projectScripts, scriptConfigs, scriptFiles } from '../compose/scripts';
import { secretKey } from '../compose/secret-names';
import { isVariableOnly, storedSecrets } from '../compose/secrets';
import { sharedVolumeDefinition, volumeDefinition, volumeDefinitions, volumeKey } from '../compose/storage';
import { checkVersion, isAtLeast } from '../compose/versions';
import { Fragment } from '../fragment';
import type { LinkSlot, LoadBalancerSlot, NetworkSlot, SecretSlot, SharedVolumeSlot, Slot, WorkloadSlot } from '../slots';
import { Target, TARGET_PROPS, type OutputFile, type SynthContext, type TargetProps } from '../target';

export { EndpointMode, PublishMode } from './options';

/**
 * Options of the Swarm target.
 */
export interface SwarmTargetProps extends TargetProps {
  /**
   * The oldest Docker Engine (and `docker` command line) that the files must work with. From 23 on, init containers
   * and release steps are jobs. From 25 on, health checks come once a second while a container starts, so that a new
   * copy gets traffic sooner. Older ones refuse such files.
   *
   * @default '20.10'
   */
  readonly engineVersion?: string;
  /**
   * Whether all networks are encrypted between hosts (IPsec: UDP 4789 and ESP must pass between them).
   *
   * @default false - those with `encrypted`
   * @see https://docs.docker.com/engine/network/drivers/overlay/#encryption
   */
  readonly encrypted?: boolean;
  /**
   * How ports are opened on the hosts.
   *
   * @default PublishMode.HOST
   */
  readonly publishMode?: PublishMode;
  /**
   * What the name of a workload resolves to for other workloads. The load balancer always sees single copies.
   *
   * @default EndpointMode.DNSRR
   */
  readonly endpointMode?: EndpointMode;
  /**
   * Number of hosts that may run copies. With it `maxReplicasPerNode` holds where updates start new copies first, as long
   * as one host may be away, and `deploy.sh` waits as long as a load balancer on each of them may take.
   *
   * @default - not known
   */
  readonly nodes?: number;
  /**
   * Hosts on which load balancers run: those that visitors reach.
   *
   * @default - all hosts
   */
  readonly edge?: Placement;
  /**
   * Most processor time a copy may use, unless its `resources` say so.
   *
   * @default - no limit
   */
  readonly cpuLimit?: Cpu;
  /**
   * Image of the one-shot service that hands fresh volumes to a workload's user, on each host that may run a copy. It
   * needs `sh`, `stat`, `find`, `chmod` and `chown`.
   *
   * @default 'busybox:1.37.0'
   */
  readonly toolImage?: string;
}

/**
 * One Swarm stack for each chart: `swarm/CHART/stack.yml`, deployed under the chart's name
 * (`docker stack deploy -c stack.yml CHART`).
 *
 * Updates start new copies first and roll back by themselves; a stateful service's copies stay on the host that has
 * their disk. What `docker stack deploy` leaves out in silence never stands in the file; it is said in the report.
 */
export class SwarmTarget extends Target {
  private readonly options: SwarmOptions;
  private app: AppModel = { charts: [] };
  private neighbours = new Neighbours(this.app);

  /**
   * @param props options
   */
  public constructor(props: SwarmTargetProps = {}) {
    super('swarm', props);
    checkProps('new SwarmTarget()', 'SwarmTarget', props, PROPS);
    checkChoice('new SwarmTarget()', 'SwarmTarget', 'publishMode', props.publishMode, PublishMode, 'PublishMode');
    checkChoice('new SwarmTarget()', 'SwarmTarget', 'endpointMode', props.endpointMode, EndpointMode, 'EndpointMode');
    checkInstance('new SwarmTarget()', 'SwarmTarget', 'edge', props.edge, Placement, "a choice such as Placement.onNode('host-1')");
    checkCpu('new SwarmTarget()', 'SwarmTarget', 'cpuLimit', props.cpuLimit, 1);
    if (props.toolImage !== undefined) checkImage('new SwarmTarget()', 'SwarmTarget, toolImage,', props.toolImage);
    checkVersion('SwarmTarget', 'engineVersion', props.engineVersion, [20, 10]);
    if (props.nodes !== undefined && !isWholeNumber(props.nodes, 1)) throw new Error(messages.badNodes('SwarmTarget', props.nodes));
    this.options = {
      jobs: isAtLeast(props.engineVersion, 23),
      cpuLimitMillis: props.cpuLimit?.amountMillis,
      toolImage: props.toolImage ?? 'busybox:1.37.0',
      readyOnce: true,
      startInterval: isAtLeast(props.engineVersion, 25),
      isolatesIpv6: isAtLeast(props.engineVersion, 28),
      encrypted: props.encrypted ?? false,
      publishMode: props.publishMode ?? PublishMode.HOST,
      endpointMode: props.endpointMode ?? EndpointMode.DNSRR,
      nodes: props.nodes,
      edge: props.edge,
    };
  }

  public bindChart(chart: Chart): void {
    new Fragment(chart, 'swarm-file', fileOf(chart), '', '', undefined);
    const name = chartName(chart);
    const scripts = () => ({ configs: scriptConfigs(this.scripts(name), (script) => ({ name: scriptConfigName(name, script) })) });
    new Companions(chart, 'swarm-scripts', fileOf(chart), undefined, Lazy.any({ produce: scripts }));
  }

  public bindWorkload(slot: WorkloadSlot): void {
    const add = this.adder(slot);
    const { kind, replicas, volumes, files = [] } = slot.facts;
    const services = copyServices({ name: slot.name, kind, replicas });
    services.forEach((service, copy) => add(numbered('service', copy), 'services', service,
      slot.lazy({ render: (workload) => stackService(workload, service, this.options) })));
    const settled = volumes.filter((volume) => volume.kind === VolumeKind.PERSISTENT);
    for (const volume of settled) {
      services.forEach((service, copy) => add(numbered(`volume-${volume.name}`, copy), 'volumes',
        volumeKey(service, volume), asWritten(volumeDefinition(volume))));
    }
    for (const path of files) {
      add(`config-${path}`, 'configs', fileKey(slot.name, slot.name, path), slot.lazy({ render: (workload) => stackConfig(workload, path) }));
    }
    const companions = (workload: WorkloadModel) => stackCompanions(workload, this.neighbours, this.options);
    this.addCompanions(slot, slot.lazy({ render: companions }), slot.lazy({
      render: (workload) => ({
        networks: this.ownNetworks(workload),
        volumes: volumeDefinitions(workload, services, settled),
        configs: stackConfigs(workload, files),
      }),
    }));
  }

  public bindNetwork(slot: NetworkSlot): void {
    this.adder(slot)('network', 'networks', slot.name, slot.lazy({ render: (network) => asWritten(groupOverlay(network, this.options.encrypted)) }));
  }

  public bindLink(slot: LinkSlot): void {
    const render = (link: LinkModel) => asWritten(linkOverlay(link, this.options.encrypted, this.neighbours));
    for (const { id, key, chart } of linkPlaces(slot)) new Fragment(slot.scope, `swarm-${id}`, fileOf(chart), 'networks', key, slot.lazy({ render }));
  }

  public bindLoadBalancer(slot: LoadBalancerSlot): void {
    const workload = (model: LoadBalancerModel): WorkloadModel => ({ ...stackLoadBalancer(model).workload, placement: this.options.edge });
    this.adder(slot)('service', 'services', slot.name, slot.lazy({ render: (model) => stackLoadBalancerService(model, this.options) }));
    const companions = (model: LoadBalancerModel) => stackCompanions(workload(model), this.neighbours, this.options);
    this.addCompanions(slot, slot.lazy({ render: companions }), slot.lazy({
      render: (model) => ({
        networks: this.ownNetworks(workload(model)),
        volumes: volumeDefinitions(workload(model), [slot.name], []),
        configs: loadBalancerConfigs(model),
      }),
    }));
  }

  public bindSecret(slot: SecretSlot): void {
    const body = asWritten({ external: true, name: secretName(slot.model) });
    this.adder(slot)('secret', 'secrets', secretKey(slot.model), Lazy.any({ produce: () => isVariableOnly(slot.model, this.app) ? undefined : body }));
  }

  public bindSharedVolume(slot: SharedVolumeSlot): void {
    this.adder(slot)('volume', 'volumes', slot.name, asWritten(sharedVolumeDefinition(slot.model)));
  }

  public validate(app: AppModel): Finding[] {
    this.see(app);
    return swarmFindings(app, this.options);
  }

  public remarks(app: AppModel): string[] {
    return [
      ...publishedPortsRemark(app, 'write rules into the chain DOCKER-USER of each node, which is the only way on Swarm'),
      ...plainLinksRemark(app, this.options.encrypted, this.neighbours),
    ];
  }

  public answerWorkload(workload: WorkloadModel, chart: ChartModel): WorkloadAnswers {
    return workloadAnswers(workload, chart, this.neighbours, this.options);
  }

  public answerNetwork(network: NetworkModel, _chart: ChartModel): NetworkAnswers {
    return networkAnswers(network, this.options);
  }

  public answerLoadBalancer(loadBalancer: LoadBalancerModel, _chart: ChartModel): LoadBalancerAnswers {
    return loadBalancerAnswers(loadBalancer, this.options);
  }

  public files(context: SynthContext): OutputFile[] {
    this.see(context.app);
    const fragments = fragmentsByFile(context);
    return context.app.charts.flatMap((chart) => {
      const folder = `swarm/${chart.name}`;
      const head = [
        '# Copy to the folder of the releases, where deploy.sh reads it; `docker stack deploy` alone reads no .env file. Made by cdk8s-ha.',
        ...storedSecrets(chart).flatMap((secret) => ['', `# Before the first deployment: deploy.sh secrets set ${secret.name} (the secret ${secretName(secret)})`]),
      ];
      const ours = fragments.get(folder) ?? [];
      const shared = linksAcross(chart).map((connection) => sharedOverlay(connection, this.options.encrypted));
      const steps = Object.assign({}, ...chart.workloads.map((workload) => stackSteps(workload, this.options)));
      return [
        { path: `${folder}/stack.yml`, text: documentText(ours, this.head(), [headerOf(chart.name), ...withoutScript(shared)]) },
        ...Object.keys(steps).length === 0 ? [] : [{ path: `${folder}/before.yml`, text: this.beforeText(chart, ours, steps) }],
        { path: `${folder}/deploy.sh`, text: shellFile('swarm/deploy.sh'), executable: true },
        { path: `${folder}/deploy.plan`, text: swarmPlan(chart, shared, this.neighbours, this.options) },
        { path: `${folder}/.env.example`, text: environmentExample(chart, head, QUOTES) },
        ...workloadFiles(folder, chart),
        ...scriptFiles(folder, this.scripts(chart.name)),
        ...chart.loadBalancers.flatMap((loadBalancer) => loadBalancerFiles(folder, stackLoadBalancer(loadBalancer))),
      ];
    });
  }

  /** What is deployed before the rest: workloads with data, and the steps of the release, which need them. */
  private beforeText(chart: ChartModel, fragments: Fragment[], steps: any): string {
    const document = documentOf(fragments, this.head());
    const early = new Set(earlyServices(chart));
    const services = Object.entries(document.services).filter(([name]) => early.has(name));
    return `# ${BEFORE}\n${stringifyYaml({ ...document, services: { ...Object.fromEntries(services), ...steps } })}`;
  }

  /** Without a version, the command line of 20.10 takes a file for version 1; with one, newer keys are refused. */
  private head(): any {
    return this.options.startInterval ? {} : { version: '3.9' };
  }

  /** Bodies are rendered after this: they look at the other end of connections. */
  private see(app: AppModel): void {
    this.app = app;
    this.neighbours = new Neighbours(app);
  }

  /** The scripts that containers of a stack run. */
  private scripts(name: string): Script[] {
    const chart = this.app.charts.find((candidate) => candidate.name === name);
    if (chart === undefined) return [];
    return projectScripts([...chart.workloads, ...chart.loadBalancers.map((loadBalancer) => stackLoadBalancer(loadBalancer).workload)], this.options);
  }

  private adder(slot: Slot): (id: string, section: string, key: string, body: any) => void {
    return (id, section, key, body) => new Fragment(slot.scope, `swarm-${id}`, fileOf(slot.chart), section, key, body);
  }

  private addCompanions(slot: Slot, services: Lazy, beside: Lazy): void {
    new Companions(slot.scope, 'swarm-companions', fileOf(slot.chart), services, beside);
  }

  private ownNetworks(workload: WorkloadModel): any {
    const networks = joined(ownOverlays(workload, this.options.encrypted), companionOverlays(workload, this.neighbours));
    return networks.length === 0 ? undefined : asWritten(dictionary(networks));
  }
}

const BEFORE = 'Made by cdk8s-ha; deploy.sh deploys it before stack.yml, which removes the steps again.';

const QUOTES = "# In single quotes a value is taken as it is, here as by Compose; without them Compose replaces $word, and leaves out what follows ' #'.";

const headerOf = (chart: string): string => `Made by cdk8s-ha; deploy with deploy.sh, or: docker stack deploy -c stack.yml ${chart}`;

function fileOf(chart: Chart): string {
  return `swarm/${chartName(chart)}`;
}

const PROPS: PropNames<SwarmTargetProps> = {
  ...TARGET_PROPS,
  engineVersion: true,
  encrypted: true,
  publishMode: true,
  endpointMode: true,
  nodes: true,
  edge: true,
  cpuLimit: true,
  toolImage: true,
};
