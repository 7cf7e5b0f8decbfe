import { Size } from 'cdk8s';
import { dnsVariables, legoProvider } from './dns-variables';
import { issuersOf, keptName } from './hosts';
import { IssuerKind, KeyType, type Dns01Model, type IssuerModel } from '../model/certificate';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { LoadBalancerSidecar } from '../model/load-balancer-backend';
import { Volume } from '../model/volume';

/*
 * Certificates of ACME directories for load balancers that do not ask by themselves: lego beside them, one for each issuer.
 */

/** https://hub.docker.com/r/goacme/lego */
const IMAGE = 'goacme/lego:v4.35.2';

/** Port on which it answers an authority that asks for proof over HTTP. */
export const CHALLENGE_PORT = 8888;

/** Where an authority asks for proof. */
export const CHALLENGE_PATH = '/.well-known/acme-challenge/';

/**
 * What a load balancer and its ACME clients agree about.
 *
 * @internal
 */
export interface AcmeClientOptions {
  /** Folder on a disk that they share. */
  readonly folder: string;
  /** Folder in it that the load balancer reads: `HOST.pem` has chain and key, with `_` for the star of a wildcard. */
  readonly served: string;
  /** User id of both. */
  readonly user: number;
  /** Image of who gets the certificates, in place of a public one. */
  readonly image?: string;
}

/**
 * A client for each ACME directory.
 *
 * @internal
 */
export function acmeClients(loadBalancer: LoadBalancerModel, options: AcmeClientOptions): LoadBalancerSidecar[] {
  return issuersOf(loadBalancer).filter(({ kind }) => kind === IssuerKind.ACME).map((issuer) => ({
    name: clientName(issuer),
    image: options.image ?? IMAGE,
    command: ['sh', '-c', SCRIPT, 'sh', ...hostsOf(loadBalancer, issuer)],
    environment: {
      ACCOUNT: `${options.folder}/${keptName(issuer)}`,
      SERVED: options.served,
      KEY_TYPE: issuer.keyType === KeyType.RSA_2048 ? 'rsa2048' : 'ec256',
      CHALLENGE: issuer.dns01 === undefined ? `--http --http.port :${CHALLENGE_PORT}` : `--dns ${legoProvider(issuer.dns01)}`,
      ...issuer.directory === undefined ? {} : { LEGO_SERVER: issuer.directory },
      ...issuer.email === undefined ? {} : { LEGO_EMAIL: issuer.email },
      ...issuer.profile === undefined ? {} : { PROFILE: issuer.profile },
      ...issuer.caRoot === undefined ? {} : { CA_ROOT: issuer.caRoot },
      ...issuer.dns01 === undefined ? {} : dnsEnvironment(loadBalancer, issuer.dns01),
    },
    secrets: Object.values(issuer.dns01?.credentials ?? {}),
    volumes: [Volume.persistent(options.folder, { size: Size.mebibytes(256) })],
    user: options.user,
    egress: true,
  }));
}

/**
 * The name of an issuer's client in the load balancer.
 *
 * @internal
 */
export const clientName = ({ name }: IssuerModel): string => `acme-${name}`;

/**
 * Issuers that ask for proof over HTTP, which the load balancer must lead to their clients.
 *
 * @internal
 */
export const challengedOverHttp = (loadBalancer: LoadBalancerModel): IssuerModel[] =>
  issuersOf(loadBalancer).filter(({ kind, dns01 }) => kind === IssuerKind.ACME && dns01 === undefined);

/**
 * The hosts that have their certificates of an issuer.
 *
 * @internal
 */
export const hostsOf = ({ hosts }: LoadBalancerModel, issuer: IssuerModel): string[] =>
  hosts.filter((host) => host.issuer?.name === issuer.name).map(({ name }) => name);

/**
 * Asks for what is missing, renews what is due by the directory's own advice or at a third of its life, and hands it over
 * in one piece. A directory counts failures and closes for hours: the pause doubles with each.
 */
const SCRIPT = `umask 077
PATH=$PATH:/
mkdir -p "$ACCOUNT" "$SERVED"
if [ -n "\${CA_ROOT:-}" ]; then
  printf '%s\\n' "$CA_ROOT" >/tmp/root.pem
  export LEGO_CA_CERTIFICATES=/tmp/root.pem
fi
for credential in \${CREDENTIALS:-}; do export "\${credential%%=*}=$(cat "\${credential#*=}")"; done
ask() { # host, then the command
  host=$1
  shift
  lego --accept-tos --path "$ACCOUNT" --key-type "$KEY_TYPE" --pem $CHALLENGE --domains "$host" "$@" \${PROFILE:+--profile "$PROFILE"}
}
pause=30
while sleep 5; do
  failed=
  for host in "$@"; do
    name=$(printf %s "$host" | tr '*' _).pem
    bundle=$ACCOUNT/certificates/$name
    if [ -e "$bundle" ]; then ask "$host" renew --dynamic --no-random-sleep; else ask "$host" run; fi || failed=1
    if [ -e "$bundle" ] && ! cmp -s "$bundle" "$SERVED/$name"; then
      cp "$bundle" "$ACCOUNT/next.pem" && mv "$ACCOUNT/next.pem" "$SERVED/$name"
    fi
  done
  if [ -z "$failed" ]; then pause=30; sleep 21600; continue; fi
  sleep "$pause"
  pause=$((pause < 3600 ? pause * 2 : 3600))
done
`;

function dnsEnvironment(loadBalancer: LoadBalancerModel, dns01: Dns01Model): { [name: string]: string } {
  const { settings, credentials } = dnsVariables(loadBalancer, dns01);
  const files = Object.entries(credentials).map(([variable, file]) => `${variable}=${file}`);
  return { ...settings, ...files.length === 0 ? {} : { CREDENTIALS: files.join(' ') } };
}
