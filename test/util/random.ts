import { ApiObject, App, AppProps, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';

/** Small, fast, repeatable random numbers (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6D2B79F5) % 0x1_0000_0000;
    let t = state;
    /* eslint-disable no-bitwise */
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
    /* eslint-enable no-bitwise */
  };
}

/** How a random app is built. */
export interface RandomAppOptions {
  /** At most so many constructs, charts and objects below the app. */
  readonly size: number;
  /** At most so many dependencies. */
  readonly dependencies: number;
  readonly props?: AppProps;
  /** Called for each object made. */
  readonly onObject?: (object: ApiObject, pick: (below: number) => number) => void;
}

/**
 * A random app: charts in charts, directly or not, composite constructs, objects in objects, ids that are numbers,
 * and dependencies between any two of them. The same seed gives the same app.
 */
export function randomApp(seed: number, options: RandomAppOptions): App {
  const pick = random(seed);
  const app = new App(options.props);
  const scopes: Construct[] = [];
  const ends: IConstruct[] = [];

  const add = () => {
    const scope: Construct = scopes.length === 0 || pick(4) === 0 ? app : scopes[pick(scopes.length)];
    const id = pick(3) === 0 ? `${pick(30)}` : `${'abcdefgh'[pick(8)]}${pick(100)}`;
    if (scope.node.tryFindChild(id)) return;
    if (scope === app || pick(8) === 0) {
      scopes.push(new Chart(scope, id, pick(2) ? { namespace: 'acme' } : {}));
    } else if (pick(3) === 0) {
      scopes.push(new Construct(scope, id));
    } else {
      const object = new ApiObject(scope, id, { apiVersion: 'v1', kind: ['ConfigMap', 'Secret', 'Service'][pick(3)], data: { [id]: `${pick(100)}` } } as any);
      options.onObject?.(object, pick);
      if (pick(6) === 0) scopes.push(object);
      ends.push(object);
      return;
    }
    ends.push(scopes[scopes.length - 1]);
  };
  for (let i = 1 + pick(options.size); i > 0; i--) add();

  for (let i = pick(options.dependencies + 1); i > 0 && ends.length > 1; i--) {
    const source = pick(ends.length);
    // Mostly from later to earlier constructs, else nearly every app has a cycle.
    const target = pick(8) === 0 ? pick(ends.length) : pick(source + 1);
    if (source !== target) ends[source].node.addDependency(ends[target]);
  }
  return app;
}
