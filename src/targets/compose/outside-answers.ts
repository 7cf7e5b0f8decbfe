import { Answer } from '../../model/answer';
import { IpvlanMode, Layer2Driver, type Layer2Model, type NetworkModel } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import type { WorkloadModel } from '../../model/workload';

/*
 * What isolation is left where a workload is in a network that is not ours.
 */

/**
 * The answer to everything about isolation; undefined where the workload is in networks of ours alone.
 *
 * @internal
 */
export function outsideIsolation({ networkMode: mode, attachments }: WorkloadModel): Answer | undefined {
  if (mode?.kind === NetworkModeKind.HOST) {
    return Answer.dropped(`it has the network of its host${mode.reason === undefined ? '' : ` (${mode.reason})`}: who reaches the host reaches every port it listens on,`
      + ' and it reaches whatever the host reaches');
  }
  if (mode?.kind === NetworkModeKind.SHARED) {
    return Answer.degraded(`it has the network of ${mode.owner!.name}: what is open to that is open to it, and both reach each other on all ports`);
  }
  const outside = attachments.filter(({ network }) => network.layer2 !== undefined).map(({ network }) => network.name);
  if (outside.length === 0) return undefined;
  return Answer.dropped(`in ${outside.join(', ')} nothing is kept apart: who is on that network reaches it on all ports, and it reaches them and what lies behind the router`);
}

/**
 * The answer to everything about isolation of a layer-2 network.
 *
 * @internal
 */
export function layer2Isolation({ parent, driver, mode }: Layer2Model): Answer {
  const firewalled = driver === Layer2Driver.IPVLAN && mode === IpvlanMode.L3S ? ', as far as the host\'s firewall lets them' : '';
  return Answer.dropped(`it is the network at the host's ${parent}: its members, all who are on it and what lies behind its router reach each other on all ports${firewalled}`);
}

/**
 * How well a network keeps IPv6 apart. (Measured, engine 20.10: members reach every address that the host has over IPv6.)
 *
 * @param isolated whether the engine is one that does
 * @internal
 */
export function ipv6Isolation({ name, ipv6Subnet }: NetworkModel, isolated: boolean): Answer | undefined {
  if (ipv6Subnet === undefined || isolated) return undefined;
  return Answer.degraded(`over IPv6, engines before 28 give the host an address in ${name}, so that members reach the host, and before 27 have no rules for IPv6:`
    + " give new ComposeTarget({ engineVersion: '28.0' }) where all hosts have that, or leave ipv6Subnet out");
}
