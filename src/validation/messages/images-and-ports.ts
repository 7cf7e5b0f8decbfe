import { show, told } from './words';

/*
 * Messages: images and ports.
 */

/** @internal */
export const noImage = (path: string, name: string, value: unknown) =>
  `${name} cannot run the image ${show(value)}: give a name and a tag, for example 'nginx:1.27.3' [${path}]`;

/** @internal */
export const unsetInImage = (path: string, name: string, value: string, unset: string) =>
  `${name} cannot run the image ${show(value)}: ${show(unset)} stands in it, as for a variable that was not set, set it [${path}]`;

/** @internal */
export const emptyTag = (path: string, name: string, value: string) =>
  `${name} cannot run the image ${show(value)}: its tag is empty, as for a variable that was not set, give one, for example '${value}1.27.3' [${path}]`;

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
export const imageMakesData = (name: string, image: string, folder: string, variable: string) =>
  `${name} runs '${image}', which makes its data in an empty folder only, and on Kubernetes a new disk at ${folder} may hold lost+found: where there is no data yet, write: environment: { ${variable}: '${folder}/pgdata' },`;

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
export const badPublishedPort = (path: string, name: string, value: unknown) =>
  `${name} cannot take ${told(value)} for publishedPorts: give an object such as ${publishedPort(value)} [${path}]`;

/** What a text of Compose's means, `[address:][outside:]inside`, or a number. */
function publishedPort(value: unknown): string {
  const [, address, outside, inside] = /^(?:(?:([\d.]+):)?(\d+):)?(\d+)(?:\/\w+)?$/.exec(String(value)) ?? [];
  const parts = [`port: ${inside ?? 5432}`, ...outside === undefined ? [] : [`hostPort: ${outside}`], ...address === undefined ? [] : [`address: '${address}'`]];
  return `{ ${parts.join(', ')} }`;
}

/** @internal */
export const hostPortTaken = (path: string, name: string, port: string, other: string) =>
  `${name} cannot publish host port ${port}: ${other} publishes it already, choose another hostPort, httpPort or httpsPort [${path}]`;

/** @internal */
export const portOfHostTaken = (path: string, name: string, port: string, other: string) =>
  `${name} cannot listen on port ${port} of its host, whose network it has: ${other} has that port already, choose another [${path}]`;
