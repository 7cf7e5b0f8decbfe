import { Size } from 'cdk8s';
import { hostsOf, type AcmeClientOptions } from './acme-client';
import { CADDY_IMAGE } from './caddy/places';
import { issuersOf } from './hosts';
import { IssuerKind, KeyType, type IssuerModel } from '../model/certificate';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { LoadBalancerSidecar } from '../model/load-balancer-backend';
import { Security } from '../model/security';
import { Volume } from '../model/volume';
import { block, caddyfileText } from '../util/caddyfile';

/*
 * Certificates of a local authority for load balancers that have none: Caddy's own, which makes and renews them for hosts that
 * nobody asks it for.
 */

/**
 * An authority for each local issuer.
 *
 * @internal
 */
export function localAuthorities(
  loadBalancer: LoadBalancerModel, { folder, served, user, image = CADDY_IMAGE }: AcmeClientOptions,
): LoadBalancerSidecar[] {
  return issuersOf(loadBalancer).filter(({ kind }) => kind === IssuerKind.LOCAL).map((issuer) => ({
    name: `local-${issuer.name}`,
    image,
    command: ['sh', '-c', SCRIPT, 'sh', ...hostsOf(loadBalancer, issuer)],
    environment: {
      AUTHORITY: `${folder}/${issuer.name}`,
      SERVED: served,
      CADDYFILE: authorityFile(loadBalancer, issuer, folder),
      XDG_CONFIG_HOME: '/tmp',
      XDG_DATA_HOME: '/tmp',
    },
    volumes: [Volume.persistent(folder, { size: Size.mebibytes(256) })],
    // The published program carries the capability in its file, and does not start where it is taken away.
    security: Security.restricted({ bindLowPorts: true }),
    user,
  }));
}

function authorityFile(loadBalancer: LoadBalancerModel, issuer: IssuerModel, folder: string): string {
  return caddyfileText([
    block('', 'admin off', 'auto_https disable_redirects', 'skip_install_trust', `storage file_system ${folder}/${issuer.name}`),
    block(hostsOf(loadBalancer, issuer).map((host) => `https://${host}:8443`).join(', '),
      'bind 127.0.0.1',
      block('tls', `key_type ${issuer.keyType === KeyType.RSA_2048 ? 'rsa2048' : 'p256'}`, 'issuer internal'),
    ),
  ]);
}

/** Hands each certificate over in one piece, with its key. When Caddy ends, the container does. */
const SCRIPT = `umask 077
mkdir -p "$AUTHORITY" "$SERVED"
printf %s "$CADDYFILE" >/tmp/Caddyfile
caddy run --config /tmp/Caddyfile --adapter caddyfile &
while sleep 2 && kill -0 $!; do
  for host in "$@"; do
    stored=$(printf %s "$host" | sed 's/^[*]/wildcard_/')
    certificate=$AUTHORITY/certificates/local/$stored/$stored
    name=$(printf %s "$host" | tr '*' _).pem
    [ -e "$certificate.crt" ] && [ -e "$certificate.key" ] || continue
    cat "$certificate.crt" "$certificate.key" >"$AUTHORITY/next.pem"
    cmp -s "$AUTHORITY/next.pem" "$SERVED/$name" || mv "$AUTHORITY/next.pem" "$SERVED/$name"
  done
done
`;
