import { parse } from 'yaml';
import { declaredBy, declaredExample, type Declared } from '../../engine/generated';
import { exceptionsIn, expected, partiesOf, type Party } from '../../engine/isolation/declared';
import { fourNetworks } from '../../engine/isolation/four-networks';
import { dockerNetworks } from '../../support/reachability';

/*
 * Who shares a network is who may meet: as declared, and as the report owns up to. The engine test measures the same.
 */

const APPLICATIONS: readonly [string, () => Declared][] = [
  ['hello', () => declaredExample('hello')],
  ['shop', () => declaredExample('shop')],
  ['platform', () => declaredExample('platform')],
  ['networks', () => declaredBy(fourNetworks())],
];

const UNDECLARED = 'tcp:7777';

describe.each(APPLICATIONS)('%s', (name, declare) => {
  test.each([['compose', `compose/${name}/compose.yml`], ['swarm', `swarm/${name}/stack.yml`]])('on %s', (target, path) => {
    const { text, model } = declare();
    const file = text(path);
    const parties = partiesOf(model(target), file);
    const exceptions = exceptionsIn(text('report/report.json'), target);
    const ports = [UNDECLARED, ...new Set(parties.flatMap((party) => party.ports))];
    const open = (from: Party, to: Party) => ports.filter((port) => expected(from, to, port, exceptions));
    const meetings = meetingsIn(file);
    const { services } = parse(file);
    const copies = ({ name: one }: Party) => services[one]?.deploy?.replicas ?? (services[`${one}-1`] === undefined ? 1 : 2);
    const differences = parties.flatMap((from) => parties.filter((to) => from !== to || copies(from) > 1).flatMap((to) => {
      const shared = meetings.has(`${from.name} ${to.name}`);
      return open(from, to).length === (shared ? ports.length : 0) ? [] : [`${from.name} -> ${to.name}: ${shared ? 'meet' : 'do not meet'}, expected ${open(from, to).join(' ') || 'nothing'}`];
    }));
    expect(differences).toEqual([]);
  });
});

/** `web api` and `api web`, a copy with its others too. */
function meetingsIn(file: string): Set<string> {
  const { networks = {}, services } = parse(file);
  const party = (service: string) => service in services && /-\d+$/.test(service) ? service.replace(/-\d+$/, '') : service;
  return new Set(Object.entries(dockerNetworks(file)).filter(([network]) => networks[network]?.internal === true)
    .flatMap(([, members]) => members.flatMap((a) => members.map((b) => `${party(a)} ${party(b)}`))));
}
