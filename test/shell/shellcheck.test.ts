import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shop } from './shop';
import { shellcheck, testWith } from '../support/tools';

for (const target of ['compose', 'swarm'] as const) {
  testWith('shellcheck', `deploy.sh of ${target}`, () => {
    expect(shellcheck(join(shop(target), 'deploy.sh'))).toEqual([]);
  });

  // Its parts are files of their own, which know nothing of each other's names.
  test(`no function of deploy.sh of ${target} is defined twice`, () => {
    const names = [...readFileSync(join(shop(target), 'deploy.sh'), 'utf8').matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
}
