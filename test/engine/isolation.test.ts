import { describeWithEngine } from './engine';
import { declaredBy, declaredExample, type Declared } from './generated';
import { atNameOf, callsByProxy, exceptionsIn, expected, mayLeave, namesFor, partiesOf, type Exceptions, type Party } from './isolation/declared';
import { fourNetworks } from './isolation/four-networks';
import { Listeners, OTHERS_MARK, PROXY_MARK, type Listener } from './isolation/listeners';
import { matrix } from './isolation/matrix';
import { fromContainer, fromHost, hostAddresses, HOST_PORTS, Outside, OUTSIDE, OUTSIDE_PORTS } from './isolation/outside';
import { eachOf } from './parallel';

/*
 * Who reaches whom, measured between all containers, on all ports, over every address that they have, against what was
 * declared. What Docker opens besides must stand in the report: not a pair more, not a pair less.
 */

/** They wait for answers that do not come, most of the time. */
const AT_ONCE = 10;

const APPLICATIONS: readonly [string, () => Declared][] = [
  ['hello', () => declaredExample('hello')],
  ['shop', () => declaredExample('shop')],
  ['platform', () => declaredExample('platform')],
  ['networks', () => declaredBy(fourNetworks())],
];

for (const target of ['compose', 'swarm'] as const) {
  for (const [name, declare] of APPLICATIONS) {
    describeWithEngine(`who reaches whom: ${name} on ${target}`, () => {
      const outside = new Outside();
      const reached = new Map<string, ReadonlySet<string>>();
      let parties: Map<string, Party>;
      let exceptions: Exceptions;
      let ports: string[];
      let listeners: Listeners;
      let containers: Listener[];
      let hosts: string[];

      beforeAll(async () => {
        const { text, model } = declare();
        const file = text(target === 'compose' ? `compose/${name}/compose.yml` : `swarm/${name}/stack.yml`);
        parties = new Map(partiesOf(model(target), file).map((party) => [party.name, party]));
        exceptions = exceptionsIn(text('report/report.json'), target);
        ports = portsOf([...parties.values()]);
        const proxies = [...parties.values()].filter(({ callee }) => callee !== undefined).map((party) => party.name);
        listeners = new Listeners(target, name, file, ports, proxies);
        await listeners.start();
        await outside.start();
        containers = await listeners.containers();
        await outside.closeRoutes(await listeners.closedSubnets());
        hosts = hostAddresses();
        await eachOf(containers, async (from) => { reached.set(from.name, await fromContainer(from.id, targetsOf(from))); }, AT_ONCE);
        await measureAgain();
        const rows = containers.map((one) => ({ name: one.name, reach: (to: Listener) => openPorts(one, to), outside: wayOut(one) }));
        process.stdout.write(`\n${name} on ${target}\n\n${matrix(rows, containers, ports)}\n`);
      }, 600_000);

      afterAll(async () => {
        await outside.stop();
        await listeners.remove();
      }, 300_000);

      test('between containers: as declared, and as the report owns up to', () => {
        expect(differencesBetween()).toEqual([]);
      });

      test('by name: every declared connection is open under the name of the one called', () => {
        const closed = containers.flatMap((from) => calledBy(from).filter((one) => !reached.get(from.name)!.has(one)).map((one) => `${from.name} -> ${one}`));
        expect(closed).toEqual([]);
      });

      test('by name: the name of one that has a proxy is the proxy\'s for those who call by it, and the copies\' for others', () => {
        const differences = containers.flatMap((from) => named(from).flatMap((to) => {
          const open = (mark: string) => reached.get(from.name)!.has(atNameOf(partyOf(from), to, mark));
          const isProxys = callsByProxy(partyOf(from), to);
          return open(PROXY_MARK) === isProxys && open(OTHERS_MARK) !== isProxys ? []
            : [`${from.name} -> ${to.name}: leads ${open(PROXY_MARK) ? '' : 'not '}to the proxy, ${open(OTHERS_MARK) ? '' : 'not '}to others`];
        }));
        expect(differences).toEqual([]);
      });

      test('to the outside and the host: nobody without a way out, and who has one is in the report', () => {
        const differences = containers.flatMap((from) => {
          const party = partyOf(from);
          const open = mayLeave(party) || exceptions.everythingOutside.has(party.name);
          return [...outsideTargets(), ...hostTargets()].filter((one) => reached.get(from.name)!.has(one) !== open)
            .map((one) => `${from.name} -> ${one}: ${open ? 'should be open and is not' : 'is open'}`);
        });
        expect(differences).toEqual([]);
        const silent = [...parties.values()]
          .filter((party) => party.workload !== undefined && mayLeave(party) && !exceptions.everythingOutside.has(party.name));
        expect(silent.map((party) => party.name)).toEqual([]);
      });

      test('to published ports: nobody without a way out', () => {
        const open = containers.filter((from) => !mayLeave(partyOf(from)) && !exceptions.everythingOutside.has(partyOf(from).name))
          .flatMap((from) => publishedTargets(hosts).filter((one) => reached.get(from.name)!.has(one)).map((one) => `${from.name} -> ${one}`));
        expect(open).toEqual([]);
      });

      test('from outside: the published ports and nothing else', async () => {
        // A neighbour that knows the way can ask a published port at the container's own address, too.
        const own = containers.flatMap((to) => to.addresses.flatMap((address) => ports
          .filter((port) => !listeners.published.some(({ service, inside }) => service === to.service && inside === port))
          .map((port) => at(port, address))));
        const published = publishedTargets(['203.0.113.9']);
        expect([...await outside.probe([...own, ...published])].sort()).toEqual(published.sort());
      }, 60_000);

      test('from the host: nobody by an address of a network of the application', async () => {
        const inside = containers.filter((to) => !mayLeave(partyOf(to)) && !exceptions.everythingOutside.has(partyOf(to).name))
          .flatMap((to) => to.addresses.flatMap((address) => ports.map((port) => at(port, address))));
        expect([...await fromHost(inside)]).toEqual([]);
      }, 60_000);

      const partyOf = ({ service }: Listener): Party => parties.get(service) ?? parties.get(service.replace(/-\d+$/, ''))!;

      const openPorts = (from: Listener, to: Listener): string[] =>
        ports.filter((port) => to.addresses.some((address) => reached.get(from.name)!.has(at(port, address))));

      const wayOut = (from: Listener): string[] => [
        ...Object.entries(OUTSIDE)
          .filter(([, address]) => OUTSIDE_PORTS.some((port) => reached.get(from.name)!.has(at(port, address)))).map(([place]) => place),
        ...hostTargets().some((one) => reached.get(from.name)!.has(one)) ? ['the host'] : [],
      ];

      const outsideTargets = (): string[] => Object.values(OUTSIDE).flatMap((address) => OUTSIDE_PORTS.map((port) => at(port, address)));
      const hostTargets = (): string[] => hosts.flatMap((address) => HOST_PORTS.map((port) => at(port, address)));
      const publishedTargets = (addresses: string[]): string[] =>
        addresses.flatMap((address) => listeners.published.map(({ port }) => at(port, address)));
      const named = (from: Listener): Party[] => [...parties.values()]
        .filter((to) => to.workload !== undefined && to.name !== partyOf(from).name && namesFor(partyOf(from), to).length > 0);
      const calledBy = (from: Listener): string[] => named(from).flatMap((to) => namesFor(partyOf(from), to));
      const marksFor = (from: Listener): string[] => named(from)
        .flatMap((to) => [PROXY_MARK, OTHERS_MARK].map((mark) => atNameOf(partyOf(from), to, mark)));

      function targetsOf(from: Listener): string[] {
        const others = containers.filter((to) => to !== from).flatMap(({ addresses }) => addresses);
        const between = others.flatMap((address) => ports.map((port) => at(port, address)));
        return [...between, ...outsideTargets(), ...hostTargets(), ...publishedTargets(hosts), ...calledBy(from), ...marksFor(from)];
      }

      function differencesBetween(): string[] {
        return containers.flatMap((from) => containers.filter((to) => to !== from).flatMap((to) => {
          const open = new Set(openPorts(from, to));
          return ports.filter((port) => open.has(port) !== expected(partyOf(from), partyOf(to), port, exceptions))
            .map((port) => `${from.name} -> ${to.name} ${port}: expected ${open.has(port) ? 'closed, measured open' : 'open, measured closed'}`);
        }));
      }

      /** A packet may be lost on a busy machine: what is missing is asked for once more, alone. */
      async function measureAgain(): Promise<void> {
        await eachOf(containers, async (from) => {
          const missing = [
            ...containers.filter((to) => to !== from
              && ports.some((port) => expected(partyOf(from), partyOf(to), port, exceptions) && !openPorts(from, to).includes(port)))
              .flatMap(({ addresses }) => addresses.flatMap((address) => ports.map((port) => at(port, address)))),
            ...[...calledBy(from), ...marksFor(from)].filter((one) => !reached.get(from.name)!.has(one)),
          ];
          if (missing.length > 0) reached.set(from.name, new Set([...reached.get(from.name)!, ...await fromContainer(from.id, missing)]));
        }, AT_ONCE);
      }
    });
  }
}

/** Every port that anybody declares, over both transports, and one that nobody does. */
function portsOf(parties: Party[]): string[] {
  const numbers = new Set([80, 443, 7777, ...parties.flatMap(({ ports }) => ports.map((port) => Number(port.split(':')[1])))]);
  return [...numbers].sort((a, b) => a - b).flatMap((number) => [`tcp:${number}`, `udp:${number}`]);
}

/** `tcp:8080` at 10.0.0.2 is `tcp:10.0.0.2:8080`. */
const at = (port: string, host: string): string => port.replace(':', `:${host}:`);
