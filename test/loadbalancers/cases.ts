import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KUBERNETES, NAMED, RESOLVED, loadBalancer, type ShortLoadBalancer } from './models';
import type { LoadBalancerModel, RouteModel } from '../../src/model/load-balancer';
import type { ILoadBalancerBackend } from '../../src/model/load-balancer-backend';
import type { ITargetTraits } from '../../src/model/traits';

/*
 * Readable goldens: one folder a case, with the load balancer in YAML and each back end's configuration for it side by
 * side.
 */

export interface Case {
  readonly name: string;
  readonly loadBalancer: LoadBalancerModel;
  readonly traits: ITargetTraits;
  /** What a back end is expected to write; empty where nothing is on record. */
  expected(fileName: string): string;
  /** Records what was found. */
  write(fileName: string, found: string): void;
}

const TRAITS = { kubernetes: KUBERNETES, named: NAMED, resolved: RESOLVED };

const FOLDER = join(__dirname, 'cases');

function readCases(): Case[] {
  return readdirSync(FOLDER).sort().map((name) => {
    const at = (file: string) => join(FOLDER, name, file);
    const { traits, ...short } = parse(readFileSync(at('load-balancer.yaml'), 'utf8')) as ShortLoadBalancer & { traits?: keyof typeof TRAITS };
    return {
      name: name.replace(/-/g, ' '),
      loadBalancer: loadBalancer(short),
      traits: TRAITS[traits ?? 'named'],
      expected: (file) => existsSync(at(file)) ? readFileSync(at(file), 'utf8') : '',
      write: (file, found) => writeFileSync(at(file), found),
    };
  });
}

/** Those without a route that a back end does not keep: such a one is refused before a back end sees it. */
export function casesFor({ accessKinds = [], passesStreams = false }: ILoadBalancerBackend): Case[] {
  const isKept = ({ access }: RouteModel) => access.every(({ kind }) => accessKinds.includes(kind));
  return readCases().filter(({ loadBalancer: { routes, streams } }) => routes.every(isKept)
    && (passesStreams || streams.length === 0));
}
