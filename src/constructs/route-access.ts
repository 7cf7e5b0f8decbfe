import type { Secret } from './secret';
import type { Workload } from './workload';
import { AccessKind } from '../model/access-rule';
import type { PropNames } from '../validation/props';

/**
 * How a workload is asked about requests.
 */
export interface ForwardAuthOptions {
  /**
   * Path it is asked with, for example `/oauth2/auth`; a query of its own may follow. The visitor's path and query stand
   * in `X-Forwarded-Uri`. On Kubernetes, Envoy puts the visitor's path behind it: a finding.
   *
   * @default '/'
   */
  readonly path?: string;
  /**
   * Number of its port.
   *
   * @default - its first port that speaks HTTP
   */
  readonly port?: number;
  /**
   * Headers of its answer that the request is given, such as `Remote-User`. The visitor's own of these names are taken
   * away first; on Kubernetes on every route of the load balancer. So is, on every route, each header with another character in its name
   * than letters, digits and `-`: to applications that read variables of CGI `Remote_User` is `Remote-User`. (A Gateway refuses `_` there
   * or lets it pass, as its implementation does.)
   *
   * @default - none
   */
  readonly copyHeaders?: string[];
}

/**
 * Who may use a route. What a target or back end cannot keep is an error at synth: a route is never open by mistake.
 */
export class RouteAccess {
  /**
   * Visitors from these address ranges only; others get 403. It works where the visitor's own address arrives; behind a
   * proxy, name its ranges in `trustedProxies`.
   *
   * Kubernetes: Envoy Gateway; another class is an error.
   * Compose: the load balancer then listens on IPv4 alone, since the engine hides the addresses of IPv6 visitors: a finding.
   * Swarm: with `PublishMode.HOST` only, as the routing mesh hides addresses: an error.
   *
   * @param ranges for example `10.0.0.0/8`
   */
  public static sourceRanges(ranges: string[]): RouteAccess {
    return new RouteAccess({ kind: AccessKind.SOURCE_RANGES, ranges });
  }

  /**
   * Visitors who show a certificate that one of the given authorities has signed, directly or by others (mutual TLS). Others
   * are not connected; nginx answers them with 400. All routes of a host must have it, as TLS knows hosts only, and the host needs
   * certificates and `redirectHttp`. The host of a request must be the one that its connection was opened for, else 421.
   *
   * Copies find the certificate's subject in the header `X-Client-Subject`, in the form of RFC 2253: `CN=ann,O=Acme`. A
   * visitor's own header of this name is taken away on every route of the load balancer; but for a Gateway, so is each that could pass
   * for it, as `X_Client_Subject` does where variables of CGI are read. Certificates that were revoked are accepted until they end.
   *
   * Kubernetes: Envoy Gateway; another class, and a Gateway of somebody else, is an error.
   * Compose and Swarm: all four back ends. Traefik cannot for a wildcard host, which is an error, and puts the subject into
   * `X-Forwarded-Tls-Client-Cert-Info` instead: a finding.
   *
   * @param authorityFile PEM file with the certificates of the authorities, up to their roots, relative to the working
   *   directory of synth; certificates are public
   */
  public static clientCertificates(authorityFile: string): RouteAccess {
    return new RouteAccess({ kind: AccessKind.CLIENT_CERTIFICATES, authorityFile });
  }

  /**
   * Visitors with a name and a password (RFC 7617); others get 401. The application sees the header `Authorization` too.
   *
   * The secret's value is a file with a line `user:hash` for each user, as `htpasswd -B` makes it (bcrypt). It is read when
   * the load balancer starts or reloads; a line without a bcrypt hash lets nobody in, and is told in the log by its number.
   *
   * Compose and Swarm: all four back ends. Kubernetes: an error, since Envoy knows SHA-1 hashes only; use `forwardAuth`.
   *
   * @param users the secret with the lines, of the load balancer's chart
   */
  public static basicAuth(users: Secret): RouteAccess {
    return new RouteAccess({ kind: AccessKind.BASIC_AUTH, users });
  }

  /**
   * Visitors whom a workload lets in, for example oauth2-proxy. It is asked about each request, with the request's headers
   * and with `X-Forwarded-Method`, `X-Forwarded-Host` and `X-Forwarded-Uri`, and without its body. An answer 2xx lets the
   * request pass; any other is the visitor's answer. While no copy of it answers, nobody gets in.
   *
   * Kubernetes: Envoy Gateway; another class is an error. Envoy asks with the visitor's own method and host, and with a few
   * headers only: a finding. Compose and Swarm: all four back ends; nginx asks once more where the answer is no.
   *
   * @param workload who is asked; the load balancer is connected to it as to a route's destination
   * @param options path, port, headers
   */
  public static forwardAuth(workload: Workload, options: ForwardAuthOptions = {}): RouteAccess {
    return new RouteAccess({ kind: AccessKind.FORWARD_AUTH, workload, options });
  }

  /**
   * Visitors for whom all of these hold: source ranges, one `clientCertificates`, one `basicAuth`, one `forwardAuth`. Of several source ranges a
   * visitor must be in each.
   *
   * @param access at least one
   */
  public static allOf(access: RouteAccess[]): RouteAccess {
    return new RouteAccess(undefined, access);
  }

  private constructor(
    /** @internal What was declared, unchecked: a factory knows no path to name in a message. */
    public readonly _declared?: DeclaredAccess,
    /** @internal All of these, unchecked. */
    public readonly _parts?: RouteAccess[],
  ) {}
}

/**
 * What one factory was given.
 *
 * @internal
 */
export type DeclaredAccess = DeclaredRanges | DeclaredAuthority | DeclaredUsers | DeclaredForwardAuth;

/** @internal */
export interface DeclaredRanges {
  readonly kind: AccessKind.SOURCE_RANGES;
  readonly ranges: string[];
}

/** @internal */
export interface DeclaredAuthority {
  readonly kind: AccessKind.CLIENT_CERTIFICATES;
  readonly authorityFile: string;
}

/** @internal */
export interface DeclaredUsers {
  readonly kind: AccessKind.BASIC_AUTH;
  readonly users: Secret;
}

/** @internal */
export interface DeclaredForwardAuth {
  readonly kind: AccessKind.FORWARD_AUTH;
  readonly workload: Workload;
  readonly options: ForwardAuthOptions;
}

/**
 * Every option of forward authentication.
 *
 * @internal
 */
export const FORWARD_AUTH_OPTIONS: PropNames<ForwardAuthOptions> = { path: true, port: true, copyHeaders: true };
