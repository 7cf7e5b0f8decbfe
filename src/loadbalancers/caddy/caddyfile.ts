import { certificatesSnippets } from './certificates';
import { drainLines, drainSnippets } from './drain';
import { ADMIN, DATA } from './places';
import { siteSnippets } from './site-snippets';
import { sitesText } from './sites';
import { wayRoutes, type KnownWay } from './upstreams';
import { wordOf } from './words';
import { IssuerKind } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, caddyfileText, type CaddyfileBlock, type CaddyfileLine } from '../../util/caddyfile';
import { httpPortOf, httpsPortOf, issuersOf, speaksHttp3 } from '../hosts';
import { healthAddressOf, HEALTH_PATH, HEALTH_PORT } from '../own-health';
import { isGrpc } from '../routes';

/**
 * The whole configuration.
 *
 * @internal
 */
export function caddyfileOf(loadBalancer: LoadBalancerModel, ways: KnownWay[], traits: ITargetTraits): string {
  const beforeSites = caddyfileText([
    globalOptions(loadBalancer, traits),
    ...certificatesSnippets(loadBalancer),
    ...siteSnippets(loadBalancer),
    ...drainSnippets(ways),
    ...wayRoutes(loadBalancer, ways, traits),
    ownPort(ways, traits),
  ]);
  // Else Caddy answers with an empty 200.
  const afterSites = caddyfileText([block('http://', 'respond 404')]);
  return [beforeSites, sitesText(loadBalancer), afterSites].filter((text) => text !== '').join('\n');
}

function globalOptions(loadBalancer: LoadBalancerModel, traits: ITargetTraits): CaddyfileBlock {
  const servers = serverOptions(loadBalancer, traits);
  const [http, https] = [httpPortOf(traits), httpsPortOf(traits)];
  return block('',
    `admin ${ADMIN}`,
    // The redirects are written out below: the port that visitors see may be another than Caddy's.
    'auto_https disable_redirects',
    ...http === 80 ? [] : [`http_port ${http}`],
    ...https === 443 ? [] : [`https_port ${https}`],
    `storage file_system ${DATA}/caddy`,
    `grace_period ${loadBalancer.drainSeconds}s`,
    'metrics',
    ...issuersOf(loadBalancer).some(({ kind }) => kind !== IssuerKind.ACME) ? ['skip_install_trust'] : [],
    // A name of a copy that does not run fails its check every second.
    block('log', 'exclude http.handlers.reverse_proxy.health_checker.active'),
    ...servers.length === 0 ? [] : [block('servers', ...servers)],
  );
}

function serverOptions(loadBalancer: LoadBalancerModel, traits: ITargetTraits): CaddyfileLine[] {
  const { trustedProxies, hosts, routes } = loadBalancer;
  const plain = new Set(hosts.filter(({ issuer }) => issuer === undefined).map(({ name }) => name));
  const plainGrpc = routes.some(({ host, redirectHttp, targets }) => (plain.has(host) || !redirectHttp)
    && targets.some(isGrpc));
  const protocols = ['h1', 'h2', ...plainGrpc ? ['h2c'] : [], ...speaksHttp3(loadBalancer, traits) ? ['h3'] : []];
  return [
    // h1, h2 and h3 are Caddy's own choice.
    ...protocols.join(' ') === 'h1 h2 h3' ? [] : [`protocols ${protocols.join(' ')}`],
    ...trustedProxies.length === 0 ? [] : [
      `trusted_proxies static ${trustedProxies.map((range) => wordOf(loadBalancer, 'the range', range)).join(' ')}`,
      // From right to left: what stands left of the first proxy that is not trusted may be made up.
      'trusted_proxies_strict',
      'client_ip_headers X-Forwarded-For',
    ],
  ];
}

/** For the container's own health check, and for whoever collects metrics inside the container. */
function ownPort(ways: KnownWay[], traits: ITargetTraits): CaddyfileBlock {
  return block(`http://:${HEALTH_PORT}`,
    `bind ${healthAddressOf(traits)}`,
    block('handle /metrics', 'metrics'),
    ...drainLines(ways),
    block('handle', `respond ${HEALTH_PATH} 200`, 'respond 404'),
  );
}
