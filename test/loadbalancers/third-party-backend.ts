import {
  Answer, HealthCheck, LoadBalancingAlgorithm, Port, Volume,
  type ILoadBalancerBackend, type ITargetTraits, type LoadBalancerModel, type LoweredLoadBalancer, type RouteModel,
} from '../../src';

/** A back end of a third party in one file, which would import from 'cdk8s-ha': an nginx that speaks HTTP and divides by turns. */
export class PlainNginx implements ILoadBalancerBackend {
  public readonly name = 'plain-nginx';

  public answerBalancing({ balancing }: LoadBalancerModel): Answer {
    return balancing.algorithm === LoadBalancingAlgorithm.ROUND_ROBIN
      ? Answer.native('nginx takes one copy after the other')
      : Answer.degraded(`this nginx takes one copy after the other, not by ${balancing.algorithm}: caddy can`);
  }

  public lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    const hosts = [...new Set(loadBalancer.routes.map(({ host }) => host))];
    return {
      image: 'nginxinc/nginx-unprivileged:1.27.3',
      configurationFolder: '/etc/nginx/templates',
      // The image puts variables of its environment into `.template` files when it starts.
      configuration: { 'default.conf.template': [...hosts.map((host) => server(host, loadBalancer, traits)), OWN_HEALTH].join('\n') },
      environment: { NGINX_ENVSUBST_FILTER: 'COMPOSE_PROJECT_NAME' },
      reloadCommand: ['sh', '-c', '/docker-entrypoint.d/20-envsubst-on-templates.sh && nginx -s reload'],
      ports: [Port.http('http', 8080)],
      volumes: [Volume.scratch('/etc/nginx/conf.d')],
      user: 101,
      healthCheck: HealthCheck.http('/own-health', { port: 8081 }),
      notAsked: [...new Set(loadBalancer.routes.flatMap(({ targets }) => targets.map(({ peer }) => peer.name)))],
    };
  }
}

function server(host: string, { path, routes }: LoadBalancerModel, traits: ITargetTraits): string {
  const own = routes.filter((route) => route.host === host);
  for (const { headers } of own) {
    if (Object.keys(headers).length > 0) throw new Error(`plain-nginx cannot match headers: remove them from the route of '${host}' [${path}]`);
  }
  const upstream = ({ targets: [{ peer, port, copies, stateful }] }: RouteModel, index: number) => {
    const names = traits.copyNames(peer.chart, peer.name, copies, stateful);
    const servers = (names.length > 0 ? names : [traits.allCopiesName(peer.chart, peer.name)])
      .map((name) => `server ${name.replace('{project}', '${COMPOSE_PROJECT_NAME}')}:${port.number};`);
    return `upstream ${host}-${index} { ${servers.join(' ')} }`;
  };
  const locations = own.map((route, index) => `  location ${route.path} { proxy_pass http://${host}-${index}; }`);
  return [...own.map(upstream), 'server {', '  listen 8080;', `  server_name ${host};`, ...locations, '}'].join('\n');
}

const OWN_HEALTH = 'server { listen 127.0.0.1:8081; location /own-health { return 200; } }\n';
