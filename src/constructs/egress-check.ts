import { Egress, EgressKind } from '../model/egress';
import * as messages from '../validation/messages';
import { checkInstance } from '../validation/props';
import { isHost, isPort, isRange } from '../validation/syntax';

/**
 * Fails for a way out that leads nowhere.
 *
 * @internal
 */
export function checkEgress(path: string, name: string, egress: Egress): void {
  checkInstance(path, name, 'egress', egress, Egress, 'choices such as Egress.internet()');
  const { kind, destinations, ports } = egress;
  for (const port of ports) if (!isPort(port)) throw new Error(messages.badEgressPort(path, name, port));
  if (kind === EgressKind.RANGES) for (const range of destinations) if (!isRange(range)) throw new Error(messages.badRange(path, name, range));
  if (kind === EgressKind.HOSTS) for (const host of destinations) if (!isHost(host)) throw new Error(messages.badEgressHost(path, name, host));
}
