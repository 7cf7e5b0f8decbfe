import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { NAMED, RESOLVED, loadBalancer, type ShortLoadBalancer } from './models';
import type { LoadBalancerModel } from '../../src/model/load-balancer';
import type { ITargetTraits } from '../../src/model/traits';

/*
 * Readable goldens: a load balancer in YAML, a line of dashes, the expected configuration.
 */

export interface Case {
  readonly name: string;
  readonly loadBalancer: LoadBalancerModel;
  readonly traits: ITargetTraits;
  readonly expected: string;
  /** Writes what was found in place of what was expected. */
  write(found: string): void;
}

const FOLDER = join(__dirname, 'cases');
const DASHES = '\n----------\n';

export function readCases(): Case[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.txt')).sort().map((file) => {
    const path = join(FOLDER, file);
    const [input, expected = ''] = readFileSync(path, 'utf8').split(DASHES);
    const { traits, ...short } = parse(input) as ShortLoadBalancer & { traits?: 'named' | 'resolved' };
    return {
      name: file.slice(0, -'.txt'.length).replace(/-/g, ' '),
      loadBalancer: loadBalancer(short),
      traits: traits === 'resolved' ? RESOLVED : NAMED,
      expected,
      write: (found) => writeFileSync(path, `${input}${DASHES}${found}`),
    };
  });
}
