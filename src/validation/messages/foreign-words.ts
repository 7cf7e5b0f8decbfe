/*
 * Words of Compose, Kubernetes and cdk8s-plus in place of ours, and what to write instead: only those whose answer depends
 * on nothing but the construct.
 */

/** What to do about a word, where the construct has the prop `of`; everywhere without one. */
interface Answer {
  readonly of?: string;
  readonly text: string;
}

/** To write a prop, for a construct that has it. */
const write = (example: string, then?: string, of = /^\w+/.exec(example)![0]): Answer =>
  ({ of, text: `write ${example}${then === undefined ? '' : `; ${then}`}` });

const say = (text: string, of?: string): Answer => ({ of, text });

const ROUTE = say("give it protocol: Protocol.HTTP and a route, edge.addRoute('shop.example.org', db) of a LoadBalancer", 'port');
const OF_ROUTES = say("it belongs to a LoadBalancer, or to a route of one: edge.addRoute('shop.example.org', db)", 'port');
const NO_PORTS = say('HAWebService and StatefulService alone have ports, and those of a container beside them are their additionalPorts');
const NO_VISITORS = say('only HAWebService and StatefulService have ports, and visitors');
const BESIDE = say('that of its workload counts for it too, leave it out here');
const CONNECT = say('call web.connectTo(db), which also lets it reach db; { startAfter: true } has it start after db');
const LOCKED_IN = say('capabilities are dropped unless security says otherwise: Security.restricted({ bindLowPorts: true }) keeps NET_BIND_SERVICE,'
  + " Security.startsAsRoot() what it takes to step down, Security.unrestricted('why') what Docker gives to all");

const PORT = [write('port: 8080', "further ones are additionalPorts, and publishedPorts or a LoadBalancer's route opens one to the outside"), NO_PORTS];
const HOST = [write("domainName: 'shop.example.org'"), ROUTE, NO_VISITORS];
const MEMORY = [write('resources: { memory: Size.mebibytes(512) }', 'it is set aside and, without memoryLimit, the most')];
const UPDATE = [write('maxSurge: 1, maxUnavailable: 0', 'these are the defaults'), say('copies are updated one after the other', 'updatePartition')];
const READY = [
  write("healthCheck: HealthCheck.http('/healthz')", 'or HealthCheck.tcp(), .grpc(), .command([…])', 'port'), write("healthCheck: HealthCheck.command(['ready'])"),
];
const LIVE = [
  write("healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' })", undefined, 'port'),
  write("healthCheck: HealthCheck.command(['ready'], { liveCommand: ['alive'] })"),
];
const START = [
  write("healthCheck: HealthCheck.http('/healthz', { startPeriod: Duration.minutes(2) })", undefined, 'port'),
  write("healthCheck: HealthCheck.command(['ready'], { startPeriod: Duration.minutes(2) })"),
];

type Words = readonly (readonly [words: string, ...answers: Answer[]])[];

const OF_WORKLOADS: Words = [
  // What runs.
  ['build', say('build the image first and name it in image; on Compose one that the host has will do, other targets fetch it from a registry')],
  ['pull_policy image_pull_policy', say('an image with a fixed version is fetched where it is not there yet, leave it out')],
  ['entrypoint', write("command: ['node', 'server.js']", 'what Compose calls command is args')],
  ['cmd', write("args: ['--verbose']")],
  ['working_dir workdir cwd', write("workingDirectory: '/app'")],
  ['env env_variables env_vars variables', write("environment: { LOG_LEVEL: 'info' }")],
  ['env_file env_from', write("environment: { LOG_LEVEL: 'info' }", 'no file or object of variables is read, and what is secret goes into secrets')],
  ['secret_env', write('secretEnvironment: { PASSWORD: password }')],
  ['configs config config_map', write("files: { '/etc/app.conf': 'log = info' }", "or volumes: [Volume.file('/etc/app.conf', 'app.conf')]")],
  ['tmpfs volume_mounts mounts', write("volumes: [Volume.scratch('/cache')]")],
  ['shm_size', write("volumes: [Volume.scratch('/dev/shm', { size: Size.mebibytes(128) })]")],
  ['volumes_from', say('several have one volume by a SharedVolume, which each mounts')],
  ['label_file', write("labels: { team: 'shop' }")],
  ['extends', say('props are shared in TypeScript: { ...common, image }')],
  ['profiles', say('leave the workload out in TypeScript (if), or name its targets in onlyOn')],
  ['init_containers', say("call addInit('prepare', { image, command }) of the workload")],
  ['sidecars containers', say("call addSidecar('log', { image }) of the workload")],
  ['schedule cron crontab', write("schedule: '15 3 * * *'"), say("call addScheduledJob('report', { schedule, command }) of the workload, or declare a ScheduledJob")],

  // As whom.
  ['privileged', say("nothing is privileged: Security.unrestricted('why') gives what Docker gives to all, and more is a patch (ComposeObjects, KubernetesObjects)")],
  ['cap_add capabilities', LOCKED_IN],
  ['cap_drop', say('all capabilities are dropped already, leave it out')],
  ['read_only read_only_root_filesystem', say('its root file system is read-only already; Security.restricted({ writableRoot: true }) is the way out')],
  ['security_opt security_context', write('security: Security.restricted()', 'that is the default, and user and group are props')],
  ['run_as_user', write('user: 1000')],
  ['run_as_group fs_group', write('group: 1000')],
  ['service_account service_account_name', say('each workload has one of its own, without rights and without a token, leave it out')],
  ['tty stdin_open', say('nobody types into a copy, leave it out')],

  // How many, and what each may use.
  ['scale copies instances', write('replicas: 3')],
  ['min_replicas max_replicas autoscaling', write('minReplicas: 2, maxReplicas: 6'), write('replicas: 3', 'copies with an identity are not scaled by themselves')],
  ['deploy', write('replicas: 3', 'resources and placement are props as well'), ...MEMORY],
  ['update_config strategy update_strategy rolling_update', ...UPDATE],
  ['mem_limit mem_reservation limits requests reservations', ...MEMORY],
  ['cpus cpu_quota', write('resources: { cpuLimit: Cpu.millis(500) }')],
  ['cpu_shares', write('resources: { cpu: Cpu.millis(250) }')],
  ['pids_limit', say('Docker gives a copy 4096 processes at most, leave it out')],
  ['placement', BESIDE],
  ['node_selector constraints', write("placement: Placement.onNodesWithLabels({ disk: 'ssd' })"), BESIDE],
  ['node_name', write("placement: Placement.onNode('host-1')"), BESIDE],
  ['affinity', write("placement: Placement.onNodesWithLabels({ disk: 'ssd' })", 'copies are kept on different hosts already'), BESIDE],
  ['pod_anti_affinity topology_spread_constraints', write('spread: Spread.preferred()', 'copies are kept on different hosts by default')],
  ['tolerations', say('it is a patch of the pods: KubernetesObjects.of(web).deployment.addJsonPatch(…), or of its statefulSet')],
  ['namespace', say("the chart has it: new Chart(app, 'shop', { namespace: 'shop' })")],

  // Who reaches it.
  ['ports expose container_port target_port port_number', ...PORT],
  ['port additional_ports published_ports', NO_PORTS],
  ['host_port', write('publishedPorts: [{ port: 8080, hostPort: 80 }]'), NO_PORTS],
  ['host domain domain_name ingress', ...HOST],
  ['certificates redirect_http hsts', OF_ROUTES, NO_VISITORS],
  ['hostname', say("its id is its host name on every target, leave it out; further ones are networks: [backend.attach({ aliases: ['plc'] })]")],
  ['container_name', say('containers are named after chart and id, leave it out')],
  ['depends_on links external_links', CONNECT],
  ['network_mode', write("networkMode: NetworkMode.host('why')", 'or NetworkMode.none(), NetworkMode.sharedWith(web)'), BESIDE],
  ['host_network', write("networkMode: NetworkMode.host('why')"), BESIDE],
  ['networks egress', BESIDE],
  ['aliases', write("networks: [backend.attach({ aliases: ['plc'] })]"), BESIDE],
  ['ipv4_address ip_address static_ip', write("networks: [lan.attach({ address: '10.7.0.9' })]"), BESIDE],
  ['isolate', say('nobody reaches it unless that is declared, leave it out')],

  // From its start to its end.
  ['restart restart_policy', write('retries: 3', 'so often is a failed run repeated'), say('what fails is started again by itself, leave it out')],
  ['healthcheck readiness_probe readiness', ...READY],
  ['liveness_probe liveness', ...LIVE],
  ['startup_probe startup', ...START],
  ['stop_grace_period termination_grace_period_seconds termination_grace_period grace_period', write('drainTimeout: Duration.seconds(30)'), BESIDE],
  ['drain_timeout', BESIDE],
  ['logging', say('logs are rotated already, on Docker 3 files of 10 MB; another driver is a patch, ComposeObjects.of(web).service.addJsonPatch(…)')],
  ['concurrency_policy', write('overlap: Overlap.REPLACE')],
  ['backoff_limit', write('retries: 3')],
  ['active_deadline_seconds', write('timeout: Duration.hours(1)')],
  ['successful_jobs_history_limit', write('successfulRunsKept: 3')],
  ['failed_jobs_history_limit', write('failedRunsKept: 3')],

  // What no prop stands for.
  ...[
    'attach', 'blkio_config', 'cgroup', 'cgroup_parent', 'cpu_count', 'cpu_percent', 'cpu_period', 'cpu_rt_period', 'cpu_rt_runtime', 'cpuset',
    'credential_spec', 'develop', 'device_cgroup_rules', 'devices', 'dns', 'dns_opt', 'dns_search', 'extra_hosts', 'gpus', 'group_add', 'ipc', 'isolation',
    'mac_address', 'mem_swappiness', 'memswap_limit', 'models', 'oom_kill_disable', 'oom_score_adj', 'pid', 'platform', 'post_start', 'pre_stop',
    'provider', 'pull_refresh_after', 'runtime', 'storage_opt', 'sysctls', 'ulimits', 'use_api_socket', 'userns_mode', 'uts',
  ].map((key) => [key, say(`no prop stands for it: patch the service, ComposeObjects.of(web).service.addJsonPatch(JsonPatch.add('/${key}', …))`)] as const),
];

const OF_NETWORKS: Words = [
  ['driver driver_opts', say('each target takes its own; MacvlanNetwork and IpvlanNetwork are layer-2 networks')],
  ['internal', say('it is internal already; a way out is egress: [Egress.internet()]')],
  ['ipam', write("subnet: '10.7.0.0/24'")],
  ['external', say('a network of another project is not joined: connectTo works across charts, and what is elsewhere is an ExternalService')],
  ['name', say('its id is its name, leave it out')],
];

const OF_VOLUMES: Words = [
  ['external claim_name', write("existingName: 'old-data'")],
  ['access_modes', say('Volume.persistent is the disk of one copy, a SharedVolume that of several')],
];

const OF_SECRETS: Words = [
  ['file value content', say('its value stands in no file of the definition: deploy.sh secrets set NAME takes it, and on Kubernetes it is an object Secret')],
  ['external', say('its value is always given outside, leave it out')],
];

const OF_LOAD_BALANCERS: Words = [
  ['ports', write('httpPort: 80, httpsPort: 443')],
  ['host hosts domain domain_name routes rules', say("call addRoute('shop.example.org', web) of it")],
  ['image', write("backend: LoadBalancerBackend.caddy({ image: 'acme/caddy:2' })")],
];

const OF_HEALTH_CHECKS: Words = [
  ['test', say("HealthCheck.command(['pg_isready']) takes it first")],
  ['path', say("HealthCheck.http('/healthz') takes it first")],
  ['initial_delay_seconds', write('startPeriod: Duration.seconds(60)')],
  ['period_seconds', write('interval: Duration.seconds(5)')],
  ['timeout_seconds', write('timeout: Duration.seconds(2)')],
  ['failure_threshold', write('retries: 3')],
];

const OF_RESOURCES: Words = [
  ['mem limits requests reservations', write('memory: Size.mebibytes(512)', 'it is set aside and, without memoryLimit, the most')],
  ['cpus', write('cpuLimit: Cpu.millis(500)')],
];

/** By two props that only the props of that kind have together. */
const KINDS: readonly (readonly [marks: readonly string[], words: Words])[] = [
  [['image', 'command'], OF_WORKLOADS],
  [['connectedOnly', 'egress'], OF_NETWORKS],
  [['existingName', 'storageClassName'], OF_VOLUMES],
  [['secretName', 'externalSecret'], OF_SECRETS],
  [['httpPort', 'httpsPort'], OF_LOAD_BALANCERS],
  [['interval', 'startPeriod'], OF_HEALTH_CHECKS],
  [['cpuLimit', 'memoryLimit'], OF_RESOURCES],
];

/**
 * What to do about a word that another tool has for it; undefined where it is none.
 *
 * @param known the props of the construct
 * @internal
 */
export function inOurWords(word: string, known: string[]): string | undefined {
  // A prop in another spelling is that prop.
  const same = known.find((prop) => plain(prop) === plain(word));
  return answersTo(word, known).filter(({ of }) => of === undefined || known.includes(of))
    .find(({ text }) => same === undefined || text.startsWith(`write ${same}:`))?.text;
}

/**
 * All words of other tools.
 *
 * @internal
 */
export const foreignWords = (): string[] => [...new Set(KINDS.flatMap(([, table]) => table.flatMap(([words]) => words.split(' '))))];

function answersTo(word: string, known: string[]): Answer[] {
  const found = wordsOf(known).find(([words]) => words.split(' ').some((one) => plain(one) === plain(word)));
  return found === undefined ? [] : found.slice(1) as Answer[];
}

const wordsOf = (known: string[]): Words => KINDS.find(([marks]) => marks.every((mark) => known.includes(mark)))?.[1] ?? [];

/** The same word in `snake_case`, `kebab-case` and `camelCase`. */
const plain = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');
