/*
 * Messages: network modes.
 */

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
