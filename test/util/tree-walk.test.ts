import { ApiObject, App, Chart } from 'cdk8s';
import { Construct, DependencyGroup } from 'constructs';
import { random, randomApp } from './random';
import { walk } from '../../src/util/tree-walk';

const TREES = Number(process.env.FUZZ_TREES ?? 3_000);
const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? 1);

const object = (scope: Construct, id: string) => new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: scope.node.path + '/' + id } });
const paths = (constructs: readonly Construct[]) => constructs.map(({ node }) => node.path);

/** cdk8s' own orders: of the charts, and of the names of each one's objects. */
function cdk8sOrders(app: App): Array<[string, string[]]> {
  // The first rendering is what adds the implied dependencies to the tree.
  for (const chart of app.node.findAll()) if (Chart.isChart(chart)) (chart as Chart).toJson();
  return app.charts.map(chart => [chart.node.path, chart.toJson().map(json => json.metadata.name)]);
}

function ourOrders(app: App): Array<[string, string[]]> {
  const tree = walk(app);
  return tree.orderedCharts.map(chart => [chart.chart.node.path, tree.orderedObjects(chart).map(({ name }) => name)]);
}

/** A composite of three objects. */
class Service extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const part of ['deployment', 'service', 'policy']) object(this, part);
  }
}

describe('walk', () => {
  test('visits every construct once', () => {
    for (let seed = 0; seed < 50; seed++) {
      const app = randomApp(seed, { size: 30, dependencies: 3 });
      expect(walk(app).constructs).toEqual(app.node.findAll());
    }
  });

  test('gives each chart its own objects, in tree order', () => {
    const app = new App();
    const outer = new Chart(app, 'outer');
    object(outer, 'a');
    const inner = new Chart(new Construct(outer, 'between'), 'inner');
    object(inner, 'b');
    object(new Construct(outer, 'last'), 'c');
    expect(walk(app).charts.map(({ chart, objects }) => [chart.node.id, paths([...objects])])).toEqual([
      ['outer', ['outer/a', 'outer/last/c']],
      ['inner', ['outer/between/inner/b']],
    ]);
  });

  test('collects declared dependencies', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const [a, b, c] = ['a', 'b', 'c'].map(id => object(chart, id));
    c.node.addDependency(new DependencyGroup(a, b));
    a.node.addDependency(b);
    expect(walk(app).dependencies).toEqual([{ source: a, target: b }, { source: c, target: a }, { source: c, target: b }]);
  });

  test('leaves the tree as it is', () => {
    const app = new App();
    const [a, b] = ['a', 'b'].map(id => new Service(new Chart(app, id), 'web'));
    b.node.addDependency(a);
    expect(walk(app).orderedCharts).toHaveLength(2);
    expect(app.node.findAll().flatMap(({ node }) => node.dependencies)).toEqual([a]);
  });
});

describe('orders are those of cdk8s', () => {
  test(`for ${TREES} random apps`, () => {
    let cycles = 0;
    for (let seed = FUZZ_SEED; seed < FUZZ_SEED + TREES; seed++) {
      const options = { size: 4 + seed % 12, dependencies: seed % 7 };
      let expected;
      try {
        expected = cdk8sOrders(randomApp(seed, options));
      } catch (error) {
        // cdk8s overlooks some cycles and then runs out of stack.
        expect(`${error}`).toMatch(/Dependency cycle detected|Maximum call stack/);
        expect(() => ourOrders(randomApp(seed, options))).toThrow(/^Dependency cycle detected: (.+) => .*\b\1/);
        cycles++;
        continue;
      }
      expect({ seed, orders: ourOrders(randomApp(seed, options)) }).toEqual({ seed, orders: expected });
    }
    expect(cycles).toBeLessThan(TREES / 2);
  }, 3_600_000);

  test('also when cdk8s has already added its edges', () => {
    for (let seed = 0; seed < 200; seed++) {
      const app = randomApp(seed, { size: 12, dependencies: 2 });
      let expected;
      try {
        expected = cdk8sOrders(app);
      } catch {
        continue;
      }
      expect(ourOrders(app)).toEqual(expected);
    }
  });
});

describe('a preferred order', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(id => object(chart, id));

  test('holds without dependencies', () => {
    const tree = walk(app);
    expect(tree.orderedObjects(tree.charts[0], [e, c, a, b, d])).toEqual([e, c, a, b, d]);
  });

  test('puts an object off until after what it depends on, and moves nothing else', () => {
    a.node.addDependency(d);
    const tree = walk(app);
    expect(tree.orderedObjects(tree.charts[0], [a, b, c, d, e])).toEqual([b, c, d, a, e]);
  });

  test('holds within a composite', () => {
    const other = new App();
    const shop = new Chart(other, 'shop');
    const [web, database] = ['web', 'database'].map(id => new Service(shop, id));
    web.node.addDependency(database);
    const tree = walk(other);
    const byName = [...tree.charts[0].objects].sort((x, y) => x.node.id.localeCompare(y.node.id));
    expect(paths([...tree.orderedObjects(tree.charts[0], byName)])).toEqual([
      'shop/database/deployment', 'shop/database/policy', 'shop/database/service',
      'shop/web/deployment', 'shop/web/policy', 'shop/web/service',
    ]);
  });

  test('never breaks a dependency, loses or repeats an object', () => {
    for (let seed = 0; seed < 500; seed++) {
      const any = randomApp(seed, { size: 20, dependencies: 4 });
      const pick = random(seed);
      const tree = walk(any);
      try {
        expect(tree.orderedCharts).toHaveLength(tree.charts.length);
      } catch {
        continue;
      }
      for (const of of tree.charts) {
        const preferred = [...of.objects].map(o => ({ o, at: pick(1e9) })).sort((x, y) => x.at - y.at).map(({ o }) => o);
        const order = tree.orderedObjects(of, preferred);
        expect(new Set(order)).toEqual(new Set(preferred));
        expect(order).toHaveLength(preferred.length);
        for (const { source, target } of tree.dependencies) {
          if (Chart.of(source) !== of.chart || Chart.of(target) !== of.chart) continue;
          const below = (scope: any) => order.flatMap((o, i) => o.node.scopes.includes(scope) ? [i] : []);
          for (const s of below(source)) for (const t of below(target)) if (s !== t) expect(t).toBeLessThan(s);
        }
      }
    }
  });
});

describe('a cycle is named whole', () => {
  test('between constructs', () => {
    const chart = new Chart(new App(), 'shop');
    const [a, b, c] = ['a', 'b', 'c'].map(id => new Service(chart, id));
    a.node.addDependency(b);
    b.node.addDependency(c);
    c.node.addDependency(a);
    expect(() => walk(chart.node.root).orderedCharts).toThrow('Dependency cycle detected: shop/a => shop/b => shop/c => shop/a');
  });

  test('between charts, with its causes', () => {
    const app = new App();
    const [one, two] = ['one', 'two'].map(id => new Chart(app, id));
    object(one, 'a').node.addDependency(object(two, 'b'));
    object(two, 'c').node.addDependency(object(one, 'd'));
    expect(() => walk(app).hasDependentCharts).toThrow(
      'Dependency cycle detected: one => two => one (because of one/a => two/b, two/c => one/d)');
  });

  test('of one construct with itself', () => {
    const chart = new Chart(new App(), 'shop');
    const a = object(chart, 'a');
    a.node.addDependency(a);
    expect(() => walk(chart.node.root).orderedCharts).toThrow('Dependency cycle detected: shop/a => shop/a');
  });
});

describe('takes time in proportion', () => {
  const milliseconds = (work: () => void): number => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };

  test('to a chain of 3,000 composite constructs', () => {
    const chart = new Chart(new App(), 'shop');
    let previous: Service | undefined;
    for (let i = 0; i < 3_000; i++) {
      const next = new Service(chart, `s${i}`);
      if (previous) previous.node.addDependency(next);
      previous = next;
    }
    const time = milliseconds(() => {
      const tree = walk(chart.node.root);
      expect(tree.orderedObjects(tree.orderedCharts[0])[0].node.path).toBe('shop/s2999/deployment');
      expect(tree.orderedObjects(tree.charts[0], tree.charts[0].objects)[0].node.path).toBe('shop/s2999/deployment');
    });
    expect(time).toBeLessThan(2_000);
  });

  test('to 1,000 charts that depend on one of 3,000 objects', () => {
    const app = new App();
    const base = new Chart(app, 'base');
    for (let i = 0; i < 1_000; i++) new Service(base, `s${i}`);
    for (let i = 0; i < 1_000; i++) new Service(new Chart(app, `c${i}`), 'web').node.addDependency(base);
    const time = milliseconds(() => {
      const tree = walk(app);
      expect(tree.orderedCharts.flatMap(chart => tree.orderedObjects(chart))).toHaveLength(6_000);
    });
    expect(time).toBeLessThan(2_000);
  });
});
