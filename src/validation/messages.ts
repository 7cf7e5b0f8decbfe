/*
 * Every text that a user may meet, one function each: who cannot do what, the value given, the change to make, and
 * the construct's path. Lower case, no full stop.
 *
 * @internal
 */

const show = (value: unknown): string => typeof value === 'string' ? `'${value}'` : String(value);

// --- names

/** @internal */
export const notInChart = (path: string, kind: string) =>
  `${kind} cannot stand outside a chart: create it below a Chart, new ${kind}(chart, '${last(path)}', …) [${path}]`;

/** @internal */
export const nestedChart = (path: string, parent: string) =>
  `chart '${last(path)}' cannot stand inside chart '${last(parent)}': one chart is one deployment, create it below the App [${path}]`;

/** @internal */
export const noDnsLabel = (path: string, kind: string, name: string, most: number) =>
  `${kind} cannot be called ${show(name)}: use at most ${most} lower-case letters, digits and '-', starting with a letter and ending with a letter or digit [${path}]`;

/** @internal */
export const nameTaken = (path: string, kind: string, name: string, other: string) => kind === 'container'
  ? `${kind} cannot be called ${show(name)}: a sidecar or init container of '${last(other)}' has that name, use another [${path}]`
  : `${kind} cannot be called ${show(name)}: ${other} has that name in this chart, use another id [${path}]`;

/** @internal */
export const containerNameTaken = (path: string, container: string, other: string) =>
  `workload '${last(path)}' cannot have a container called ${show(container)} on Docker: ${other} has one of that name, use another id [${path}]`;

/** @internal */
export const badObjectName = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot take ${show(value)} for ${prop}: give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.' [${path}]`;

/** @internal */
export const badNamespace = (path: string, name: string, value: unknown) =>
  `${name} cannot be in the namespace ${show(value)}: use at most 63 lower-case letters, digits and '-', with a letter or digit first and last [${path}]`;

// --- what a compiler would have said

/** @internal */
export const unknownProp = (path: string, name: string, prop: string, nearest: string | undefined, known: string[]) =>
  `${name} has no prop '${prop}': ${nearest === undefined ? `remove it, the props are ${some(known)}` : `did you mean '${nearest}'?`} [${path}]`;

/** @internal */
export const propOfResources = (path: string, name: string, prop: string, example: string) =>
  `${name} has no prop '${prop}': write resources: { ${prop}: ${example} } [${path}]`;

/** @internal */
export const noProps = (path: string, name: string, value: unknown) =>
  `${name} cannot be made of ${value === null ? 'null' : typeof value}: give its props as an object [${path}]`;

/** @internal */
export const wrongKind = (path: string, name: string, prop: string, value: unknown, how: string) =>
  `${name} cannot take ${Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value === 'object' ? 'an object' : show(value)} for ${prop}: give ${how} [${path}]`;

/** @internal */
export const textInPlace = (path: string, name: string, prop: string, example: string) =>
  `${name} cannot take a text for ${prop}: give ${example.startsWith('[') ? 'a list' : 'an object of names and values'} such as ${example} [${path}]`;

/** @internal */
export const idTaken = (path: string, kind: string, id: string) =>
  `${kind} cannot be called '${id}': something else in the same scope has that id, use another [${path}]`;

// --- the app and its targets

/** @internal */
export const noTargets = () =>
  'the App cannot write anything: it has no targets, leave targets out for all three or give one, for example [new ComposeTarget()]';

/** @internal */
export const targetTwice = (target: string, chart: string) =>
  `chart '${chart}' cannot be rendered by two targets called '${target}': give each its own charts, or remove one`;

/** @internal */
export const unknownChart = (target: string, chart: string, known: string[]) =>
  `target '${target}' cannot render chart '${chart}': the app has ${known.length === 0 ? 'no charts with constructs of this library' : known.map((name) => `'${name}'`).join(', ')}`;

/** @internal */
export const badNodes = (target: string, value: unknown) =>
  `${target} cannot have nodes ${show(value)}: give the number of hosts that may run copies, a whole number from 1`;

/** @internal */
export const uselessAcceptance = (target: string, guarantee: string, path: string | undefined) =>
  `target '${target}' accepts a weaker ${guarantee}${path === undefined ? '' : ` of '${path}'`}, and nothing needs it: correct the path or remove it`;

/** @internal */
export const patchDoesNotFit = (path: string, what: string, reason: string) =>
  `a JSON patch does not fit ${what}: ${reason} [${path}]`;

// --- images and ports

/** @internal */
export const noImage = (path: string, name: string, value: unknown) =>
  `${name} cannot run the image ${show(value)}: give a name and a tag, for example 'nginx:1.27.3' [${path}]`;

/** @internal */
export const badDigest = (path: string, name: string, value: string) =>
  `${name} cannot run the image ${show(value)}: what follows '@' is no digest, write '@sha256:' and its 64 digits and letters a to f, or leave it out [${path}]`;

/** @internal */
export const upperCaseImage = (path: string, name: string, value: string) =>
  `${name} cannot run the image ${show(value)}: repository names are lower case, write '${value.replace(/^[^@:]*(?::\d+(?=\/))?[^@:]*/, (repository) => repository.toLowerCase())}' [${path}]`;

/** @internal */
export const imageWithoutTag = (name: string, value: string) =>
  `${name} runs the image ${show(value)} without a fixed version: a restart may bring another one, add a tag or digest`;

/** @internal */
export const imageStartsAsRoot = (name: string, image: string, user: number, line: string | undefined) =>
  `${name} runs '${image}' as user ${user}, and that image starts as root and steps down by itself: as another user it does not start; ${line === undefined ? "leave out 'user'" : `write: ${line}`}`;

/** @internal */
export const imageOfOneUser = (name: string, image: string, user: number, group: number | undefined, given: number, givenGroup: number | undefined) =>
  `${name} runs '${image}' as user ${given}${givenGroup === undefined ? '' : ` of group ${givenGroup}`}, who may not write that image's own files: write: user: ${user},${group === undefined ? '' : ` group: ${group},`}`;

/** @internal */
export const imageWrites = (name: string, image: string, folder: string) =>
  `${name} runs '${image}', which writes to ${folder}, and its root file system is read-only: write: Volume.scratch('${folder}'),`;

/** @internal */
export const imageWritesRoot = (name: string, image: string, line: string) =>
  `${name} runs '${image}', which changes files of its own root file system, and that is read-only: write: ${line}`;

/** @internal */
export const imageKeepsData = (name: string, image: string, folder: string, kind: string) =>
  `${name} runs '${image}', which keeps its data in ${folder}, where no volume is: it does not start, or the next copy starts without it; write: Volume.${kind}('${folder}'),`;

/** @internal */
export const imageNeedsCapability = (name: string, image: string, capabilities: string[], line: string) =>
  `${name} runs '${image}', which does not start without ${capabilities.join(', ')}, and all capabilities are dropped: write: ${line}`;

/** @internal */
export const imageMustBeProcessOne = (name: string, image: string) =>
  `${name} runs '${image}', whose own program must be process 1: with the init process of Docker in front it does not start; write: init: false,`;

/** @internal */
export const imageStopsOtherwise = (name: string, image: string, given: string, signal: string, otherwise: string) =>
  `${name} stops '${image}' by ${given}, and that image drains on ${signal}: ${otherwise}; leave out 'stopSignal', or write: stopSignal: '${signal}',`;

/** @internal */
export const startsAsRoot = (name: string) =>
  `${name} starts as root with CHOWN, DAC_OVERRIDE, FOWNER, SETGID and SETUID (Security.startsAsRoot()): who breaks into it before it steps down is root in the container, and Pod Security Standard restricted refuses it; leave it out for an image that runs as another user`;

/** @internal */
export const unrestricted = (name: string, reason: string) =>
  `${name} runs as its image comes (Security.unrestricted('${reason}')): it may be root, has the default capabilities, may gain privileges, and can write its root file system; take Security.startsAsRoot() or a part of Security.restricted({ … }) if that is enough`;

/** @internal */
export const writableRoot = (name: string) =>
  `${name} can write its root file system (writableRoot): who breaks into it can change its programs and leave others there; leave it out, and give Volume.scratch for the folders that it writes to`;

/** @internal */
export const bindsLowPorts = (name: string) =>
  `${name} keeps NET_BIND_SERVICE (bindLowPorts): who breaks into it can take any port below 1024 of its network; leave it out, and let it listen on a port from 1024`;

/** @internal */
export const controlSocket = (name: string, hostPath: string, mount: string) =>
  `${name} has ${hostPath} of the host at ${mount}, by which it can start any container there: whoever breaks into it is root on the host`;

/** @internal */
export const controlSocketMounted = (path: string, name: string, hostPath: string, socket: string) =>
  `${name} cannot mount ${hostPath} of the host: ${socket} is in it, by which anybody is root on the host; leave it out, or say why it must be with Security.unrestricted('…') [${path}]`;

/** @internal */
export const secretNotMounted = (path: string, name: string, variable: string, file: string, secret: string) =>
  `'${name}' cannot read the file ${show(file)} that its variable ${variable} names, as it was not given the secret: add '${secret}' to its secrets [${path}]`;

/** @internal */
export const loadBalancerWithoutRoutes = (name: string) =>
  `'${name}' has no routes: it answers every request with 404; add one with addRoute, or give a service its domainName`;

/** @internal */
export const warningsFound = (count: number, report: string) =>
  `${count} ${count === 1 ? 'warning' : 'warnings'}: see ${report}\n`;

/** @internal */
export const badPort = (path: string, name: string, value: unknown) =>
  `${name} cannot listen on port ${show(value)}: give a whole number from 1 to 65535 [${path}]`;

/** @internal */
export const badPortName = (path: string, name: string, value: unknown) =>
  `${name} cannot have a port called ${show(value)}: use at most 15 lower-case letters, digits and '-', with a letter among them [${path}]`;

/** @internal */
export const metricsOverUdp = (path: string, name: string, port: number) =>
  `${name} cannot tell metrics on port ${port}, which it has over UDP alone: metrics are asked for over HTTP, give a port of its own [${path}]`;

/** @internal */
export const metricsUnreached = (name: string, port: number) =>
  `${name} tells its metrics on port ${port} to nobody on Docker, where what collects them is a workload like any other: let the two share a network, or connect it (connectTo)`;

/** @internal */
export const portTaken = (path: string, name: string, value: string) =>
  `${name} cannot have two ports ${show(value)}: give each a number and a name of its own [${path}]`;

/** @internal */
export const publishedPortUndeclared = (path: string, name: string, value: unknown, declared: string) =>
  `${name} cannot publish port ${show(value)}: it is none of its ports (${declared}), declare it with additionalPorts [${path}]`;

/** @internal */
export const hostPortTaken = (path: string, name: string, port: string, other: string) =>
  `${name} cannot publish host port ${port}: ${other} publishes it already, choose another hostPort, httpPort or httpsPort [${path}]`;

/** @internal */
export const portOfHostTaken = (path: string, name: string, port: string, other: string) =>
  `${name} cannot listen on port ${port} of its host, whose network it has: ${other} has that port already, choose another [${path}]`;

// --- counts

/** @internal */
export const badReplicas = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot have ${prop} ${show(value)}: give a whole number from 1 [${path}]`;

/** @internal */
export const replicasAndMinReplicas = (path: string, name: string) =>
  `${name} cannot have both replicas and minReplicas: give replicas for a fixed count, minReplicas and maxReplicas for an autoscaled one [${path}]`;

/** @internal */
export const minReplicasAlone = (path: string, name: string, given: string, missing: string) =>
  `${name} cannot be autoscaled with ${given} alone: give ${missing} too, or replicas for a fixed count [${path}]`;

/** @internal */
export const minAboveMax = (path: string, name: string, min: number, max: number) =>
  `${name} cannot have minReplicas ${min} above maxReplicas ${max}: swap them or raise maxReplicas [${path}]`;

/** @internal */
export const scaleWithoutRange = (path: string, name: string, prop: string) =>
  `${name} cannot be scaled by ${prop} without a range: give minReplicas and maxReplicas [${path}]`;

/** @internal */
export const badScaleOn = (path: string, name: string, count: number) => count === 0
  ? `${name} cannot be scaled on nothing: give scaleOn a metric such as ScalingMetric.cpu(70), or leave it out [${path}]`
  : `${name} cannot have both targetCpuPercent and scaleOn: add ScalingMetric.cpu(…) to scaleOn [${path}]`;

/** @internal */
export const badScalingTarget = (path: string, name: string, metric: string, value: unknown) =>
  `${name} cannot aim at ${show(value)} for ${metric}: give a number above 0 [${path}]`;

/** @internal */
export const singleCopy = (name: string) =>
  `${name} runs as one copy: it is away during each crash, update and loss of a host, give it 2 replicas or more`;

/** @internal */
export const updateWouldStandStill = (path: string, name: string) =>
  `${name} cannot have maxSurge 0 and maxUnavailable 0: an update could never begin, give one of them 1 or more [${path}]`;

/** @internal */
export const badCount = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot have ${prop} ${show(value)}: give a whole number from 0 [${path}]`;

/** @internal */
export const badPartition = (path: string, name: string, value: unknown, replicas: number) =>
  `${name} cannot have updatePartition ${show(value)} with ${replicas} ${replicas === 1 ? 'copy' : 'copies'}: give the number of the first copy that gets the new version, from 0 to ${replicas} [${path}]`;

/** @internal */
export const shortStartingDeadline = (path: string, name: string, seconds: number) =>
  `${name} cannot have startingDeadline ${seconds} s: Kubernetes looks every 10 s, and a shorter one may miss every run; give 10 s or more [${path}]`;

/** @internal */
export const notOneOf = (path: string, name: string, prop: string, value: unknown, choices: string) =>
  `${name} cannot take ${show(value)} for ${prop}: give ${choices} [${path}]`;

// --- containers

/** @internal */
export const badText = (path: string, name: string, field: string, value: unknown) =>
  `${name} cannot take ${typeof value} for ${field}: give a text [${path}]`;

/** @internal */
export const nulInText = (path: string, name: string, field: string) =>
  `${name} cannot take a NUL character in ${field}: no operating system passes one on, remove it [${path}]`;

/** @internal */
export const badVariable = (path: string, name: string, variable: string) =>
  `${name} cannot have an environment variable called ${show(variable)}: use letters, digits and '_', not starting with a digit [${path}]`;

/** @internal */
export const variableTwice = (path: string, name: string, variable: string) =>
  `${name} cannot take ${variable} from both environment and secretEnvironment: remove one [${path}]`;

/** @internal */
export const notASecret = (path: string, name: string, field: string) =>
  `${name} cannot take plain text for ${field}: a value never stands in the code, declare new Secret(chart, 'name') and give that [${path}]`;

/** @internal */
export const plainTextSecret = (name: string, variable: string) =>
  `${name} has the plain-text variable ${variable}, which looks like a secret: declare a Secret and give its path, or use secretEnvironment`;

/** @internal */
export const secretInVariable = (name: string, variable: string, secret: string) =>
  `${name} takes secret '${secret}' into the variable ${variable}: variables show in crash dumps, child processes and 'docker inspect', prefer the file ${'`'}secret.path${'`'}`;

/** @internal */
export const relativePath = (path: string, name: string, what: string, value: unknown) =>
  `${name} cannot mount ${what} at ${show(value)}: give an absolute path such as '/data' [${path}]`;

/** @internal */
export const mountTaken = (path: string, name: string, value: string) =>
  `${name} cannot mount two things at ${show(value)}: give each a path of its own [${path}]`;

/** @internal */
export const persistentNeedsOneCopy = (path: string, name: string, mount: string, copies: number) =>
  `${name} cannot have the persistent volume ${show(mount)} with ${copies} copies: use a StatefulService, where each copy has its own disk, or a SharedVolume [${path}]`;

/** @internal */
export const fileUnreadable = (path: string, name: string, file: string, reason: string) =>
  `${name} cannot mount the file ${show(file)}: ${reason}, paths are relative to the working directory of synth [${path}]`;

/** @internal */
export const badHealthPath = (path: string, name: string, value: unknown) =>
  `${name} cannot ask its health at ${show(value)}: give a path that starts with '/', such as '/healthz' [${path}]`;

/** @internal */
export const healthCheckWithoutPort = (path: string, name: string, kind: string) =>
  `${name} cannot have a health check by ${kind}: it has no port, give the check one ('port') or use HealthCheck.command [${path}]`;

/** @internal */
export const healthCheckTiming = (path: string, name: string, timeout: number, interval: number) =>
  `${name} cannot have a health check with timeout ${timeout} s above its interval ${interval} s: raise the interval or lower the timeout [${path}]`;

/** @internal */
export const noHealthCheck = (name: string) =>
  `${name} has no health check: a copy gets traffic before it is ready and keeps it when it is ill, add healthCheck`;

/** @internal */
export const badUser = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot run with ${prop} ${show(value)}: give a number from 1, or Security.startsAsRoot() for an image that starts as root [${path}]`;

/** @internal */
export const badStopSignal = (path: string, name: string, value: unknown) =>
  `${name} cannot be stopped by ${show(value)}: give the name of a signal that a program can wait for, such as 'SIGQUIT' [${path}]`;

/** @internal */
export const jobWithoutCommand = (path: string, name: string) =>
  `${name} cannot run by the clock without a command: give 'command', since on Docker the clock starts it in the job's own container [${path}]`;

/** @internal */
export const badSchedule = (path: string, name: string, reason: string) =>
  `${name} cannot run by the clock: ${reason}, write five fields such as '15 3 * * *' [${path}]`;

/** @internal */
export const badTimeZone = (path: string, name: string, value: unknown) =>
  `${name} cannot run in the time zone ${show(value)}: give an IANA name such as 'Europe/Berlin' [${path}]`;

/** @internal */
export const unknownTarget = (path: string, name: string, value: string, known: string) =>
  `${name} cannot run only on ${show(value)}: the targets of this app are ${known} [${path}]`;

// --- networks and connections

/** @internal */
export const badSubnet = (path: string, name: string, value: unknown) =>
  `network '${name}' cannot have the subnet ${show(value)}: give an IPv4 range such as '10.7.0.0/24' [${path}]`;

/** @internal */
export const subnetsOverlap = (path: string, name: string, subnet: string, other: string, otherSubnet: string) =>
  `network '${name}' cannot have the subnet ${subnet}: it overlaps ${otherSubnet} of ${other}, choose another range [${path}]`;

/** @internal */
export const subnetTooSmall = (path: string, name: string, subnet: string, room: number, copies: number) =>
  `network '${name}' cannot hold ${copies} copies in ${subnet}, which has room for ${room}: widen the subnet [${path}]`;

/** @internal */
export const badAddress = (path: string, name: string, value: unknown) =>
  `${name} cannot have the address ${show(value)}: give an IPv4 address such as '10.7.0.9' [${path}]`;

/** @internal */
export const addressWithoutSubnet = (path: string, name: string, address: string, network: string, prop: string) =>
  `${name} cannot have the address ${address} in network '${network}': the network has no ${prop}, give it one [${path}]`;

/** @internal */
export const addressOutsideSubnet = (path: string, name: string, address: string, network: string, subnet: string) =>
  `${name} cannot have the address ${address} in network '${network}': its subnet is ${subnet}, choose an address inside [${path}]`;

/** @internal */
export const addressTaken = (path: string, name: string, address: string, network: string, other: string) =>
  `${name} cannot have the address ${address} in network '${network}': ${other} has it, choose another [${path}]`;

/** @internal */
export const addressNeedsOneCopy = (path: string, name: string, address: string, copies: number) =>
  `${name} cannot have the address ${address} with ${copies} copies: an address belongs to one, remove it or give the workload one copy [${path}]`;

/** @internal */
export const networkInOtherChart = (path: string, name: string, network: string, chart: string) =>
  `${name} cannot join network '${network}' of chart '${chart}': a network belongs to one chart, use connectTo across charts [${path}]`;

/** @internal */
export const networkTwice = (path: string, name: string, network: string) =>
  `${name} cannot join network '${network}' twice: name it once, with all aliases in one attach() [${path}]`;

/** @internal */
export const connectWithoutPort = (path: string, name: string, callee: string) =>
  `${name} cannot connect to ${callee}: ${callee} has no port, give it one or connect the other way round [${path}]`;

/** @internal */
export const connectToUndeclaredPort = (path: string, name: string, callee: string, port: number, declared: string) =>
  `${name} cannot connect to port ${port} of ${callee}: its ports are ${declared} [${path}]`;

/** @internal */
export const connectToItself = (path: string, name: string) =>
  `${name} cannot connect to itself: copies of one StatefulService reach each other anyway, others do not know each other [${path}]`;

/** @internal */
export const connectToOtherApp = (path: string, name: string, callee: string) =>
  `${name} cannot connect to ${callee}: it belongs to another App, declare an ExternalService with its host name [${path}]`;

/** @internal */
export const hostNameTaken = (path: string, name: string, callee: string, chart: string, other: string) =>
  `${name} cannot connect to ${callee} of chart '${chart}': ${other} has the host name '${callee}' too, give one of them another id [${path}]`;

/** @internal */
export const calleeNotRendered = (name: string, callee: string, chart: string, target: string) =>
  `${name} does not reach ${callee} of chart '${chart}' on ${target}, which does not render it: add the chart to 'charts' of the target, or the target to 'onlyOn' of ${callee}`;

/** @internal */
export const askedNotRendered = (path: string, name: string, where: string, callee: string, chart: string, target: string) =>
  `${name} cannot ask ${callee} of chart '${chart}' about '${where}' on ${target}, which does not render that chart: add it to 'charts' of the target [${path}]`;

/** @internal */
export const notConnectable = (path: string, name: string) =>
  `${name} cannot connect to that: give a workload of this App or an ExternalService [${path}]`;

/** @internal */
export const startCycle = (path: string, cycle: string[]) =>
  `${cycle[0]} cannot start after itself: ${cycle.join(' → ')}, remove startAfter from one of these connections [${path}]`;

/** @internal */
export const startAfterTooLate = (path: string, name: string, callee: string) =>
  `${name} cannot start after ${callee} any more: it connects to it already, give startAfter with the first connectTo [${path}]`;

/** @internal */
export const badRange = (path: string, name: string, value: unknown) =>
  `${name} cannot open the range ${show(value)}: give an IPv4 or IPv6 range such as '203.0.113.0/24' [${path}]`;

/** @internal */
export const badEgressHost = (path: string, name: string, value: unknown) =>
  `${name} cannot open the host ${show(value)}: give a host name such as 'api.example.org', without scheme, port or path [${path}]`;

/** @internal */
export const badEgressPort = (path: string, name: string, value: unknown) =>
  `${name} cannot open port ${show(value)} to the outside: give a whole number from 1 to 65535 [${path}]`;

/** @internal */
export const plusMember = (network: string, pods: string, target: string) =>
  `'${pods}' is no member of '${network}' on ${target}: pods of cdk8s-plus exist on Kubernetes only, declare it as a workload of this library`;

/** @internal */
export const plusRoute = (name: string, route: string, service: string, target: string) =>
  `${name} does not send ${route} to '${service}' on ${target}: Services of cdk8s-plus exist on Kubernetes only, declare it as a workload of this library`;

/** @internal */
export const memberTwice = (path: string, network: string, pods: string, other: string) =>
  `network '${network}' cannot take '${pods}': '${other}' of that id is a member of a network of this chart already, use one network or another id [${path}]`;

/** @internal */
export const badIpv6Subnet = (path: string, name: string, value: unknown) =>
  `network '${name}' cannot have the IPv6 subnet ${show(value)}: give an IPv6 range such as 'fd00:7::/64' [${path}]`;

/** @internal */
export const ipv6WithoutSubnet = (path: string, name: string) =>
  `network '${name}' cannot have IPv6 without a range: give ipv6Subnet, for example 'fd00:7::/64' [${path}]`;

/** @internal */
export const subnetWithoutIpv6 = (path: string, name: string, value: string) =>
  `network '${name}' cannot have ipv6Subnet '${value}' with enableIpv6 false: remove one of the two [${path}]`;

/** @internal */
export const badMtu = (path: string, name: string, value: unknown, least: number, most: number) =>
  `network '${name}' cannot have mtu ${show(value)}: give a whole number from ${least} to ${most}${least > 1000 ? ', since every link of IPv6 carries that much' : ''} [${path}]`;

/** @internal */
export const badParent = (path: string, name: string, value: unknown) =>
  `network '${name}' cannot use the parent ${show(value)}: give a network interface of the host such as 'eth0', or 'eth0.20' for VLAN 20 [${path}]`;

/** @internal */
export const badIpvlanMode = (path: string, name: string, value: unknown, known: string[]) =>
  `network '${name}' cannot have the mode ${show(value)}: give one of IpvlanMode, ${known.join(', ')} [${path}]`;

/** @internal */
export const badIpRange = (path: string, name: string, value: unknown, subnet: string) =>
  `network '${name}' cannot give addresses from ipRange ${show(value)}: give an IPv4 range inside its subnet ${subnet} [${path}]`;

/** @internal */
export const badGateway = (path: string, name: string, value: unknown, subnet: string | undefined) =>
  `network '${name}' cannot have the gateway ${show(value)}: ${subnet === undefined ? 'give ipv6Subnet too' : `give an address inside ${subnet}, not its first or last`} [${path}]`;

/** @internal */
export const parentTaken = (path: string, name: string, parent: string, other: string) =>
  `network '${name}' cannot use the parent '${parent}' on Docker: ${other} has it, and an interface serves one network; use one network for both, or a VLAN for each [${path}]`;

/** @internal */
export const badIpv6Address = (path: string, name: string, value: unknown) =>
  `${name} cannot have the IPv6 address ${show(value)}: give one such as 'fd00:7::9' [${path}]`;

/** @internal */
export const addressOfGateway = (path: string, name: string, address: string, network: string) =>
  `${name} cannot have the address ${address} in network '${network}': its gateway has it, choose another [${path}]`;

/** @internal */
export const badHostAddress = (path: string, name: string, value: unknown) =>
  `${name} cannot publish a port on the address ${show(value)}: give an IPv4 or IPv6 address of the host, such as '127.0.0.1' [${path}]`;

// --- network modes

const NETWORK_OF: { [mode: string]: string } = { host: 'the network of its host', none: 'no network' };

const modeText = (mode: string, owner?: string) => owner === undefined ? NETWORK_OF[mode] ?? 'the network of another workload' : `the network of ${owner}`;

/** @internal */
export const modeWithNetworks = (path: string, name: string, mode: string) =>
  `${name} cannot join networks: its networkMode is ${mode}, so it has ${modeText(mode)}; leave out networks or networkMode [${path}]`;

/** @internal */
export const modeWithPublishedPorts = (path: string, name: string, mode: string, owner?: string) =>
  `${name} cannot publish ports: its networkMode is ${mode}, ${mode === 'host' ? 'so its ports are those of the host already; leave publishedPorts out, and let the program listen on the address that you want'
    : owner === undefined ? 'so it has no ports; leave out publishedPorts or networkMode' : `so they are ports of ${owner}; publish them there`} [${path}]`;

/** @internal */
export const modeWithEgress = (path: string, name: string, mode: string, owner?: string) =>
  `${name} cannot have ways out: its networkMode is ${mode}, ${owner === undefined ? 'so nothing leads out; leave out egress or networkMode' : `so it has those of ${owner}; give egress there`} [${path}]`;

/** @internal */
export const noNetworkWithPorts = (path: string, name: string, port: number) =>
  `${name} cannot listen on port ${port}: its networkMode is none, so nobody could come; use a Worker or a ScheduledJob, or leave networkMode out [${path}]`;

/** @internal */
export const sharedWithOtherChart = (path: string, name: string, owner: string, chart: string) =>
  `${name} cannot share the network of ${owner} of chart '${chart}': declare both in one chart [${path}]`;

/** @internal */
export const sharedWithSharer = (path: string, name: string, owner: string, itsOwner: string) =>
  `${name} cannot share the network of ${owner}, which has that of ${itsOwner}: NetworkMode.sharedWith(${itsOwner}) [${path}]`;

/** @internal */
export const sharedWithHost = (path: string, name: string, owner: string) =>
  `${name} cannot share the network of ${owner}, which has that of its host: NetworkMode.host() [${path}]`;

/** @internal */
export const sharedPortOfSeveral = (path: string, name: string, owner: string, port: number, copies: number) =>
  `${name} cannot listen on port ${port} with ${copies} copies in the network of ${owner}: there the port exists once, give it one copy [${path}]`;

/** @internal */
export const sharedPortTaken = (path: string, name: string, owner: string, port: number) =>
  `${name} cannot listen on port ${port} in the network of ${owner}, which listens there itself: choose another port [${path}]`;

/** @internal */
export const connectFromMode = (path: string, name: string, callee: string, mode: string, owner?: string) =>
  `${name} cannot connect to ${callee}: its networkMode is ${mode}, so it meets nobody in a network; ${owner !== undefined ? `call connectTo on ${owner}`
    : mode === 'host' ? `publish the port of ${callee} on 127.0.0.1 and call that` : 'leave networkMode out'} [${path}]`;

/** @internal */
export const connectToMode = (path: string, name: string, callee: string, mode: string, owner?: string) =>
  `${name} cannot connect to ${callee}, whose networkMode is ${mode}: it is in no network; ${owner !== undefined ? `declare its port on ${owner} (additionalPorts) and connect to that`
    : mode === 'host' ? 'declare an ExternalService with the address of its host' : 'leave networkMode out there'} [${path}]`;

/** @internal */
export const lowPortOfHost = (name: string, port: number) =>
  `${name} has the network of its host, where port ${port} is for root or who has NET_BIND_SERVICE: choose a port from 1024, or let it keep that capability (security)`;

// --- load balancers and certificates

/** @internal */
export const badHost = (path: string, name: string, value: unknown) =>
  `${name} cannot serve the host ${show(value)}: give a host name such as 'shop.example.org', without scheme, port or path [${path}]`;

/** @internal */
export const badRoutePath = (path: string, name: string, value: unknown) =>
  `${name} cannot route the path ${show(value)}: give a prefix that starts with '/', without '?', '#' or '*' [${path}]`;

/** @internal */
export const routeTaken = (path: string, name: string, route: string, workload: string, other: string) =>
  `${name} cannot send ${route} to both ${other} and ${workload}: give each a path, a match or a weight of its own [${path}]`;

/** @internal */
export const hostsMeet = (path: string, name: string, host: string, other: string) =>
  `${name} cannot serve '${host}' beside ${other}: their objects would have one name, since only letters and digits of it count; change one, or serve it from another chart [${path}]`;

/** @internal */
export const routeWithoutPort = (path: string, name: string, workload: string) =>
  `${name} cannot route to ${workload}: it has no port that speaks HTTP, HTTPS or gRPC, give it one or name it with 'port' [${path}]`;

/** @internal */
export const routeToUndeclaredPort = (path: string, name: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot route to port ${show(port)} of ${workload}: its ports are ${declared} [${path}]`;

/** @internal */
export const notARouteDestination = (path: string, name: string) =>
  `${name} cannot route to that: give a workload of this App, or a Service of cdk8s-plus (deployment.exposeViaService()) [${path}]`;

/** @internal */
export const notAWorkload = (path: string, name: string, what: string) =>
  `${name} cannot pass ${what} on to that: give a workload of this App [${path}]`;

/** @internal */
export const streamToUndeclaredPort = (path: string, name: string, what: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot pass ${what} on to port ${show(port)} of ${workload}: its ports are ${declared} [${path}]`;

/** @internal */
export const streamWithoutPort = (path: string, name: string, what: string, workload: string, protocols: string[]) =>
  `${name} cannot pass ${what} on to ${workload}: it has no port of ${protocols.join(' or ')} there, give it one or name another with 'port' [${path}]`;

/** @internal */
export const streamTaken = (path: string, name: string, what: string, workload: unknown, other: string) =>
  `${name} cannot pass ${what} on to both ${other} and ${String(workload)}: a connection goes to one workload, give one of them another port or host [${path}]`;

/** @internal */
export const tlsEndedAlready = (path: string, name: string, host: string) =>
  `${name} cannot pass TLS for '${host}' on: it ends it for a route or redirect with certificates; leave out one of the two, or give one another host [${path}]`;

/** @internal */
export const tlsPassedAlready = (path: string, name: string, host: string) =>
  `${name} cannot end TLS for '${host}': addTlsRoute passes it on; leave out one of the two, or give one another host [${path}]`;

/** @internal */
export const noHttpsPort = (path: string, name: string, host: string, port: number) =>
  `${name} cannot pass TLS for '${host}' on: its port for HTTPS, ${port}, is its port for plain HTTP, give httpsPort another [${path}]`;

/** @internal */
export const portOfHttp = (path: string, name: string, port: number, protocol: string) =>
  `${name} cannot pass connections to port ${port} on: that is its port for ${protocol}, take another one, or give ${protocol === 'HTTP' ? 'httpPort' : 'httpsPort'} another [${path}]`;

/** @internal */
export const streamNotPassed = (path: string, name: string, what: string, workload: string, backend: string) =>
  `${name} cannot pass ${what} on to ${workload} with the back end '${backend}', which does not know it: take LoadBalancerBackend.haproxy(), nginx() or traefik(), which do [${path}]`;

/** @internal */
export const emptyAllOf = (path: string, name: string, where: string) =>
  `${name} cannot tell who may use '${where}': RouteAccess.allOf([]) has no rule, give it one or leave 'access' out [${path}]`;

/** @internal */
export const noSourceRanges = (path: string, name: string, where: string) =>
  `${name} cannot let anybody use '${where}': RouteAccess.sourceRanges([]) has no range, give one such as '10.0.0.0/8' or leave 'access' out [${path}]`;

/** @internal */
export const badSourceRange = (path: string, name: string, where: string, value: unknown) =>
  `${name} cannot keep '${where}' to the range ${show(value)}: give an IPv4 or IPv6 range such as '203.0.113.0/24' [${path}]`;

/** @internal */
export const rangesApart = (path: string, name: string, where: string, one: string[], other: string[]) =>
  `${name} cannot let anybody use '${where}': no address is both in ${one.join(', ')} and in ${other.join(', ')}, and rules of allOf must all hold;`
  + ` give ranges that overlap, or all of them in one sourceRanges [${path}]`;

/** @internal */
export const twoPasswords = (path: string, name: string, where: string) =>
  `${name} cannot ask visitors of '${where}' for two passwords: a request carries one, put all users into one secret [${path}]`;

/** @internal */
export const twoAuthorities = (path: string, name: string, where: string) =>
  `${name} cannot ask visitors of '${where}' for two certificates: a visitor shows one, put the authorities of all into one file [${path}]`;

/** @internal */
export const notAnAuthority = (path: string, name: string, file: unknown, why: string) =>
  `${name} cannot take ${show(file)} for the file of an authority: ${why}; give a PEM file with the authority's own certificate, up to its root [${path}]`;

/** @internal */
export const clientCertificatesWithoutTls = (path: string, name: string, where: string) =>
  `${name} cannot ask visitors of '${where}' for certificates: it has none itself, and they are shown over TLS only, give 'certificates' [${path}]`;

/** @internal */
export const clientCertificatesOverHttp = (path: string, name: string, where: string) =>
  `${name} cannot let visitors of '${where}' in over plain HTTP, where they show no certificate: leave redirectHttp on [${path}]`;

/** @internal */
export const clientCertificatesOfSome = (path: string, name: string, where: string, host: string) =>
  `${name} cannot ask for other certificates on '${where}' than on the rest of '${host}': they are shown when a visitor connects, before a path is known;`
  + ` give all routes of the host the same RouteAccess.clientCertificates, or this one a host of its own [${path}]`;

/** @internal */
export const copiesNotVerified = (path: string, name: string, where: string, workload: string, port: number) =>
  `${name} cannot send '${where}' to ${workload} over TLS on port ${port} without knowing whom to trust: give copyTls: { authorityFile: 'ca.pem' } [${path}]`;

/** @internal */
export const copiesWithoutTls = (path: string, name: string, where: string, workload: string, port: number) =>
  `${name} cannot verify the copies of ${workload} for '${where}': port ${port} is not declared to speak TLS, declare it with Port.https or leave copyTls out [${path}]`;

/** @internal */
export const copiesNotMet = (path: string, name: string, where: string, workload: string, backend: string) =>
  `${name} cannot send '${where}' to ${workload} over TLS with the back end '${backend}', which does not know it: take LoadBalancerBackend.caddy(), which does [${path}]`;

/** @internal */
export const badServerName = (path: string, name: string, value: unknown) =>
  `${name} cannot take ${show(value)} for serverName: give the host name that the copies' certificates have, in lower case [${path}]`;

/** @internal */
export const copyTlsTwice = (path: string, name: string, where: string, workload: string, port: number) =>
  `${name} cannot verify the copies of ${workload} on port ${port} for '${where}' in another way than for other routes: give all of them the same copyTls [${path}]`;

/** @internal */
export const twoAsked = (path: string, name: string, where: string) =>
  `${name} cannot ask two workloads about '${where}': a request is asked about once, let one of them decide [${path}]`;

/** @internal */
export const accessOfAShare = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot keep the share of ${workload} in '${where}' by itself: who may use a route is the same for all its shares, give 'access' with the first [${path}]`;

/** @internal */
export const mirrorInOtherApp = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}: it belongs to another App, declare it in this one [${path}]`;

/** @internal */
export const mirrorToItself = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}, which gets them already: give another workload, or leave 'mirror' out [${path}]`;

/** @internal */
export const mirrorOfStreams = (path: string, name: string, where: string, workload: string, destination: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}: ${destination} speaks gRPC there, whose streams cannot be kept for a copy, leave 'mirror' out [${path}]`;

/** @internal */
export const badMirrorPercent = (path: string, name: string, where: string, percent: unknown) =>
  `${name} cannot copy ${show(percent)} of a hundred requests for '${where}': give a whole number from 1 to 100 [${path}]`;

/** @internal */
export const mirrorToUndeclaredPort = (path: string, name: string, where: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot copy requests for '${where}' to port ${show(port)} of ${workload}: its ports are ${declared} [${path}]`;

/** @internal */
export const mirrorWithoutPort = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}: it has no port that speaks HTTP, give it one or name it with 'port' [${path}]`;

/** @internal */
export const mirrorOfAShare = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy the share of ${workload} in '${where}' by itself: requests of a route are copied whoever answers, give 'mirror' with the first [${path}]`;

/** @internal */
export const requestsNotMirrored = (name: string, where: string, workload: string, backend: string) =>
  `${name} does not copy requests for '${where}' to ${workload} with the back end '${backend}', which does not know it: take LoadBalancerBackend.nginx() or`
  + ' LoadBalancerBackend.traefik(), which do';

/** @internal */
export const secretInOtherChart = (path: string, name: string, secret: string, chart: string) =>
  `${name} cannot read the secret '${secret}' of chart '${chart}': declare a Secret in its own chart [${path}]`;

/** @internal */
export const askInOtherApp = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot ask ${workload} about '${where}': it belongs to another App, declare it in this one [${path}]`;

/** @internal */
export const askItself = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot ask ${workload} about '${where}', which leads to ${workload} itself: nobody could ever log in there, give this route other access [${path}]`;

/** @internal */
export const askElsewhere = (path: string, name: string, where: string, workload: string, target: string) =>
  `${name} cannot ask ${workload} about '${where}' on ${target}: its onlyOn leaves that target out, add '${target}' to it or leave the target out [${path}]`;

/** @internal */
export const askWithoutPort = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot ask ${workload} about '${where}': it has no port that speaks HTTP, give it one or name it with 'port' [${path}]`;

/** @internal */
export const askOnUndeclaredPort = (path: string, name: string, where: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot ask ${workload} about '${where}' on port ${show(port)}: its ports are ${declared} [${path}]`;

/** @internal */
export const badAskedPath = (path: string, name: string, workload: string, value: unknown) =>
  `${name} cannot ask ${workload} with the path ${show(value)}: give one that starts with '/', without '#' and blanks [${path}]`;

/** @internal */
export const badCopiedHeader = (path: string, name: string, workload: string, value: unknown) =>
  `${name} cannot copy the header ${show(value)} from the answers of ${workload}: give a name such as 'Remote-User', and none that belongs to the connection [${path}]`;

/** @internal */
export const accessUnknown = (path: string, name: string, where: string, kind: string, backend: string) =>
  `${name} cannot keep '${where}' to visitors by RouteAccess.${kind} with the back end '${backend}', which does not know it: take LoadBalancerBackend.caddy(), which does,`
  + ` or leave 'access' out [${path}]`;

/** @internal */
export const passwordInTheClear = (name: string, where: string) =>
  `${name} takes passwords for '${where}' over plain HTTP, where anybody on the way can read them: give it certificates, and leave redirectHttp on`;

/** @internal */
export const severalLoadBalancers = (path: string, name: string, domain: string, names: string[]) =>
  `${name} cannot choose a load balancer for '${domain}': the chart has ${names.join(' and ')}, call addRoute('${domain}', …) on one of them [${path}]`;

/** @internal */
export const loadBalancerTooLate = (path: string, name: string, user: string) =>
  `load balancer '${name}' cannot be declared now: ${user} uses domainName and already made 'edge', declare the load balancer before it [${path}]`;

/** @internal */
export const severalIssuers = (path: string, host: string, issuers: string[]) =>
  `host '${host}' cannot have certificates from both ${issuers.join(' and ')}: give all its routes the same issuer [${path}]`;

/** @internal */
export const wildcardWithoutDns01 = (path: string, host: string, issuer: string) =>
  `'${issuer}' cannot issue a certificate for '${host}': a wildcard is proven by a DNS record only, give the issuer dns01 [${path}]`;

/** @internal */
export const badEmail = (path: string, name: string, value: unknown) =>
  `'${name}' cannot register with the e-mail ${show(value)}: give an address such as 'ops@example.org' [${path}]`;

/** @internal */
export const badDirectory = (path: string, name: string, value: unknown) =>
  `'${name}' cannot use the ACME directory ${show(value)}: give an https URL [${path}]`;

/** @internal */
export const issuerInOtherChart = (path: string, name: string, issuer: string, chart: string) =>
  `${name} cannot take certificates from '${issuer}' of chart '${chart}': declare an issuer in its own chart [${path}]`;

/** @internal */
export const certificatesWithoutDomain = (path: string, name: string) =>
  `${name} cannot have certificates without domainName: give the domain, or call addRoute on a load balancer [${path}]`;

/** @internal */
export const badWeight = (path: string, name: string, value: unknown) =>
  `${name} cannot give a route the weight ${show(value)}: give a whole number from 1 [${path}]`;

/** @internal */
export const plainHttp = (name: string, host: string) =>
  `${name} serves '${host}' over plain HTTP: give it certificates, for example new LetsEncrypt(chart, 'letsencrypt', { email })`;

/** At most a dozen names, in alphabetical order. */
function some(names: string[]): string {
  const sorted = [...names].sort();
  return sorted.length > 12 ? `${sorted.slice(0, 12).join(', ')} and ${sorted.length - 12} more` : sorted.join(', ');
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @internal */
export const badSecretVersion = (path: string, name: string, value: unknown): string =>
  `${name} cannot have the version ${JSON.stringify(value)}: it becomes a part of names, so give small letters, digits and '-', such as '2' or '2026-11' [${path}]`;
