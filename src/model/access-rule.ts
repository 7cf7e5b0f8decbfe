import type { AuthorityModel } from './authority';
import type { RouteTargetModel } from './route-target';
import type { SecretModel } from './secret';

/**
 * By what a visitor is let in.
 */
export enum AccessKind {
  /** The address that the request comes from. */
  SOURCE_RANGES = 'sourceRanges',
  /** A certificate of the visitor's. */
  CLIENT_CERTIFICATES = 'clientCertificates',
  /** A name and a password. */
  BASIC_AUTH = 'basicAuth',
  /** The word of another workload. */
  FORWARD_AUTH = 'forwardAuth',
}

/**
 * The header that tells copies who showed a certificate: its subject, as RFC 2253 writes it.
 *
 * @internal
 */
export const SUBJECT_HEADER = 'X-Client-Subject';

/**
 * One condition on the visitors of a route. What does not belong to its kind is undefined.
 */
export interface AccessRule {
  /** By what a visitor is let in. */
  readonly kind: AccessKind;
  /** Source ranges: those that visitors must come from. */
  readonly ranges?: string[];
  /** Client certificates: who must have signed them. All routes of a host have the same. */
  readonly authority?: AuthorityModel;
  /** Basic authentication: the secret with lines `user:bcrypt-hash`. */
  readonly users?: SecretModel;
  /** Forward authentication: who is asked. */
  readonly forwardAuth?: ForwardAuthModel;
}

/**
 * A workload that is asked about each request.
 */
export interface ForwardAuthModel {
  /** The workload and its port; the weight means nothing. */
  readonly target: RouteTargetModel;
  /** Path it is asked with. */
  readonly path: string;
  /** Headers of its answer that are put into the request, instead of the visitor's own. */
  readonly copyHeaders: string[];
}

/** What has rules. */
interface Guarded {
  readonly access: AccessRule[];
}

/**
 * Address ranges that visitors of a route must come from; empty: any.
 *
 * @internal
 */
export const sourceRangesOf = (route: Guarded): string[] => ruleOf(route, AccessKind.SOURCE_RANGES)?.ranges ?? [];

/**
 * Who must have signed the certificates of a route's visitors; undefined: nobody is asked for one.
 *
 * @internal
 */
export const clientAuthorityOf = (route: Guarded): AuthorityModel | undefined => ruleOf(route, AccessKind.CLIENT_CERTIFICATES)?.authority;

/**
 * The secret with the names and password hashes of a route's visitors; undefined: nobody is asked for a password.
 *
 * @internal
 */
export const usersOf = (route: Guarded): SecretModel | undefined => ruleOf(route, AccessKind.BASIC_AUTH)?.users;

/**
 * The workload that is asked about a route's requests; undefined: none.
 *
 * @internal
 */
export const forwardAuthOf = (route: Guarded): ForwardAuthModel | undefined => ruleOf(route, AccessKind.FORWARD_AUTH)?.forwardAuth;

/**
 * The workload that is asked about a route's requests, if any.
 *
 * @internal
 */
export function askedBy(route: Guarded): RouteTargetModel[] {
  const forwardAuth = forwardAuthOf(route);
  return forwardAuth === undefined ? [] : [forwardAuth.target];
}

const ruleOf = ({ access }: Guarded, kind: AccessKind): AccessRule | undefined => access.find((rule) => rule.kind === kind);
