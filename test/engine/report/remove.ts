/** Removes all that a project or stack has on the engine, data and secrets too. */

import { belongingTo, type DockerTarget } from './copies';
import { docker, waitUntil } from '../engine';

export async function removeAll(target: DockerTarget, name: string): Promise<void> {
  const left = async (...list: string[]) => (await docker([...list, '--quiet', '--filter', belongingTo(target, name)])).stdout.split('\n').filter((id) => id !== '');
  const remove = async (list: string[], ...command: string[]) => {
    const ids = await left(...list);
    if (ids.length > 0) await docker([...command, ...ids], { mayFail: true });
    return (await left(...list)).length === 0;
  };
  const containers = () => remove(['ps', '--all'], 'rm', '--force', '--volumes');
  if (target === 'swarm') await docker(['stack', 'rm', name], { mayFail: true });
  else await docker(['rm', '--force', `${name}-volumes-guard`], { mayFail: true });
  // A stack's tasks end after it, and hold networks meanwhile.
  await waitUntil(containers, 120_000, `the containers of ${name} are gone`, 1_000);
  await waitUntil(() => remove(['network', 'ls'], 'network', 'rm'), 120_000, `the networks of ${name} are gone`, 1_000);
  await waitUntil(() => remove(['volume', 'ls'], 'volume', 'rm'), 60_000, `the volumes of ${name} are gone`, 1_000);
  const secrets = target === 'swarm' ? (await docker(['secret', 'ls', '--format', '{{.Name}}'])).stdout.split('\n').filter((one) => one.startsWith(`${name}_`)) : [];
  if (secrets.length > 0) await docker(['secret', 'rm', ...secrets]);
}
