import { parse } from 'yaml';
import { declaredBy, declaredExample, type Declared } from '../../engine/generated';
import { atNameOf, callsByProxy, exceptionsIn, expected, namesFor, partiesOf, type Party } from '../../engine/isolation/declared';
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

describe.each(APPLICATIONS)('%s on Compose', (name, declare) => {
  let parties: Party[];
  let file: any;
  let ports: string[];
  let isOpen: (from: Party, to: Party, port: string) => boolean;
  /** The services in each network that leads nowhere else. */
  let networks: [string, string[]][];

  beforeAll(() => {
    const { text, model } = declare();
    const written = text(`compose/${name}/compose.yml`);
    file = parse(written);
    parties = partiesOf(model('compose'), written);
    ports = [UNDECLARED, ...new Set(parties.flatMap((party) => party.ports))];
    const exceptions = exceptionsIn(text('report/report.json'), 'compose');
    isOpen = (from, to, port) => expected(from, to, port, exceptions);
    networks = Object.entries(dockerNetworks(written)).filter(([network]) => file.networks[network].internal);
  });

  test('who shares a network may meet, on all ports, and nobody else', () => {
    const differences = parties.flatMap((from) => parties.filter((to) => from !== to || hasCopies(from)).flatMap((to) => {
      const meet = networks.some(([, members]) => members.some(isOf(from)) && members.some(isOf(to)));
      const open = ports.filter((port) => isOpen(from, to, port));
      return open.length === (meet ? ports.length : 0) ? []
        : [`${from.name} -> ${to.name}: ${meet ? 'meet' : 'do not meet'}, expected ${open.join(' ') || 'nothing'}`];
    }));
    expect(differences).toEqual([]);
  });

  test('a name leads to the proxy for those who call by it, and to the copies for others', () => {
    const pairs = parties.flatMap((from) => parties
      .filter((to) => from !== to && to.workload !== undefined && namesFor(from, to).length > 0).map((to): [Party, Party] => [from, to]));
    const found = pairs.map(([from, to]) => `${from.name} -> ${to.name}: ${partiesNamed(from, nameOf(from, to)).join(' ')}`);
    expect(found).toEqual(pairs.map(([from, to]) => `${from.name} -> ${to.name}: ${to.name}${callsByProxy(from, to) ? '-proxy' : ''}`));
  });

  const nameOf = (from: Party, to: Party): string => atNameOf(from, to, 'tcp:').split(':')[1];
  const isOf = (party: Party) => (service: string): boolean => partyOf(service) === party;
  const partyOf = (service: string): Party | undefined =>
    parties.find((party) => party.name === service) ?? parties.find((party) => party.name === service.replace(/-\d+$/, ''));
  const servicesOf = (party: Party): string[] => Object.keys(file.services).filter((service) => isOf(party)(service) && !service.endsWith('-next'));
  const hasCopies = (party: Party): boolean => servicesOf(party).length > 1 || file.services[party.name]?.deploy?.replicas > 1;

  /** Whom a container finds under a name: a link of its own comes first. */
  function partiesNamed(from: Party, wanted: string): string[] {
    const [service] = servicesOf(from);
    const links: string[] = file.services[service].external_links ?? [];
    const linked = links.filter((link) => link.endsWith(`:${wanted}`)).map((link) => link.split(':')[0]);
    const known = networks.filter(([, members]) => members.includes(service)).flatMap(([network, members]) => members
      .filter((member) => member === wanted || file.services[member].networks[network]?.aliases?.includes(wanted)));
    return [...new Set((linked.length > 0 ? linked : known).map((one) => partyOf(one)!.name))];
  }
});
