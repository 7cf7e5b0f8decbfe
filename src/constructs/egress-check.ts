import { Egress, EgressKind } from '../model/egress';
import * as messages from '../validation/messages';
import { checkInstance, checkList } from '../validation/props';
import { isHost, isNamespaceName, isPort, isRange } from '../validation/syntax';

/**
 * Fails for a way out that leads nowhere.
 *
 * @internal
 */
export function checkEgress(path: string, name: string, egress: Egress): void {
  checkInstance(path, name, 'egress', egress ?? null, Egress, 'choices such as Egress.internet()');
  const { kind, destinations, ports, _everyPort: everyPort } = egress;
  if (kind === EgressKind.HOSTS) checkList(path, name, 'the hosts of egress', destinations, "['api.example.org']");
  if (kind === EgressKind.RANGES) checkList(path, name, 'the ranges of egress', destinations, "['203.0.113.0/24']");
  checkList(path, name, 'the ports of egress', ports, '[443]');
  if (destinations.length === 0 && kind !== EgressKind.INTERNET) throw new Error(messages.egressNowhere(path, name, kind));
  if (ports.length === 0 && !everyPort) throw new Error(messages.egressWithoutPort(path, name, kind));
  for (const port of ports) if (!isPort(port)) throw new Error(messages.badEgressPort(path, name, port));
  if (kind === EgressKind.RANGES) for (const range of destinations) if (!isRange(range)) throw new Error(messages.badRange(path, name, range));
  if (kind === EgressKind.NAMESPACE && !isNamespaceName(destinations[0])) throw new Error(messages.badEgressNamespace(path, name, destinations[0]));
  if (kind === EgressKind.HOSTS) for (const host of destinations) if (!isHost(host)) throw new Error(messages.badEgressHost(path, name, host));
}
