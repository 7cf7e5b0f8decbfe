/**
 * Images of what gets certificates beside a load balancer that does not get them by itself. Nothing of it runs where all certificates
 * are files of the user's.
 */
export interface CertificateImageOptions {
  /**
   * Image of the client of ACME directories, for `LetsEncrypt` and `AcmeIssuer`. One of your own needs lego 4 on its path, with the
   * DNS provider that `dns01` names, and `sh`. Kubernetes does not run it: there cert-manager gets certificates.
   *
   * @default 'goacme/lego:v4.35.2'
   * @see https://hub.docker.com/r/goacme/lego
   */
  readonly acmeClientImage?: string;
  /**
   * Image of the authority of `LocalCertificates`. One of your own needs Caddy 2.11 or newer on its path, and `sh`. Kubernetes does not
   * run it: there cert-manager is the authority.
   *
   * @default 'caddy:2.11.4'
   * @see https://hub.docker.com/_/caddy
   */
  readonly localAuthorityImage?: string;
}
