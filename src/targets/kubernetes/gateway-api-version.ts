/*
 * Which fields and kinds a version of the Gateway API has: https://gateway-api.sigs.k8s.io/docs/concepts/versioning/
 */

/**
 * Which definitions of the Gateway API are installed in the cluster.
 */
export enum GatewayApiChannel {
  /** What is stable. */
  STANDARD = 'standard',
  /** What may still change, besides. It is not installed over the standard one, so it is its owner's choice. */
  EXPERIMENTAL = 'experimental',
}

/** @internal The Gateway API of a cluster. */
export interface GatewayApi {
  readonly version: string;
  readonly channel: GatewayApiChannel;
}

/** @internal A field or kind that the Gateway API did not always have. */
export interface GatewayApiField {
  /** Kind and path, as `kubectl explain` takes them. */
  readonly path: string;

  /** The first version whose standard channel has it. */
  readonly standardSince: string;

  /** The first version whose experimental channel has it in the same form; undefined: as the standard one. */
  readonly experimentalSince?: string;

  /** What it is good for. */
  readonly purpose: string;

  /** What there is without it. */
  readonly otherwise?: string;
}

/** The versions that we write for, oldest first. */
const KNOWN = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'];

/** @internal Every field and kind that depends on the version, or once did. */
export const GATEWAY_API_FIELDS = {
  grpcRoute: { path: 'grpcroute', standardSince: '1.1', purpose: 'a host whose routes all speak gRPC' },
  timeouts: { path: 'httproute.spec.rules.timeouts', standardSince: '1.2', experimentalSince: '1.0', purpose: '`requestTimeout`' },
  parameters: {
    path: 'gateway.spec.infrastructure.parametersRef',
    standardSince: '1.2',
    experimentalSince: '1.1',
    purpose: 'how many proxies there are, and where',
  },
  mirrorPercent: {
    path: 'httproute.spec.rules.filters.requestMirror.percent',
    standardSince: '1.3',
    experimentalSince: '1.2',
    purpose: '`mirror` with `percent`',
    otherwise: 'no copies of requests: a finding',
  },
  backendTlsPolicy: { path: 'backendtlspolicy', standardSince: '1.4', purpose: '`copyTls`', otherwise: 'an error' },
  listenerSet: { path: 'listenerset', standardSince: '1.5', purpose: '`listenerSet` of a Gateway that exists already', otherwise: 'an error' },
  tlsRoute: {
    path: 'tlsroute',
    standardSince: '1.5',
    experimentalSince: '1.2',
    purpose: '`addTlsRoute`; before 1.5 as v1alpha2',
    otherwise: 'an error',
  },
  tcpRoute: {
    path: 'tcproute',
    standardSince: '1.6',
    experimentalSince: '1.2',
    purpose: '`addTcpRoute`; before 1.6 as v1alpha2',
    otherwise: 'an error',
  },
  retry: {
    path: 'httproute.spec.rules.retry',
    standardSince: '1.7',
    experimentalSince: '1.2',
    purpose: 'Istio and Cilium try another copy where one refuses a request; Envoy Gateway has a field of its own',
    otherwise: 'as the implementation likes',
  },
} satisfies { [name: string]: GatewayApiField };

/** @internal Throws for a version that we do not write for. */
export function checkGatewayApi({ gatewayApiVersion: version = '1.5', gatewayApiChannel: channel = GatewayApiChannel.STANDARD }: DeclaredGatewayApi): GatewayApi {
  if (!KNOWN.includes(version)) {
    throw new Error(`KubernetesTarget cannot write for Gateway API '${version}': give gatewayApiVersion as one of ${KNOWN.join(', ')}`);
  }
  if (!Object.values(GatewayApiChannel).includes(channel)) {
    throw new Error(`KubernetesTarget cannot write for the channel '${channel}' of the Gateway API: give gatewayApiChannel as GatewayApiChannel.STANDARD or .EXPERIMENTAL`);
  }
  return { version, channel };
}

interface DeclaredGatewayApi {
  readonly gatewayApiVersion?: string;
  readonly gatewayApiChannel?: GatewayApiChannel;
}

/** @internal Whether a field or kind is there. */
export function hasGatewayField(api: GatewayApi, name: keyof typeof GATEWAY_API_FIELDS): boolean {
  if (isStandardGatewayField(api, name)) return true;
  const { experimentalSince }: GatewayApiField = GATEWAY_API_FIELDS[name];
  return experimentalSince !== undefined && api.channel === GatewayApiChannel.EXPERIMENTAL && isSince(api, experimentalSince);
}

/** @internal Whether a field or kind is stable. */
export function isStandardGatewayField(api: GatewayApi, name: keyof typeof GATEWAY_API_FIELDS): boolean {
  return isSince(api, GATEWAY_API_FIELDS[name].standardSince);
}

const isSince = ({ version }: GatewayApi, since: string): boolean => minor(version) >= minor(since);

const minor = (version: string): number => Number(version.slice(2));
