import { changes, current, deploy, deployed, eachOnNewEngine, engine, fail, failure, ids, isDrain } from './compose-shop';

/*
 * The load balancer goes on while its configuration, its places and it itself change.
 */

eachOnNewEngine();

describe('the load balancer', () => {
  test('is not asked to load what it has', async () => {
    deployed();
    const calls = engine.host.calls.length;
    await deploy({ web: '2' });
    expect(changes(calls).filter((call) => call.startsWith('exec') && !isDrain(call))).toEqual([]);
  });

  test('loads a new configuration while it runs', async () => {
    deployed();
    const before = ids('edge');
    expect((await deploy({ copies: 3 })).stderr).toContain('edge: configuration loaded');
    expect(ids('edge')).toEqual(before);
    expect(engine.state.loaded).toBe(engine.host.read('shop/releases/0002/config/edge/Caddyfile'));
  });

  test('gets its old configuration back when it refuses the new one', async () => {
    deployed();
    engine.given.refuses = (configuration) => configuration.includes('admin.example');
    expect(await failure(deploy({ admin: true }))).toContain('edge: refused its new configuration:\n    Error: unknown directive');
    expect(engine.host.read('shop/config/edge/Caddyfile')).toBe(engine.host.read('shop/releases/0001/config/edge/Caddyfile'));
    expect(engine.state.loaded).not.toContain('admin.example');
    expect(current()).toBe('0001');
  });

  test('that refuses the old one too is told', async () => {
    deployed();
    engine.given.refuses = () => true;
    expect(await failure(deploy({ admin: true }))).toMatch(/not all of it: run '[\s\S]*shop: release 0002 FAILED; see '\S+deploy\.sh status'\n$/);
  });

  test('keeps its configuration when the disk is full', async () => {
    deployed();
    engine.host.fillDisk('edge/./Caddyfile.new');
    expect(await failure(deploy({ admin: true }))).toContain('is the disk full? edge still has its configuration');
    expect(engine.host.read('shop/config/edge/Caddyfile')).toBe(engine.host.read('shop/releases/0001/config/edge/Caddyfile'));
  });

  test('that nobody knows the configuration of loads it: its first deployment was interrupted while it was waited for', async () => {
    engine.given.behaviour = ({ service }) => service === 'edge' ? 'never gets ready' : 'gets ready';
    engine.host.before = (call) => {
      if (!/^sleep/.test(call) || ids('edge').length === 0) return;
      engine.host.before = () => undefined;
      engine.host.signal('SIGINT');
    };
    expect((await deploy()).code).toBe(130);
    engine.given.behaviour = () => 'gets ready';
    const before = ids('edge');
    const { code, stderr } = await deploy({ copies: 3 });
    expect([code, ids('edge')]).toEqual([0, before]);
    expect(stderr).not.toContain('edge: created anew');
    expect(stderr).toContain('edge: configuration loaded');
    expect(engine.state.loaded).toBe(engine.host.read('shop/releases/0002/config/edge/Caddyfile'));
  });

  test('that somebody has created anew by hand loads what is new', async () => {
    deployed();
    const [edge] = engine.copies('edge');
    edge.id = 'c999';
    await deploy({ copies: 3 });
    expect(engine.state.loaded).toBe(engine.host.read('shop/releases/0002/config/edge/Caddyfile'));
  });

  test('that is created anew is said to be, and not asked to load what it has read', async () => {
    deployed();
    const [edge] = engine.copies('edge');
    edge.hash = 'another';
    engine.host.write('shop/balancers/edge', 'c999 other loaded\n');
    const calls = engine.host.calls.length;
    const { stderr } = await deploy();
    expect(ids('edge')).not.toEqual([edge.id]);
    expect(stderr).toContain('edge: created anew, requests are lost for a moment');
    expect(changes(calls).filter((call) => call.startsWith('exec') && !isDrain(call))).toEqual([]);
  });

  test('is created anew where a variable of its body has another value, and then only', async () => {
    const variables = (tuning: string) => engine.host.write('shop/.env', `TOKEN=first\nTUNING=${tuning}\n`);
    variables('1');
    await deploy({ tuned: true });
    variables('2');
    const { stderr } = await deploy({ tuned: true });
    expect(stderr).toContain('edge: created anew, requests are lost for a moment');
    const [edge] = ids('edge');
    await deploy({ tuned: true, admin: true });
    expect(ids('edge')).toEqual([edge]);
  });

  test('is created anew where its image means something else today', async () => {
    deployed();
    const [{ id, image }] = engine.copies('edge');
    engine.state.images[image] = 'sha256:rebuilt';
    expect((await deploy()).stderr).toContain('edge: created anew, requests are lost for a moment');
    expect(engine.copies('edge')).toMatchObject([{ imageId: 'sha256:rebuilt' }]);
    expect(ids('edge')).not.toEqual([id]);
  });

  test('that was stopped by hand starts again', async () => {
    deployed();
    engine.copies('edge')[0].status = 'exited';
    await deploy();
    expect(engine.isComplete('edge', 1)).toBe(true);
  });

  test('that cannot start again is a failure', async () => {
    deployed();
    engine.copies('edge')[0].status = 'exited';
    fail(/ up -d --no-deps --no-recreate edge/, 'port is already allocated');
    expect(await failure(deploy())).toContain('    port is already allocated');
  });
});
