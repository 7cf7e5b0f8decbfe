/**
 * What is spoken on a port.
 */
export enum Protocol {
  /** HTTP/1.1, with WebSockets. */
  HTTP = 'http',
  /** HTTP/1.1 over TLS, with a certificate of the workload's own. */
  HTTPS = 'https',
  /** gRPC: HTTP/2 without TLS. */
  GRPC = 'grpc',
  /** gRPC over TLS, with a certificate of the workload's own. */
  GRPCS = 'grpcs',
  /** Any protocol over TCP. */
  TCP = 'tcp',
  /** Any protocol over UDP. */
  UDP = 'udp',
}

/**
 * A port on which a workload listens. Only declared ports can be reached.
 */
export class Port {
  /**
   * A port that speaks HTTP.
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   */
  public static http(name: string, number: number): Port {
    return new Port(name, number, Protocol.HTTP);
  }

  /**
   * A port that speaks HTTP over TLS, with a certificate that the workload has. Routes to it say whom they trust (`copyTls`).
   * Health checks on it are asked over TLS: by a load balancer that verifies the certificate, by the container itself (wget or curl in
   * the image) and the kubelet without, as they ask for their own address.
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   */
  public static https(name: string, number: number): Port {
    return new Port(name, number, Protocol.HTTPS);
  }

  /**
   * A port that speaks gRPC (HTTP/2 without TLS).
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   */
  public static grpc(name: string, number: number): Port {
    return new Port(name, number, Protocol.GRPC);
  }

  /**
   * A port that speaks gRPC over TLS, with a certificate that the workload has. Routes to it say whom they trust (`copyTls`); workloads
   * that call it verify it themselves. A `HealthCheck.grpc` on it is asked over TLS by HAProxy and by `grpc_health_probe` in the image;
   * a kubelet knows no TLS there, so that on Kubernetes it only looks whether the port takes connections: a finding.
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   */
  public static grpcs(name: string, number: number): Port {
    return new Port(name, number, Protocol.GRPCS);
  }

  /**
   * A port of any other protocol over TCP.
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   */
  public static tcp(name: string, number: number): Port {
    return new Port(name, number, Protocol.TCP);
  }

  /**
   * A port of any protocol over UDP.
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   */
  public static udp(name: string, number: number): Port {
    return new Port(name, number, Protocol.UDP);
  }

  /**
   * A port of the given protocol.
   *
   * @param name a DNS label of 15 characters at most
   * @param number 1 to 65535
   * @param protocol what is spoken on it
   */
  public static of(name: string, number: number, protocol: Protocol): Port {
    return new Port(name, number, protocol);
  }

  private constructor(
    /** Name of the port, unique in its workload. */
    public readonly name: string,
    /** Number of the port, the same inside and outside the container. */
    public readonly number: number,
    /** What is spoken on it. */
    public readonly protocol: Protocol,
  ) {}

  /**
   * The transport below the protocol: `TCP` or `UDP`.
   */
  public get transport(): string {
    return this.protocol === Protocol.UDP ? 'UDP' : 'TCP';
  }
}

/**
 * Whether what is spoken on a port is gRPC.
 *
 * @internal
 */
export const isGrpcPort = ({ protocol }: Port): boolean => protocol === Protocol.GRPC || protocol === Protocol.GRPCS;

/**
 * Whether what is spoken on a port is TLS, which the workload ends.
 *
 * @internal
 */
export const isTlsPort = ({ protocol }: Port): boolean => protocol === Protocol.HTTPS || protocol === Protocol.GRPCS;

/**
 * Whether a port is declared to speak TLS; undefined where it is not.
 *
 * @internal
 */
export const speaksTls = (ports: Port[], number: number | undefined): true | undefined =>
  ports.some((port) => port.number === number && isTlsPort(port)) || undefined;

/**
 * A port opened on the host (Compose, Swarm) or by a Service of type LoadBalancer (Kubernetes),
 * for what is not HTTP and so cannot be a route of a load balancer.
 */
export interface PublishedPort {
  /** Number of a declared port of the workload. */
  readonly port: number;
  /**
   * Port on the outside.
   *
   * @default - the same number
   */
  readonly hostPort?: number;
  /**
   * Address of the host to listen on. Compose: that address alone. Kubernetes and Swarm cannot: a finding.
   *
   * @default - every address of the host
   */
  readonly address?: string;
}
