import { listed } from './isolation';
import type { AppModel } from '../../model/app-model';
import { leadsNowhere, visitorPorts } from '../../model/load-balancer';

/**
 * What an administrator of a host must know of published ports: its own firewall does not close them, since packets for
 * them are sent on to a container before its rules for the host are asked.
 * https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw
 *
 * @param how what closes them on this target
 * @internal
 */
export function publishedPortsRemark(app: AppModel, how: string): string[] {
  const open = app.charts.flatMap(({ workloads, loadBalancers }) => [
    ...loadBalancers.filter((loadBalancer) => !leadsNowhere(loadBalancer)).map((loadBalancer) => `${loadBalancer.name} ${visitorPorts(loadBalancer).join(' ')}`),
    ...workloads.filter(({ publishedPorts }) => publishedPorts.length > 0)
      .map(({ name, publishedPorts }) => `${name} ${publishedPorts.map(({ port, hostPort = port }) => hostPort).join(' ')}`),
  ]);
  if (open.length === 0) return [];
  return [`published ports (${listed([...open].sort())}) pass by host firewalls such as ufw and firewalld, since Docker's own rules come first; to close them, ${how}`];
}
