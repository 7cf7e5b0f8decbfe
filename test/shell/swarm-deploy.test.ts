import { join } from 'node:path';
import { Failure, type Result } from './fake-host';
import { FakeSwarm } from './fake-swarm';
import { shop, type Release } from './shop';
import { which } from '../support/which';

let engine: FakeSwarm;

beforeEach(async () => {
  engine = new FakeSwarm();
  await engine.host.start();
  engine.secrets.set('shop_password', 's3cret');
  engine.host.write('shop.swarm/.env', 'TOKEN=first\n');
});

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
  expect(engine.lock).toBeUndefined();
});

const script = (release: Release = {}) => join(shop('swarm', release), 'deploy.sh');
const deploy = (release: Release = {}): Promise<Result> => engine.host.run(script(release));

/** A verb of the script that stays on the manager. */
const verb = (...args: string[]): Promise<Result> => engine.host.run(join(engine.host.home, 'shop.swarm', 'deploy.sh'), args);

/** The outcome of a script that is to fail. */
async function failure(result: Promise<Result>): Promise<string> {
  const { code, stderr } = await result;
  expect(code).toBe(1);
  return stderr;
}

const image = (service: string) => engine.services.get(`shop_${service}`)?.image;
const current = () => engine.host.read('shop.swarm/current')?.trim();

/** Sends a signal to the script instead of the first call that a pattern matches. */
function signalAt(pattern: RegExp, signal: NodeJS.Signals): void {
  engine.host.before = (call) => {
    if (!pattern.test(call)) return;
    engine.host.before = () => undefined;
    engine.host.signal(signal);
    throw new Failure('nobody hears this any more');
  };
}

test('a stack is deployed after its data and its release step, and settles', async () => {
  expect((await deploy()).code).toBe(0);
  expect([...engine.services.keys()].sort()).toEqual(['shop_db-0', 'shop_db-0-volumes', 'shop_edge', 'shop_edge-volumes', 'shop_web', 'shop_worker']);
  expect(engine.steps).toEqual(['shop_web-migrate']);
  expect(current()).toBe('0001');
});

test('a project name of Compose is none of a stack, whose secrets and configs are called by its chart', async () => {
  expect((await engine.host.run(script(), [], { env: { COMPOSE_PROJECT_NAME: 'other' } })).code).toBe(0);
  expect([...engine.services.keys()]).toContain('shop_web');
  expect(current()).toBe('0001');
});

test('a value in single quotes is taken as it is, as by Compose', async () => {
  const value = 'a$b ${c} #d "e" \\f `g` ';
  engine.host.write('shop.swarm/.env', `TOKEN='${value}'\n`);
  expect((await deploy()).code).toBe(0);
  expect(engine.variables.TOKEN).toBe(value);
});

test('gc before the first deployment says that there is nothing to remove', async () => {
  const { code, stderr } = await engine.host.run(script(), ['gc']);
  expect([code, stderr]).toEqual([0, expect.stringContaining('shop was never deployed: there is nothing to remove\n')]);
});

test('variables that are called like those of the script change nothing else', async () => {
  engine.host.write('shop.swarm/.env', 'TOKEN=first\nproject=other\nstack_file=other.yml\ncheck_names=OTHER\n');
  expect((await deploy()).code).toBe(0);
  expect([...engine.services.keys()]).toContain('shop_web');
});

describe('nothing is touched', () => {
  afterEach(() => expect(engine.services.size).toBe(0));

  test('without docker', async () => {
    engine.host.uninstall('docker');
    expect(await failure(deploy())).toContain('error: docker is not installed');
  });

  test.each([
    ['inactive false', 'this host is in no swarm: docker swarm init, or docker swarm join'],
    ['active false', 'this host is a worker of its swarm: run it on a manager'],
  ])('where membership is %s', async (membership, message) => {
    engine.given.membership = membership;
    expect(await failure(deploy())).toBe(`error: ${message}\n`);
  });

  test('while the swarm has no leader, whose silence is no missing label and no missing secret', async () => {
    engine.given.hasNoLeader = true;
    for (const words of [[], ['secrets']]) {
      expect(await failure(engine.host.run(script(), words))).toBe('error: the swarm does not answer. Nothing was changed: The swarm does not have a leader.\n');
    }
  });

  test('while a Compose project of the same name runs', async () => {
    engine.given.hasProject = true;
    expect(await failure(deploy())).toContain('the Compose project shop runs on this host, and its data must not be opened twice.');
  });

  test('while a secret is missing', async () => {
    engine.secrets.clear();
    expect(await failure(deploy())).toContain(`  ${script()} secrets set password --generate   # or from standard input`);
  });

  test('when the disk is full', async () => {
    engine.host.fillDisk('release.new');
    expect(await failure(deploy())).toMatch(/error: cannot write to .*: is the disk full\? Nothing was changed/);
  });

  test('while no node has the label that a service needs', async () => {
    engine.given.nodes = [['zone=a'], []];
    expect(await failure(deploy())).toContain('no node has the label db=true, so db cannot run. Nothing was changed. Give it to a node:\n' +
      "  docker node update --label-add 'db=true' NODE");
  });

  test.each([
    [['db=second'], "no node has the label db=second floor, so db cannot run. Nothing was changed. Give it to a node:\n  docker node update --label-add 'db=second floor' NODE"],
    [['db=second floor', 'db=second floor'], '2 nodes have the label db=second floor, and the data of db lies on one of them'],
  ])('while nodes have the labels %p, and the one of data has a blank', async (labels, message) => {
    engine.given.nodes = labels.map((label) => [label]);
    expect(await failure(deploy({ place: 'second floor' }))).toContain(message);
  });

  test('while the node with the label is lost', async () => {
    engine.given.isLost = () => true;
    expect(await failure(deploy())).toContain('no node with the label db=true is ready, so db cannot run. Nothing was changed.');
  });

  test('while two nodes have the label of data', async () => {
    engine.given.nodes = [['db=true'], ['db=true']];
    expect(await failure(deploy())).toContain('2 nodes have the label db=true, and the data of db lies on one of them');
  });

  test('while no node has the name that placement asks for', async () => {
    expect(await failure(deploy({ edge: 'n7.example' }))).toBe('error: no node is called n7.example, so edge cannot run. Nothing was changed. See what they are called:\n' +
      '  docker node ls\n');
  });

  test('while the node with that name is lost', async () => {
    engine.given.nodes = [['db=true'], []];
    engine.given.isLost = (node) => node === 'n1';
    expect(await failure(deploy({ edge: 'N1.example' }))).toContain('the node N1.example is not ready, so edge cannot run. Nothing was changed.');
  });

  test('with an option that would remove what is not deployed at once', async () => {
    const env = { CDK8S_HA_STACK_OPTIONS: '--resolve-image never --prune' };
    expect(await failure(engine.host.run(script(), [], { env })))
      .toContain('CDK8S_HA_STACK_OPTIONS cannot have --prune: a stack is deployed in parts, and each would remove all others. Nothing was changed.');
  });

  test.each(['PATH', 'IFS', 'DOCKER_HOST'])('while the variable %s, which is no variable of a stack, is set', async (name) => {
    engine.host.write('shop.swarm/.env', `TOKEN=first\n${name}=tcp://elsewhere\n`);
    expect(await failure(deploy())).toBe(`error: ${engine.host.home}/shop.swarm/.env sets ${name}, by which docker itself is run. ` +
      'Nothing was changed. Give it another name there, and in the definition\n');
  });

  test('while a variable has no value', async () => {
    engine.host.write('shop.swarm/.env', '');
    expect(await failure(deploy())).toContain('required variable TOKEN is missing a value');
  });
});

test('a network with other options: calls between who is updated and who is not yet fail for a while, which is said', async () => {
  const SAID = /(shop_lan)-[0-9a-f]{6} takes the place of \1-[0-9a-f]{6}, since its options have changed: between a service that is updated and one that is not yet/;
  expect((await deploy({ lan: { mtu: 1400 } })).stderr).not.toMatch(SAID);
  expect((await deploy({ lan: { mtu: 1400 }, web: '2' })).stderr).not.toMatch(SAID);
  expect((await deploy({ lan: { mtu: 1300 } })).stderr).toMatch(SAID);
});

describe('volumes', () => {
  const HANDOVER = /^docker stack deploy .* -c \.handover\.yml/;

  beforeEach(() => {
    engine.given.nodes = [['db=true'], []];
  });

  test('are handed over before anything that needs them is started', async () => {
    const before: string[][] = [];
    engine.host.before = (call) => {
      if (/^docker stack deploy/.test(call) && !HANDOVER.test(call)) before.push([...engine.services.keys()].sort());
    };
    expect((await deploy()).code).toBe(0);
    expect(before[0]).toEqual(['shop_db-0-volumes', 'shop_edge-volumes']);
  });

  test('are handed over on every node, in the time that it takes', async () => {
    let asked = 0;
    engine.given.handover = (service, node) => [service === 'shop_edge-volumes' && node === 'n1' && asked++ < 200 ? 'Running 1 second ago' : 'Complete 1 second ago'];
    const { code, stderr } = await deploy();
    expect([code, asked > 200]).toEqual([0, true]);
    expect(stderr).toContain('waiting for edge-volumes (1/2)');
  });

  test.each(['Down Active', 'Ready Drain', 'Ready Pause'])('of a node that is %s are not waited for', async (status) => {
    engine.given.nodeStatus = (node) => node === 'n1' ? status : 'Ready Active';
    engine.given.handover = (_, node) => [node === 'n1' ? 'Running 2 hours ago' : 'Complete 1 second ago'];
    expect((await deploy()).code).toBe(0);
  });

  test.each(['Preparing', 'Failed', 'Rejected'])('that stay %s on a node are a failure, and what runs is left alone', async (state) => {
    await deploy();
    engine.given.handover = (_, node) => [`${node === 'n1' ? state : 'Complete'} 1 second ago`];
    const stderr = await failure(deploy({ web: '2' }));
    expect(stderr).toMatch(/volumes are not handed over: db-0-volumes \(1\/2\) edge-volumes \(1\/2\)\n[\s\S]*log: a line of the log/);
    expect([image('web'), current()]).toEqual(['acme/web:1', '0001']);
  });

  test('that Swarm tries to hand over again are no failure yet', async () => {
    let asked = 0;
    engine.given.handover = (_, node) => node === 'n1' && asked++ < 12 ? ['Ready 1 second ago', 'Failed 2 seconds ago'] : ['Complete 1 second ago', 'Failed 3 seconds ago'];
    expect((await deploy()).code).toBe(0);
  });

  test('are handed over anew by each deployment, by when a host or a volume may be another one', async () => {
    await deploy();
    const removed: string[] = [];
    engine.host.before = (call) => void (/^docker service rm .*-volumes$/.test(call) && removed.push(call.split(' ')[3]));
    expect((await deploy({ web: '2' })).code).toBe(0);
    expect(removed).toEqual(['shop_db-0-volumes', 'shop_edge-volumes']);
  });

  test('that no node may run are said to be so', async () => {
    engine.given.handover = () => [];
    expect(await failure(deploy())).toMatch(/volumes are not handed over: db-0-volumes \(0\/0\) edge-volumes \(0\/0\)\n    no node that may run it is ready and active\n/);
  });

  test('that were not handed over are so by the next deployment, for which nothing changed', async () => {
    engine.given.handover = () => ['Failed 1 second ago'];
    await deploy();
    const removed: string[] = [];
    engine.host.before = (call) => {
      if (!call.startsWith('docker service rm')) return;
      removed.push(call.split(' ')[3]);
      engine.given.handover = () => ['Complete 1 second ago'];
    };
    expect((await deploy()).code).toBe(0);
    expect(removed).toContain('shop_db-0-volumes');
  });
});

describe('release steps', () => {
  /** What is asked while one runs. */
  const RUNS = /^docker service ps --format \{\{\.CurrentState}} shop_web-migrate/;
  const STEP = 'shop_web-migrate';
  const giveUp = async (release: Release): Promise<void> => {
    signalAt(RUNS, 'SIGKILL');
    await deploy(release);
    engine.services.get(STEP)!.tasks = ['Running 1 minute ago'];
    let asked = 0;
    engine.host.before = (call) => {
      if (/^docker service ps .* shop_web-migrate/.test(call) && asked++ === 20) engine.services.get(STEP)!.tasks = ['Complete 1 second ago'];
    };
  };

  test('that fail end the deployment before the first new copy', async () => {
    await deploy();
    engine.given.exitCode = () => 1;
    expect(await failure(deploy({ web: '2' }))).toMatch(/web-migrate: failed\n[\s\S]*shop: release 0002 FAILED; release 0001 keeps serving\n$/);
    expect(image('web')).toBe('acme/web:1');
    expect(current()).toBe('0001');
  });

  test('that failed run again', async () => {
    engine.given.exitCode = () => 1;
    await deploy();
    engine.given.exitCode = () => 0;
    expect((await deploy()).code).toBe(0);
    expect(engine.steps).toHaveLength(2);
  });

  test('run once a release, however often one goes back to it', async () => {
    await deploy();
    await deploy();
    expect(engine.steps).toHaveLength(1);
    await deploy({ web: '2' });
    await verb('rollback');
    expect(engine.steps).toHaveLength(2);
  });

  test('of the release before are no steps of this one', async () => {
    engine.given.exitCode = () => 1;
    await deploy();
    engine.given.exitCode = () => 0;
    await deploy({ web: '2' });
    expect(engine.steps).toHaveLength(2);
    expect(current()).toBe('0002');
  });

  test('that run while the script is killed are waited for, not started again', async () => {
    signalAt(RUNS, 'SIGKILL');
    await deploy();
    expect((await deploy()).code).toBe(0);
    expect(engine.steps).toHaveLength(1);
  });

  test('run one after the other, and those after one that failed do not', async () => {
    const steps = ['seed', 'migrate'];
    const done: string[] = [];
    engine.host.before = (call) => {
      if (/^docker stack deploy .* -c \.before\.yml/.test(call)) done.push(engine.host.files('shop.swarm/releases/0001/steps').join());
    };
    await deploy({ steps });
    expect([done, engine.steps]).toEqual([['', 'web-seed'], ['shop_web-seed', 'shop_web-migrate']]);
    engine.given.exitCode = (step) => step === 'shop_web-seed' ? 1 : 0;
    expect((await deploy({ steps, web: '2' })).code).toBe(1);
    expect(engine.steps.slice(2)).toEqual(['shop_web-seed']);
  });

  describe('are waited for', () => {
    /** A step that is found in some states, until it has been asked for often enough. */
    const take = (states: string[], questions: number): void => {
      let asked = 0;
      engine.host.before = (call) => {
        const step = engine.services.get(STEP);
        if (step !== undefined && RUNS.test(call)) step.tasks = asked++ < questions ? states : ['Complete 1 second ago', ...states.slice(1)];
      };
    };

    test('in their last attempt too', async () => {
      take(['Running 1 second ago', ...Array.from({ length: 5 }, () => 'Failed 1 minute ago')], 20);
      expect((await deploy()).code).toBe(0);
    });

    test('as long as they take, also while the swarm picks a leader', async () => {
      take(['Running 1 second ago'], 200);
      const { before } = engine.host;
      let asked = 0;
      engine.host.before = (call) => {
        before(call);
        if (RUNS.test(call) && asked++ > 195) throw new Failure('Error response from daemon: The swarm does not have a leader.');
        if (asked > 200) engine.host.before = before;
      };
      expect((await deploy()).code).toBe(0);
    });
  });

  test('that Swarm tries once more after they had failed are not cut off while the others go back, but waited for by the next release', async () => {
    await deploy();
    engine.host.before = (call) => {
      const step = engine.services.get(STEP);
      if (step === undefined) return;
      if (RUNS.test(call)) step.tasks = ['Rejected 1 second ago'];
      if (/ -c \.back\.yml/.test(call)) step.tasks = ['Running 1 second ago', 'Rejected 4 seconds ago'];
    };
    expect((await deploy({ web: '2' })).code).toBe(1);
    let asked = 0;
    engine.host.before = (call) => {
      if (/^docker service ps .* shop_web-migrate/.test(call) && asked++ === 5) engine.services.get(STEP)!.tasks = ['Complete 1 second ago'];
    };
    expect((await deploy({ web: '3' })).code).toBe(0);
    expect(engine.cutOff).toEqual([]);
  });

  test('that somebody removes have failed', async () => {
    engine.host.before = (call) => void (RUNS.test(call) && engine.services.delete(STEP));
    expect(await failure(deploy())).toContain('web-migrate: failed: somebody has removed it');
  });

  test('are not taken for done where that of the release before cannot be removed', async () => {
    await giveUp({});
    engine.services.get(STEP)!.tasks = ['Complete 1 minute ago'];
    engine.host.before = (call) => {
      if (call === `docker service rm ${STEP}`) throw new Failure('Error response from daemon: The swarm does not have a leader.');
    };
    expect((await deploy({ web: '2' })).code).toBe(1);
    engine.host.before = () => undefined;
    expect((await deploy({ web: '2' })).code).toBe(0);
    expect(engine.steps).toHaveLength(2);
  });

  describe('of a release before that still run, since its deployment was given up,', () => {
    test('are waited for by the next one', async () => {
      await giveUp({});
      const { code, stderr } = await deploy({ web: '2' });
      expect([code, engine.cutOff, engine.steps]).toEqual([0, [], [STEP, STEP]]);
      expect(stderr).toContain(`web-migrate: that of a release before still runs, waiting for its end. To give it up: docker service rm ${STEP}`);
    });

    test('are waited for by a rollback, whose own were done', async () => {
      await deploy();
      await deploy({ worker: '2' });
      await giveUp({ web: '2' });
      expect((await verb('rollback')).code).toBe(0);
      expect([engine.cutOff, engine.services.has(STEP)]).toEqual([[], false]);
    });

    test('are waited for by one that has no step of that name', async () => {
      await giveUp({});
      expect((await deploy({ steps: [] })).code).toBe(0);
      expect(engine.cutOff).toEqual([]);
    });

    test('are asked for again while the swarm picks a leader', async () => {
      await giveUp({});
      const { before } = engine.host;
      let failed = 0;
      engine.host.before = (call) => {
        if (/^docker service (ps|inspect) .*shop_web-migrate/.test(call) && failed++ < 4) throw new Failure('Error response from daemon: The swarm does not have a leader.');
        before(call);
      };
      expect((await deploy({ web: '2' })).code).toBe(0);
      expect(engine.cutOff).toEqual([]);
    });

    test('and are given up by somebody are waited for until they have ended', async () => {
      await giveUp({});
      let [asked, ending] = [0, 0];
      engine.host.before = (call) => {
        if (!/^docker service ps .* shop_web-migrate/.test(call) || asked++ !== 5) return;
        engine.services.delete(STEP);
        engine.given.leftovers = () => ending++ < 5 ? ['Remove Running 1 minute ago on n0'] : [];
        engine.host.before = (later) => void (/ -c \.before\.yml/.test(later) && expect(ending).toBeGreaterThan(5));
      };
      expect((await deploy({ web: '2' })).code).toBe(0);
      expect(engine.steps).toHaveLength(2);
    });
  });
});

describe('when a service does not converge', () => {
  beforeEach(() => deploy());

  test('and Swarm rolls it back, the others go back too', async () => {
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    const stderr = await failure(deploy({ web: '2', worker: '2' }));
    expect(stderr).toContain('worker: rollback_completed');
    expect(stderr).toContain('shop: back to release 0001');
    expect([image('web'), image('worker')]).toEqual(['acme/web:1', 'acme/worker:1']);
    expect(current()).toBe('0001');
  });

  test('what keeps data and did not change is not said to stay, and the release before is said to serve', async () => {
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    const stderr = await failure(deploy({ worker: '2' }));
    expect(stderr).not.toContain('db-0: left as it is');
    expect(stderr).toMatch(/shop: release 0002 FAILED; release 0001 keeps serving\n$/);
  });

  test('what keeps data and changed with the release before is not said to stay', async () => {
    await deploy({ db: '2', steps: [] });
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    const stderr = await failure(deploy({ db: '2', steps: [], worker: '2' }));
    expect(stderr).not.toContain('db-0: left as it is');
    expect(stderr).toMatch(/shop: release 0003 FAILED; release 0002 keeps serving\n$/);
  });

  test('what keeps data and is down is not said to serve', async () => {
    engine.given.behaviour = (name) => name === 'acme/db:2' ? 'rolls back' : 'converges';
    const stderr = await failure(deploy({ db: '2' }));
    expect(stderr).toContain('db-0: paused');
    expect(stderr).toMatch(/shop: release 0002 FAILED; see '.+deploy\.sh status'\n$/);
  });

  test('what keeps data stays with the new version, which may have written what the one before cannot read, until somebody says otherwise', async () => {
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    const stderr = await failure(deploy({ db: '2', worker: '2', admin: true }));
    expect([image('db-0'), image('worker')]).toEqual(['acme/db:2', 'acme/worker:1']);
    expect(stderr).toContain('db-0: left as it is, since it keeps data: with release 0002, as far as that had come.'
      + ` To go back with it all the same: ${script({ db: '2', worker: '2', admin: true })} rollback 0001`);
    expect(image('admin')).toBeUndefined();
    await verb('rollback', '0001');
    expect(image('db-0')).toBe('acme/db:1');
  });

  test('a service whose name YAML quotes stays where the others go back', async () => {
    await deploy({ callers: ['on'] });
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    await deploy({ callers: ['on'], worker: '2' });
    expect(image('on')).toBe('acme/on:1');
  });

  test('since somebody has removed it meanwhile, it is a failure', async () => {
    engine.host.before = (call) => {
      if (!/^docker service ps --no-resolve --filter .* shop_worker/.test(call)) return;
      engine.host.before = () => undefined;
      engine.services.delete('shop_worker');
    };
    expect(await failure(deploy({ web: '2' }))).toContain('worker: is gone');
    expect(image('worker')).toBe('acme/worker:1');
  });

  test('as far as anybody knows while the swarm picks a leader, it is waited for', async () => {
    let asked = 0;
    engine.host.before = (call) => {
      if (/^docker service inspect .*shop_web$/.test(call) && asked++ < 4) throw new Failure('Error response from daemon: The swarm does not have a leader.');
    };
    const { code, stderr } = await deploy({ web: '2' });
    expect([code, stderr.includes('is gone')]).toEqual([0, false]);
  });

  test('in time, it is a failure', async () => {
    engine.given.behaviour = (name) => name === 'acme/web:2' ? 'never converges' : 'converges';
    expect(await failure(deploy({ web: '2' }))).toMatch(/not converged after \d+ s: web \(updating\)/);
    expect(image('web')).toBe('acme/web:1');
  });

  test('and the release before does not either, that one is not said to keep serving', async () => {
    engine.given.behaviour = () => 'never converges';
    expect(await failure(deploy({ web: '2' }))).toMatch(/shop: release 0002 FAILED; see '\S+deploy\.sh status'\n$/);
  });

  test('of the release that is deployed already, that one is not said to keep serving', async () => {
    engine.services.get('shop_worker')!.running--;
    expect(await failure(deploy())).toMatch(/shop: release 0001 FAILED; see '\S+deploy\.sh status'\n$/);
  });

  test('an earlier failure does not count for the next release', async () => {
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    await deploy({ worker: '2' });
    expect((await deploy({ web: '3' })).code).toBe(0);
    expect(current()).toBe('0003');
  });

  test('it goes back with the variables of the release before, and no others', async () => {
    engine.host.write('shop.swarm/.env', 'TOKEN=second\nMORE=1\n');
    engine.given.behaviour = (name) => name === 'acme/worker:2' ? 'rolls back' : 'converges';
    await deploy({ worker: '2' });
    expect(engine.variables).toMatchObject({ TOKEN: 'first' });
    expect(engine.variables).not.toHaveProperty('MORE');
  });
});

test.each(['worker', 'edge'])('the copies of %s that come in the stead of those on a lost node are waited for', async (name) => {
  await deploy();
  const service = engine.services.get(`shop_${name}`)!;
  service.running--;
  expect(await failure(deploy({ web: '2' }))).toContain(`not converged after 150 s: ${name} (${service.running}/${service.copies})`);
});

test('a load balancer for which no host is fit is not taken for one that runs on all of them', async () => {
  await deploy();
  Object.assign(engine.services.get('shop_edge')!, { copies: 0, running: 0 });
  expect(await failure(deploy({ web: '2' }))).toMatch(/not converged after \d+ s: edge \(0\/1\)/);
});

describe('another manager', () => {
  const theirs = 'n1 /var/lib/cdk8s-ha/shop.swarm';

  test('whose deployment is at work is waited for', async () => {
    engine.lock = { id: 'theirs', owner: theirs };
    engine.given.nodes = [['db=true'], []];
    let asked = 0;
    engine.given.hasEnded = () => ++asked > 3;
    const { code, stderr } = await deploy();
    expect([code, stderr.match(/another deployment.*/g)]).toEqual([0, [
      'another deployment of shop is at work on n1.example: waiting for it. If it was killed there, run it again there, or: docker config rm shop.deployment',
    ]]);
    expect([asked, current()]).toEqual([4, '0001']);
  });

  test('whose deployment does not end keeps every other one away', async () => {
    engine.lock = { id: 'theirs', owner: theirs };
    engine.given.nodes = [['db=true'], []];
    engine.given.hasEnded = () => false;
    expect(await failure(deploy())).toContain('error: another deployment of shop, on n1.example, did not end in 15 minutes. Nothing was changed\n');
    expect([engine.services.size, engine.lock.id]).toEqual([0, 'theirs']);
    engine.lock = undefined;
  });

  test.each([
    ['is lost', [['db=true'], []], theirs],
    ['has left the swarm', [['db=true'], []], 'n7 /var/lib/cdk8s-ha/shop.swarm'],
  ])('that %s is not waited for', async (_, nodes, owner) => {
    engine.lock = { id: 'theirs', owner };
    engine.given.nodes = nodes;
    engine.given.isLost = (node) => node === 'n1';
    engine.given.hasEnded = () => false;
    expect((await deploy()).code).toBe(0);
    expect(engine.lock).toBeUndefined();
  });

  test('is kept away while this one is at work, and no longer', async () => {
    const seen: string[] = [];
    engine.host.before = (call) => void (/stack deploy/.test(call) && seen.push(engine.lock!.owner));
    await deploy();
    expect(new Set(seen)).toEqual(new Set([`n0 ${join(engine.host.home, 'shop.swarm')}`]));
    expect(engine.lock).toBeUndefined();
  });
});

test('a deployment that was killed keeps none away that is run again on its manager', async () => {
  signalAt(/stack deploy/, 'SIGKILL');
  await deploy();
  expect(engine.lock).toBeDefined();
  engine.given.hasEnded = () => false;
  expect((await deploy()).code).toBe(0);
  expect(engine.lock).toBeUndefined();
});

test('an interruption leaves Swarm at work', async () => {
  await deploy();
  signalAt(/^sleep/, 'SIGINT');
  const { code, stderr } = await deploy({ web: '2' });
  expect(code).toBe(130);
  expect(stderr).toContain('interrupted: Swarm goes on by itself. Run it again to see the outcome');
  expect((await deploy({ web: '2' })).code).toBe(0);
  expect(current()).toBe('0002');
});

test.each([
  ['volumes are handed over', /^docker service ps --no-resolve --format/],
  ['data is deployed', /^docker stack deploy .* -c \.data\.yml/],
  ['a release step is started', /^docker stack deploy .* -c \.before\.yml/],
  ['data settles', /^docker service ps --no-resolve --filter/],
  ['the stack is deployed', /^docker stack deploy .* -c stack\.yml/],
  ['configs are removed', /^docker config ls/],
])('killed while %s and run again, it ends as if undisturbed', async (_, call) => {
  await deploy();
  signalAt(call, 'SIGKILL');
  await deploy({ web: '2', settings: 'two' });
  expect((await deploy({ web: '2', settings: 'two' })).code).toBe(0);
  expect({ image: image('web'), release: current(), steps: engine.steps.length }).toEqual({ image: 'acme/web:2', release: '0002', steps: 2 });
});

test('a rollback brings back images and files', async () => {
  await deploy();
  await deploy({ web: '2', settings: 'two' });
  await verb('rollback');
  expect(image('web')).toBe('acme/web:1');
  expect(current()).toBe('0001');
});

test('configs go when no kept release has them', async () => {
  for (const settings of ['1', '2', '3', '4', '5', '6']) await deploy({ settings });
  expect(engine.configs.filter((name) => name.startsWith('shop-web-'))).toHaveLength(5);
});

describe('secrets', () => {
  const set = (input: string, ...args: string[]) => engine.host.run(script({ passwordVersion: '2' }), ['secrets', 'set', ...args], { input });

  test('are taken from standard input to the byte, and stay in no file', async () => {
    const value = ' a\\n$HOME "\' ü\t\n\n';
    expect((await set(value, 'password')).code).toBe(0);
    expect(engine.secrets.get('shop_password_2')).toBe(value);
    expect(engine.host.files('shop.swarm/secrets')).toEqual([]);
  });

  test('do not change', async () => {
    await set('one', 'password');
    expect(await failure(set('two', 'password'))).toContain('shop_password_2 is set, and a secret of a swarm does not change: give it a new version');
    expect(engine.secrets.get('shop_password_2')).toBe('one');
    expect(engine.host.files('shop.swarm/secrets')).toEqual([]);
  });
});

test('down removes the stack and leaves secrets', async () => {
  await deploy();
  await verb('down');
  expect(engine.services.size).toBe(0);
  expect(engine.secrets.size).toBe(1);
});

describe('what ran and has not ended, whose data may be open,', () => {
  /** Tasks of services that are gone, for as many questions. */
  const left = (questions: number, ...tasks: string[]): { asked: number } => {
    const count = { asked: 0 };
    engine.given.leftovers = () => count.asked++ < questions ? tasks : ['Remove Shutdown 1 second ago on n0'];
    return count;
  };

  beforeEach(() => {
    engine.given.nodes = [['db=true'], []];
  });

  test('on this host is waited for by down', async () => {
    await deploy();
    engine.given.endsAfter = 20;
    const { code, stderr } = await verb('down');
    expect([code, engine.given.endsAfter < 0]).toEqual([0, true]);
    expect(stderr).toContain('shop is removed');
  });

  test('on another host is waited for by down, before its networks are removed', async () => {
    await deploy();
    const count = left(20, 'Remove Running 9 seconds ago on n1');
    let askedBefore = 0;
    engine.host.before = (call) => void (call === 'docker stack rm shop' && (askedBefore = count.asked));
    const { code, stderr } = await verb('down');
    expect([code, askedBefore > 20]).toEqual([0, true]);
    expect(stderr).toContain('shop is removed');
  });

  test('after a down that was interrupted is waited for by a deployment, before anything is started', async () => {
    const count = left(20, 'Remove Running 9 seconds ago on n0');
    let askedBefore = 0;
    engine.host.before = (call) => void (/^docker stack deploy/.test(call) && (askedBefore ||= count.asked));
    const { code, stderr } = await deploy();
    expect([code, askedBefore > 20]).toEqual([0, true]);
    expect(stderr).toContain('waiting until what was removed has ended on n0.example');
  });

  test('in time is said by a deployment, which starts nothing', async () => {
    left(10_000, 'Remove Running 9 seconds ago on n0');
    expect(await failure(deploy())).toContain('error: what was removed has not ended on n0.example, so its data may still be open there. Nothing was changed.'
      + ' See what is left: docker stack ps shop\n');
    expect(engine.services.size).toBe(0);
  });

  test('on a lost host does not hold up a deployment', async () => {
    engine.given.nodeStatus = (node) => node === 'n1' ? 'Down Active' : 'Ready Active';
    left(10_000, 'Remove Running 12 days ago on n1');
    expect((await deploy()).code).toBe(0);
  });

  test('in time is said by down, with the host', async () => {
    await deploy();
    left(10_000, 'Remove Running 9 seconds ago on n1');
    expect(await failure(verb('down'))).toContain('error: what ran on n1.example has not ended, so its data may still be open there.'
      + ' See what is left: docker stack ps shop. When it has ended, run this again. A host that is lost for good: docker node rm --force NODE\n');
  });

  test('on a host that left the swarm is nothing that anybody could wait for', async () => {
    await deploy();
    left(10_000, 'Remove Running 12 days ago on n7', 'Remove Pending 12 days ago on ');
    expect((await verb('down')).code).toBe(0);
  });

  test('as far as anybody knows while the swarm picks a leader, is waited for', async () => {
    await deploy();
    let failed = 0;
    engine.host.before = (call) => {
      if (/^docker (stack ps|node ls)/.test(call) && failed++ < 6) throw new Failure('Error response from daemon: The swarm does not have a leader.');
    };
    expect((await verb('down')).code).toBe(0);
    expect(failed).toBeGreaterThan(6);
  });

  test('is waited for by down that was interrupted and is run again', async () => {
    await deploy();
    left(20, 'Remove Running 9 seconds ago on n1');
    signalAt(/^sleep/, 'SIGKILL');
    await verb('down');
    expect((await verb('down')).stderr).toContain('shop is removed');
  });
});

test('down waits until its networks are gone, which a deployment would take for its own, but not for ever', async () => {
  await deploy();
  engine.given.networksGoAfter = 3;
  expect((await verb('down')).code).toBe(0);
  expect(engine.given.networksGoAfter).toBe(-1);
  await deploy();
  engine.given.networksGoAfter = 10_000;
  expect((await verb('down')).stderr).toContain('shop is removed');
});

test('help is the header of the script', async () => {
  const { stdout } = await engine.host.run(script(), ['help']);
  expect(stdout).toMatch(/^Deploys this stack to a Docker Swarm[\s\S]*\n {2}deploy\.sh help +this text\n[\s\S]*"--resolve-image never"\.\n$/);
});

const SHELLS = [['dash', ['dash']], ['busybox sh', ['busybox', 'sh']], ['bash', ['bash', '--posix']]].filter(([, [program]]) => which(program) !== undefined);

test.each(SHELLS as [string, string[]][])('in %s', async (_, shell) => {
  engine.host.shell = shell;
  expect((await deploy()).code).toBe(0);
  expect((await deploy({ web: '2', admin: true })).code).toBe(0);
  expect((await verb('rollback')).code).toBe(0);
  expect(image('web')).toBe('acme/web:1');
});
