import { Lazy, type Chart } from 'cdk8s';
import { projectVariable } from '../../loadbalancers/copies';
import type { LoadBalancerAnswers, NetworkAnswers, WorkloadAnswers } from '../../model/answer';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { LinkModel, NetworkModel } from '../../model/network';
import type { Cpu } from '../../model/resources';
import type { SecretModel } from '../../model/secret';
import { VolumeKind } from '../../model/volume';
import type { WorkloadModel } from '../../model/workload';
import { chartName } from '../../util/chart-name';
import { dictionary } from '../../util/dictionary';
import { shellFile } from '../../util/shell-file';
import { checkImage } from '../../validation/image';
import { checkCpu, checkProps, type PropNames } from '../../validation/props';
import { Fragment } from '../fragment';
import type { LinkSlot, LoadBalancerSlot, NetworkSlot, SecretSlot, SharedVolumeSlot, Slot, WorkloadSlot } from '../slots';
import { Target, TARGET_PROPS, type OutputFile, type SynthContext, type TargetProps } from '../target';
import { linkedCharts, linkPlaces, projectSeenFrom, sharedBody, withoutScript } from './across-charts';
import { isCidr } from './addresses';
import { loadBalancerAnswers, networkAnswers, workloadAnswers } from './answers';
import { BalancerBodies } from './balancer-bodies';
import { companionServices } from './companions';
import { fileKey } from './container';
import { copyServices, numbered } from './copies';
import { deployPlan } from './deploy-plan';
import { Companions, documentText, fragmentsByFile } from './document';
import { configDefinition, configDefinitions } from './files';
import { withProxies, type ProxiedApp } from './internal-proxies';
import { asWritten, Interpolation, PROJECT_NAME, variable } from './interpolation';
import { asWorkload, loadBalancerService } from './load-balancer';
import { Neighbours } from './neighbours';
import { networkBody, plannedGroup, plannedLink, plannedOwn, sharedNetworkOf, sharedNetworks, type PlannedNetwork } from './network-plan';
import { linkName, spansCharts } from './networks';
import type { DockerOptions } from './options';
import { environmentExample, loadBalancerFiles, workloadFiles } from './output';
import { publishedPortsRemark } from './published-ports';
import type { Script } from './script';
import { projectScripts, scriptConfigs, scriptFiles } from './scripts';
import { secretFileName, secretKey } from './secret-names';
import { isVariableOnly, storedSecrets } from './secrets';
import { copyService } from './service';
import { sharedVolumeDefinition, volumeDefinition, volumeDefinitions, volumeKey } from './storage';
import { composeTraits } from './traits';
import { composeFindings } from './validation';
import { checkVersion, isAtLeast } from './versions';

/**
 * Options of the Compose target.
 */
export interface ComposeTargetProps extends TargetProps {
  /**
   * The oldest Compose that the files must work with.
   *
   * @default '2.26'
   */
  readonly version?: string;
  /**
   * The oldest Docker Engine that the files must work with. From 25 on, health checks come once a second while a
   * container starts, so that a new copy gets traffic sooner; older engines refuse such files.
   *
   * @default '20.10'
   */
  readonly engineVersion?: string;
  /**
   * IPv4 range (CIDR) that networks without a `subnet` of their own take theirs from, each by a hash of its name, so
   * that adding one moves no other. Docker's own pools hold about 30 networks a host. The wider the range, the rarer
   * two networks want the same place, which is an error: `10.128.0.0/10` holds 65,536 networks. For a project that runs,
   * another range means other networks, which `deploy.sh` goes over to while all goes on.
   *
   * @default - the engine picks from its own pools
   */
  readonly addressPool?: string;
  /**
   * Most processor time a copy may use, unless its `resources` say so.
   *
   * @default - no limit
   */
  readonly cpuLimit?: Cpu;
  /**
   * Image of the one-shot service that hands fresh volumes to a workload's user. It needs `sh`, `stat`, `chmod` and
   * `chown`.
   *
   * @default 'busybox:1.37.0'
   */
  readonly toolImage?: string;
  /**
   * Image of the proxies that carry calls between workloads. It needs HAProxy 3.2 or newer as `haproxy` on its path, `sh`, and for its
   * health check one of wget, curl, nc and bash; with Perl, copies get no more calls before they stop.
   *
   * @default 'haproxy:3.2.25'
   * @see https://hub.docker.com/_/haproxy
   */
  readonly proxyImage?: string;
}

/**
 * One Docker Compose project for each chart, for one host: `compose/CHART/compose.yml` and the files it mounts.
 *
 * A workload is a service; each copy of a stateful one is a service of its own with its own volumes. Networks and links
 * are internal networks without an address of the host. What Compose cannot do is said in the report, never left out
 * in silence.
 */
export class ComposeTarget extends Target {
  private readonly version: string;
  private readonly addressPool?: string;
  private readonly proxyImage?: string;
  private readonly options: DockerOptions;
  private app: AppModel = { charts: [] };
  private neighbours = new Neighbours(this.app);
  /** The application with proxies between its workloads. */
  private proxied: ProxiedApp = { app: this.app, proxies: [] };

  /**
   * @param props options
   */
  public constructor(props: ComposeTargetProps = {}) {
    super('compose', props);
    checkProps('new ComposeTarget()', 'ComposeTarget', props, PROPS);
    checkCpu('new ComposeTarget()', 'ComposeTarget', 'cpuLimit', props.cpuLimit, 1);
    if (props.toolImage !== undefined) checkImage('new ComposeTarget()', 'ComposeTarget, toolImage,', props.toolImage);
    if (props.proxyImage !== undefined) checkImage('new ComposeTarget()', 'ComposeTarget, proxyImage,', props.proxyImage);
    checkVersion('ComposeTarget', 'version', props.version, [2, 26]);
    checkVersion('ComposeTarget', 'engineVersion', props.engineVersion, [20, 10]);
    if (props.addressPool !== undefined && !isCidr(props.addressPool)) {
      throw new Error(`ComposeTarget cannot take addresses from '${props.addressPool}': give an IPv4 range such as '10.128.0.0/10'`);
    }
    this.version = props.version ?? '2.26';
    this.addressPool = props.addressPool;
    this.proxyImage = props.proxyImage;
    this.options = {
      cpuLimitMillis: props.cpuLimit?.amountMillis,
      toolImage: props.toolImage ?? 'busybox:1.37.0',
      startInterval: isAtLeast(props.engineVersion, 25),
      isolatesIpv6: isAtLeast(props.engineVersion, 28),
    };
  }

  public bindChart(chart: Chart): void {
    new Fragment(chart, 'compose-file', fileOf(chart), '', '', undefined);
    const scripts = () => ({ configs: scriptConfigs(this.scripts(chartName(chart))) });
    new Companions(chart, 'compose-scripts', fileOf(chart), undefined, Lazy.any({ produce: scripts }));
  }

  public bindWorkload(slot: WorkloadSlot): void {
    const add = this.adder(slot);
    const { kind, replicas, volumes, files = [] } = slot.facts;
    const services = copyServices({ name: slot.name, kind, replicas });
    services.forEach((service, copy) => add(numbered('service', copy), 'services', service,
      slot.lazy({ render: (workload) => copyService(this.neighbours.placed(workload), service, this.neighbours, this.options) })));
    const settled = volumes.filter((volume) => volume.kind === VolumeKind.PERSISTENT);
    for (const volume of settled) {
      services.forEach((service, copy) => add(numbered(`volume-${volume.name}`, copy), 'volumes',
        volumeKey(service, volume), asWritten(volumeDefinition(volume))));
    }
    for (const path of files) {
      const render = (workload: WorkloadModel) => configDefinition(workload, path);
      add(`config-${path}`, 'configs', fileKey(slot.name, slot.name, path), slot.lazy({ render }));
    }
    const companions = (workload: WorkloadModel) => companionServices(this.neighbours.placed(workload), this.neighbours, this.options);
    this.addCompanions(slot, slot.lazy({ render: companions }), slot.lazy({
      render: (workload) => ({
        networks: this.ownNetworks(this.neighbours.placed(workload)),
        volumes: volumeDefinitions(workload, services, settled),
        configs: configDefinitions(workload, files),
      }),
    }));
  }

  public bindNetwork(slot: NetworkSlot): void {
    this.adder(slot)('network', 'networks', slot.name, slot.lazy({ render: (network) => this.networkOf(plannedGroup(network, this.neighbours)) }));
  }

  public bindLink(slot: LinkSlot): void {
    for (const { id, key, chart } of linkPlaces(slot)) {
      const render = (link: LinkModel) => this.linkOf(link, chartName(chart));
      new Fragment(slot.scope, `compose-${id}`, fileOf(chart), 'networks', key, slot.lazy({ render }));
    }
  }

  public bindLoadBalancer(slot: LoadBalancerSlot): void {
    const lowered = (model: LoadBalancerModel) => asWorkload(model, composeTraits(model.chart));
    this.adder(slot)('service', 'services', slot.name, slot.lazy({ render: (model) => loadBalancerService(lowered(model), this.neighbours, this.options) }));
    const companions = (model: LoadBalancerModel) => companionServices(lowered(model).workload, this.neighbours, this.options);
    this.addCompanions(slot, slot.lazy({ render: companions }), slot.lazy({
      render: (model) => ({
        networks: this.ownNetworks(lowered(model).workload),
        volumes: volumeDefinitions(lowered(model).workload, [slot.name], []),
      }),
    }));
  }

  public bindSecret(slot: SecretSlot): void {
    const body = asWritten({ file: secretFile(slot.model) });
    this.adder(slot)('secret', 'secrets', secretKey(slot.model), Lazy.any({ produce: () => isVariableOnly(slot.model, this.app) ? undefined : body }));
  }

  public bindSharedVolume(slot: SharedVolumeSlot): void {
    this.adder(slot)('volume', 'volumes', slot.name, asWritten(sharedVolumeDefinition(slot.model)));
  }

  public validate(app: AppModel): Finding[] {
    this.see(app);
    return composeFindings(app, this.proxied, this.neighbours, this.addressPool);
  }

  public remarks(app: AppModel): string[] {
    return publishedPortsRemark(app, "publish them on one address (publishAddress, publishedPorts: [{ port, address: '127.0.0.1' }]), or write rules into the chain DOCKER-USER");
  }

  public answerWorkload(workload: WorkloadModel, chart: ChartModel): WorkloadAnswers {
    return workloadAnswers(workload, chart, this.neighbours, this.options);
  }

  public answerNetwork(network: NetworkModel, _chart: ChartModel): NetworkAnswers {
    return networkAnswers(network, this.neighbours, this.options);
  }

  public answerLoadBalancer(loadBalancer: LoadBalancerModel, _chart: ChartModel): LoadBalancerAnswers {
    return loadBalancerAnswers(loadBalancer);
  }

  public files(context: SynthContext): OutputFile[] {
    this.see(context.app);
    const fragments = fragmentsByFile(context);
    return this.proxied.app.charts.flatMap((chart) => {
      const folder = `compose/${chart.name}`;
      const ours = fragments.get(folder) ?? [];
      const loadBalancers = chart.loadBalancers.map((loadBalancer) => asWorkload(loadBalancer, composeTraits(chart.name)));
      const proxies = chart.workloads.flatMap((workload) => this.neighbours.proxyOf(workload) ?? []);
      const shared = sharedNetworks(chart, this.neighbours, this.addressPool);
      const bodies = new BalancerBodies(new Set([...loadBalancers, ...proxies].map(({ workload }) => workload.name)));
      const text = documentText(ours, { name: chart.name }, [HEADER, ...withoutScript(shared)],
        (section, key, body) => bodies.take(section, key, body), this.neighbours.anchors(chart.name));
      return [
        { path: `${folder}/compose.yml`, text },
        { path: `${folder}/deploy.sh`, text: shellFile('compose/deploy.sh'), executable: true },
        { path: `${folder}/deploy.plan`, text: deployPlan(chart, loadBalancers, bodies, this.neighbours, this.version, shared) },
        { path: `${folder}/.env.example`, text: environmentExample(chart, [...EXAMPLE_HEAD, ...otherProjects(chart), ...secretFiles(chart)], QUOTES) },
        ...workloadFiles(folder, chart),
        ...scriptFiles(folder, this.scripts(chart.name)),
        ...[...loadBalancers, ...proxies].flatMap((loadBalancer) => loadBalancerFiles(folder, loadBalancer)),
      ];
    });
  }

  /** Bodies are rendered after this: they look at the other end of connections. */
  private see(app: AppModel): void {
    if (this.app === app) return;
    this.app = app;
    this.proxied = withProxies(app, this.proxyImage);
    this.neighbours = new Neighbours(this.proxied.app, this.proxied.proxies);
  }

  /** The scripts that containers of a project run. */
  private scripts(name: string): Script[] {
    const chart = this.proxied.app.charts.find((candidate) => candidate.name === name);
    if (chart === undefined) return [];
    const balancers = chart.loadBalancers.map((loadBalancer) => asWorkload(loadBalancer, composeTraits(name)));
    const proxies = chart.workloads.flatMap((workload) => this.neighbours.proxyOf(workload) ?? []);
    return projectScripts([...chart.workloads, ...[...balancers, ...proxies].map(({ workload }) => workload)], this.options);
  }

  private adder(slot: Slot): (id: string, section: string, key: string, body: any) => void {
    return (id, section, key, body) => new Fragment(slot.scope, `compose-${id}`, fileOf(slot.chart), section, key, body);
  }

  private addCompanions(slot: Slot, services: Lazy, beside: Lazy): void {
    new Companions(slot.scope, 'compose-companions', fileOf(slot.chart), services, beside);
  }

  private networkOf(planned: PlannedNetwork | undefined): any {
    return planned === undefined ? undefined : asWritten(networkBody(planned, this.addressPool));
  }

  private linkOf(link: LinkModel, chart: string): any {
    if (!spansCharts(link.connection)) return this.networkOf(plannedLink(link, this.neighbours));
    const shared = sharedNetworkOf(link.connection, this.neighbours, this.addressPool, projectSeenFrom(chart));
    return shared && asWritten(sharedBody(shared));
  }

  private ownNetworks(workload: WorkloadModel): any {
    const toCopies = this.neighbours.proxyOf(workload)?.toCopies;
    const planned = [
      ...plannedOwn(workload),
      ...toCopies === undefined ? [] : [plannedLink({ name: linkName(toCopies), connection: toCopies, covered: false }, this.neighbours)!],
    ];
    return planned.length === 0 ? undefined : dictionary(planned.map((network) => [network.key, this.networkOf(network)]));
  }
}

const HEADER = 'Made by cdk8s-ha; change the definition and run synth again.';

const EXAMPLE_HEAD = [
  '# Copy to .env in the folder of the releases, where deploy.sh reads it; `docker compose` alone reads it beside compose.yml. Made by cdk8s-ha.',
  '',
  '# Where releases and secrets live on the host, for `docker compose` alone; for deploy.sh: CDK8S_HA_HOME=/data/ha ./deploy.sh',
  '# CDK8S_HA_HOME=/var/lib/cdk8s-ha',
];

/** @see https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax */
const QUOTES = "# In single quotes a value is taken as it is, \\' in it for a single quote; without them $word is replaced, and what follows ' #' is left out.";

/** Names of other projects that may be given. */
function otherProjects(chart: ChartModel): string[] {
  return linkedCharts(chart).flatMap((other) => [
    '', `# The Compose project of the chart '${other}', where it is deployed under another name.`, `# ${projectVariable(other)}=${other}`,
  ]);
}

/** Files that must be there before the first start. */
function secretFiles(chart: ChartModel): string[] {
  const secrets = storedSecrets(chart);
  if (secrets.length === 0) return [];
  return ['', '# Secrets, which `deploy.sh secrets set` puts below that folder:', ...secrets.map((secret) => `#   ${chart.name}/secrets/${secretFileName(secret)}`)];
}

function fileOf(chart: Chart): string {
  return `compose/${chartName(chart)}`;
}

/** The value's file on the host; it is put there at deployment. */
function secretFile(secret: SecretModel): Interpolation {
  return new Interpolation(`${variable('CDK8S_HA_HOME', '/var/lib/cdk8s-ha')}/${PROJECT_NAME}/secrets/${secretFileName(secret)}`);
}

const PROPS: PropNames<ComposeTargetProps> = {
  ...TARGET_PROPS, version: true, engineVersion: true, addressPool: true, cpuLimit: true, toolImage: true, proxyImage: true,
};
