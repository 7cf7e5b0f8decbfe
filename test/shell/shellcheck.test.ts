import { join } from 'node:path';
import { shop } from './shop';
import { shellcheck, testWith } from '../support/tools';

for (const target of ['compose', 'swarm'] as const) {
  testWith('shellcheck', `deploy.sh of ${target}`, () => {
    expect(shellcheck(join(shop(target), 'deploy.sh'))).toEqual([]);
  });
}
