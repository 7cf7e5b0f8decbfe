import type { Copies } from './copies';
import { forwardAuthContract } from './forward-auth';
import { copiesOf } from './live';
import { RunningNginx } from './running-nginx';
import { basic, hash } from './visitors';
import { testWith } from '../support/tools';

/*
 * Who may use a route, in the real nginx.
 */

/** Copies by their addresses. */
const to = ({ workload, port }: Copies, copies = 1) => ({ [workload]: { port, copies, stateful: true } });

testWith('nginx', 'a password lets in who is in the secret, also after it changed, and an address must fit besides', async () => {
  const web = await copiesOf('web', 1);
  const nginx = await RunningNginx.start({
    routes: [{ users: 'visitors', to: to(web) }, { path: '/far', users: 'visitors', sourceRanges: ['192.0.2.0/24'], to: to(web) }],
  }, undefined, { visitors: `# ours\n\nann:${hash('one').replace('$2a', '$2y')}\nbob:secret\n` });
  const asked = async (user: string, password: string, path = '/') => (await nginx.send({ path, headers: basic(user, password) })).status;
  const stranger = await nginx.send();
  expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Basic realm="restricted"']);
  expect([await asked('ann', 'one'), await asked('ann', 'two'), await asked('eve', ''), await asked('ann', 'one', '/far')]).toEqual([200, 401, 401, 403]);
  nginx.writeSecrets({ visitors: `ann:${hash('three')}\n` });
  expect([await asked('ann', 'three'), await asked('ann', 'one'), await asked('bob', 'secret')]).toEqual([200, 401, 401]);
});

forwardAuthContract({ program: 'nginx', start: (short, secrets) => RunningNginx.start(short, undefined, secrets), to });
