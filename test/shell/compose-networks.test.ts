import { changes, deploy, deployed, eachOnNewEngine, engine, fail, failure, ids, signalAt, verb } from './compose-shop';
import type { Release } from './shop';

/*
 * Networks of a project and proxies between its workloads, when what is declared of them changes.
 */

eachOnNewEngine();

describe('a network that has other options', () => {
  const OTHER: Release = { addressPool: '10.128.0.0/10' };
  /** Where the load balancer is alone. */
  const OUTSIDE = 'shop_edge-outside-8222f0';
  /** Ready copies that the load balancer reaches. */
  const reached = () => [...engine.copies('web'), ...engine.copies('web-next')]
    .filter((one) => engine.health(one) === 'healthy' && engine.copies('edge').some(({ networks }) => networks.some((name) => one.networks.includes(name))));

  test.each(['2.26.1', '2.40.3'])('takes the place of the one before, and at each moment the load balancer reaches copies (Compose %s)', async (version) => {
    deployed();
    engine.given.composeVersion = version;
    const [before, kept, rolled] = [[...engine.state.networks], [...ids('db-0'), ...ids('edge')], ids('web')];
    const least: number[] = [];
    engine.moment = () => least.push(reached().length);
    const { code, stderr } = await deploy(OTHER);
    expect(code).toBe(0);
    expect(stderr).toMatch(/(shop_edge-to-web)-[0-9a-f]{6} takes the place of \1-[0-9a-f]{6}: who is in the one joins the other\n/);
    expect(Math.min(...least)).toBeGreaterThanOrEqual(2);
    expect([...ids('db-0'), ...ids('edge')]).toEqual(kept);
    expect(ids('web').filter((id) => rolled.includes(id))).toEqual([]);
    expect(engine.state.networks.filter((name) => before.includes(name))).toEqual([OUTSIDE]);
    expect(engine.state.containers.flatMap(({ networks }) => networks).filter((name) => before.includes(name))).toEqual([OUTSIDE]);
    expect(stderr).toContain(`edge: stays in ${OUTSIDE}, without the new options, until it is created anew`);
    expect(engine.state.networks.map((name) => name.slice(0, -7)).sort()).toEqual(before.map((name) => name.slice(0, -7)).sort());
  });

  test('is joined under the names that one has in the one before', async () => {
    deployed();
    const [db] = engine.copies('db-0');
    await deploy(OTHER);
    expect(engine.host.calls).toContain(`network connect --alias shop-db-0-1 --alias db-0 ${engine.copies('db-0')[0].networks[0]} ${db.id}`);
  });

  test('leaves a service without a twin, which is alone in the one before and has not changed otherwise, as it is', async () => {
    await deploy({ dns: '1' });
    const before = engine.copies('dns');
    expect(await deploy({ dns: '1', ...OTHER }))
      .toMatchObject({ code: 0, stderr: expect.stringContaining(`dns: stays in ${before[0].networks[0]}, without the new options, until it is created anew\n`) });
    expect(engine.copies('dns')).toEqual(before);
    expect((await deploy({ dns: '2', ...OTHER })).code).toBe(0);
    expect(engine.copies('dns')[0].networks).not.toEqual(before[0].networks);
    expect(engine.state.networks).not.toContain(before[0].networks[0]);
  });

  test('is left again when the release fails', async () => {
    deployed();
    const before = [...engine.state.networks];
    engine.given.behaviour = ({ service, networks }) => service === 'web-next' && !before.includes(networks[0]) ? 'never gets ready' : 'gets ready';
    expect(await failure(deploy(OTHER))).toContain('release 0001 keeps serving');
    expect(engine.state.networks.filter((name) => !before.includes(name))).toEqual([]);
    expect(engine.state.containers.flatMap(({ networks }) => networks).filter((name) => !before.includes(name))).toEqual([]);
    expect(reached()).toHaveLength(2);
    engine.given.behaviour = () => 'gets ready';
    expect((await deploy(OTHER)).code).toBe(0);
  });

  test.each([
    /^docker network connect/, /^docker stop/, /^docker network disconnect/, /--scale/,
  ])('is gone over to by the next run, where the one before was killed at %s', async (moment) => {
    deployed();
    const before = [...engine.state.networks];
    signalAt(moment, 'SIGKILL');
    await deploy(OTHER);
    const least: number[] = [];
    engine.moment = () => least.push(reached().length);
    expect((await deploy(OTHER)).code).toBe(0);
    expect(Math.min(...least)).toBeGreaterThanOrEqual(2);
    const left = [engine.state.networks, ...engine.state.containers.map(({ networks }) => networks)].flat();
    expect(left.filter((name) => before.includes(name))).toEqual([OUTSIDE, OUTSIDE]);
  });

  test('is refused before anything is touched, where another project is in the one before', async () => {
    deployed();
    engine.state.containers.push({ ...engine.copies('edge')[0], id: 'c99', name: 'other-edge-1', labels: { project: 'other' } });
    const before = engine.view();
    expect(await failure(deploy(OTHER))).toMatch(new RegExp('error: the network (shop_[a-z-]+)-[0-9a-f]{6} takes the place of'
      + ' \\1-[0-9a-f]{6}, since its options have changed, and who is in the one does not reach who is in the other. Nothing was changed.'
      + ' Stop first what uses it: deploy.sh down of other shop\n$'));
    expect(engine.view()).toEqual(before);
  });

  test('is refused before anything is touched, where an address that was given would be needed in both', async () => {
    deployed();
    const [db] = engine.copies('db-0');
    db.addresses = { [db.networks[0]]: '10.7.0.9' };
    const before = engine.view();
    expect(await failure(deploy(OTHER))).toMatch(/the address 10\.7\.0\.9 would be needed in both\. Nothing was changed\. Stop it first: deploy\.sh down\n$/);
    expect(engine.view()).toEqual(before);
  });

  test('is made where one service alone is in it, which has changed', async () => {
    await deploy({ lan: { subnet: '10.7.0.0/24' } });
    expect((await deploy({ lan: { subnet: '10.8.0.0/24' }, worker: '2' })).code).toBe(0);
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toEqual(engine.copies('worker')[0].networks);
  });

  test('is made where one service alone is in it, of which nothing else has changed', async () => {
    await deploy({ lan: { subnet: '10.7.0.0/24' } });
    const before = ids('worker');
    expect((await deploy({ lan: { subnet: '10.8.0.0/24' } })).code).toBe(0);
    expect(ids('worker').filter((id) => before.includes(id))).toEqual([]);
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toEqual(engine.copies('worker')[0].networks);
  });
});

describe('a network whose addresses another one has', () => {
  const LAN = { subnet: '10.7.0.0/24', ipv6Subnet: 'fd00:7::/64' };
  /** A network of somebody else. */
  function given(subnet: string): void {
    engine.state.networks.push('plant');
    engine.state.ranges.plant = [{ subnet }];
  }

  test('is refused before anything is touched, where copies still use that one', async () => {
    await deploy({ lan: LAN });
    const before = engine.view();
    const calls = engine.host.calls.length;
    expect(await failure(deploy({ lan: { ...LAN, mtu: 1400 }, worker: '2' }))).toMatch(new RegExp('error: the network shop_lan-[0-9a-f]{6} cannot be made while'
      + ' shop_lan-[0-9a-f]{6} is there: its subnet 10.7.0.0/24 has addresses in common with 10.7.0.0/24. Nothing was changed.'
      + ' Give it another subnet, or the target another addressPool; or remove the other one first: deploy.sh down of shop\n$'));
    expect(changes(calls)).toEqual([]);
    expect(engine.view()).toEqual(before);
  });

  test('is made after all is stopped', async () => {
    await deploy({ lan: LAN });
    await verb('down');
    expect((await deploy({ lan: { ...LAN, mtu: 1400 } })).code).toBe(0);
  });

  test('is made where nobody uses that one, which a run has left that was killed', async () => {
    deployed();
    engine.state.networks.push('shop_lan-abcdef');
    engine.state.ranges['shop_lan-abcdef'] = [{ subnet: LAN.subnet }];
    expect((await deploy({ lan: LAN })).code).toBe(0);
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toEqual(engine.copies('worker')[0].networks);
  });

  test('goes with the release that failed', async () => {
    deployed();
    engine.given.behaviour = ({ service }) => service === 'worker-next' ? 'crashes' : 'gets ready';
    await failure(deploy({ lan: LAN }));
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toEqual([]);
  });

  test.each(['10.7.0.0/16', '10.7.0.128/25', 'fd00:7::/48', 'fd00:7:0:0:8000::/65'])('is refused where somebody else has %s', async (subnet) => {
    given(subnet);
    expect(await failure(deploy({ lan: LAN }))).toContain(`has addresses in common with ${subnet}. Nothing was changed. Give it another subnet, or`
      + ' the target another addressPool; or remove the other one first: docker network rm plant\n');
    expect(engine.state.containers).toEqual([]);
  });

  test.each(['10.7.1.0/24', '10.6.0.0/16', 'fd00:70::/64', 'fd00:7:0:1::/64'])('is no such where somebody else has %s', async (subnet) => {
    given(subnet);
    expect((await deploy({ lan: LAN })).code).toBe(0);
  });

  test.each([['10.7.0.64/26', 0], ['10.7.0.128/26', 1]])('is left to the engine where each has a part of one subnet, as where that one has %s', async (part, code) => {
    given('10.7.0.0/24');
    engine.state.ranges.plant[0].ip_range = part;
    const { stderr } = await deploy({ lan: { parent: 'eth0.20', subnet: '10.7.0.0/24', ipRange: '10.7.0.128/26' } });
    expect(stderr.includes('has addresses in common with')).toBe(code === 1);
  });

  test('stays as it is', async () => {
    await deploy({ lan: LAN });
    expect((await deploy({ lan: LAN, web: '2' })).code).toBe(0);
  });
});

describe('the proxy of a service', () => {
  const callers = ['reader'];
  const web = (release: Release = {}) => deploy({ ...release, callers });
  /** What the proxy was told, and what became of copies meanwhile, from call number `from` on. */
  const told = (from: number) => changes(from).flatMap((call) => {
    const [, addresses] = /^exec \S+ perl -e [^]* @changes( .*|$)/.exec(call) ?? [];
    if (addresses !== undefined) return [addresses === '' ? 'all' : `none to${addresses}`];
    return /^(compose up .*|stop .*)/.exec(call)?.slice(1).filter((what) => /web(-next)?$|stop/.test(what)).map((what) => what.replace(/-d .* /, '')) ?? [];
  });
  /** Copies as load balancers may know them. */
  const named = (id: string) => `${engine.state.containers.find((one) => one.id === id)!.name} 10.0.0.${id.slice(1)}`;
  const copies = (service: string) => ids(service).map(named).join(' ');

  test('sends copies nothing any more before they stop, and to all when others are there', async () => {
    await web();
    const before = copies('web');
    const calls = engine.host.calls.length;
    let next = '';
    let nextIds: string[] = [];
    engine.moment = () => { if (ids('web-next').length === 2) [next, nextIds] = [copies('web-next'), ids('web-next')]; };
    await web({ web: '2' });
    expect(told(calls)).toEqual([
      'all',
      'compose up web-next',
      `none to ${before}`,
      'compose up web',
      'all',
      `none to ${next}`,
      `stop ${nextIds.join(' ')}`,
      'all',
    ]);
  });

  test('sends nothing any more to copies that are too many', async () => {
    await web({ copies: 4 });
    const [, , third, fourth] = ids('web').map(named);
    const calls = engine.host.calls.length;
    await web({ copies: 2 });
    expect(told(calls)).toEqual(['all', `none to ${third} ${fourth}`, 'compose up web', 'all']);
  });

  test('sends to all what is left when new copies do not get ready a second time', async () => {
    await web();
    engine.given.behaviour = ({ service, image }) => service === 'web' && image === 'acme/web:2' ? 'never gets ready' : 'gets ready';
    const calls = engine.host.calls.length;
    await web({ web: '2' });
    const said = told(calls);
    expect(said.slice(said.indexOf('compose up web')).filter((what) => !what.startsWith('compose'))[0]).toBe('all');
  });

  test('that cannot be told so is no failure, and is said', async () => {
    await web();
    fail(/^docker exec \S+ perl/, 'exec: "perl": executable file not found');
    const { code, stderr } = await web({ web: '2' });
    expect([code, stderr.includes('web-proxy: cannot keep requests from copies that stop; a few may be lost')]).toEqual([0, true]);
  });
});
