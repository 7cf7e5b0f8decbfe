import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct, Node } from 'constructs';
import type { ChartObjects, DeclaredDependency, TreeNumbers, TreeWalk } from './tree-walk';

/*
 * In cdk8s, a dependency of one construct on another makes each object of the one depend on each object of the
 * other, and a chart on the other's chart. cdk8s writes all these pairs down as edges and follows every path
 * through them: M x N edges, and a chain of twelve composite constructs never ends. Here a dependency stays one
 * edge between two *groups* (the objects of a construct that belong to its own chart), and a depth-first search
 * enters each construct and each group once. Its order is cdk8s': test/util/tree-walk.test.ts
 * compares the two on random trees.
 */

/** From a construct's number to those it depends on (or, reversed, that depend on it), in the order cdk8s adds them. */
type Edges = Map<number, number[]>;

/** An order among the objects of a group. */
type Compare = (a: number, b: number) => number;

/** The part of the tree that is being ordered; what lies outside does not count. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** States of a construct in the search. */
const NEW = 0;
const OPEN = 1;
const DONE = 2;

/** Such ids at the top of the tree come first in cdk8s, which keeps constructs by path in a plain object. */
const ARRAY_INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

/**
 * The orders that the dependencies of an app ask for.
 *
 * @internal
 */
export class DependencyOrder {
  /** The charts, each after those it depends on and those nested in it. */
  public readonly charts: readonly ChartObjects[];
  /** Whether there is such a chart. */
  public readonly hasDependentCharts: boolean;

  private readonly constructs: readonly IConstruct[];
  private readonly tree: TreeNumbers;
  private readonly number = new Map<IConstruct, number>();
  private readonly edges: Edges = new Map();
  private readonly reversed: Edges = new Map();
  private readonly groups = new Map<number, number[]>();
  /** The charts within which something depends on something; the objects of all others stay in tree order. */
  private readonly tied = new Set<number>();
  /** Why one chart depends on another. */
  private readonly causes = new Map<string, DeclaredDependency>();

  public constructor(walk: TreeWalk) {
    this.constructs = walk.constructs;
    this.tree = walk.numbers;
    if (walk.dependencies.length === 0 && !walk.charts.some(isNested)) {
      // Nothing to order, as in most apps.
      this.hasDependentCharts = false;
      this.charts = indicesFirst(walk.charts, ({ chart }) => chart.node);
      return;
    }
    walk.constructs.forEach((construct, number) => this.number.set(construct, number));

    this.hasDependentCharts = this.addEdges(walk);
    const whole = { start: 0, end: walk.constructs.length };
    const order = this.edges.size === 0 ? this.cdk8sVertices(whole) : this.search(whole, this.roots(whole), this.edges);
    const charts = new Map(walk.charts.map(chart => [this.number.get(chart.chart)!, chart]));
    this.charts = order.flatMap(number => charts.get(number) ?? []);
  }

  /** @see TreeWalk.orderedObjects */
  public objects(of: ChartObjects, preferred?: readonly ApiObject[]): readonly ApiObject[] {
    const chart = this.number.get(of.chart);
    if (chart === undefined || !this.tied.has(chart)) return preferred ?? of.objects;

    const range = { start: chart, end: this.tree.end[chart] };
    const objects = (numbers: number[]) => numbers.filter(number => this.isMember(number, chart) && this.isObject(number))
      .map(number => this.constructs[number] as ApiObject);
    if (!preferred) return objects(this.search(range, this.roots(range), this.edges));

    // A search pulls what it meets forward. Run backwards (from the last, towards the dependents), it pushes dependents back:
    // what nothing depends on, and what depends on nothing, keeps its place among its like.
    const place = new Map(preferred.map((object, index) => [this.number.get(object)!, index]));
    const lastFirst = (a: number, b: number) => (place.get(b) ?? b) - (place.get(a) ?? a);
    return objects(this.search(range, [...place.keys()].reverse(), this.reversed, lastFirst).reverse());
  }

  /** Returns whether a chart depends on another. A chart's edges are, in this order: declared, to nested charts, implied. */
  private addEdges(walk: TreeWalk): boolean {
    for (const { source, target } of walk.dependencies) this.addEdge(source, target);

    let dependentCharts = false;
    for (const { chart } of walk.charts) {
      const scope = chart.node.scope;
      if (!scope || !Chart.isChart(scope) || !this.number.has(scope)) continue;
      this.addEdge(scope, chart);
      dependentCharts = true;
    }
    for (const dependency of walk.dependencies) {
      const source = Chart.of(dependency.source);
      const target = Chart.of(dependency.target);
      if (source === target) continue;
      this.addEdge(source, target, dependency);
      dependentCharts = true;
    }
    return dependentCharts;
  }

  private addEdge(from: IConstruct, to: IConstruct, cause?: DeclaredDependency): void {
    const source = this.number.get(from);
    const target = this.number.get(to);
    if (source === undefined || target === undefined) return; // another app's construct
    append(this.edges, source, target);
    append(this.reversed, target, source);
    const pair = `${source} ${target}`;
    if (cause && !this.causes.has(pair)) this.causes.set(pair, cause);
    const chart = this.tree.chart[target];
    if (chart <= source && source < this.tree.end[chart]) this.tied.add(chart);
  }

  /** Depth first from `starts`; a construct comes out after all it leads to. */
  private search(range: Range, starts: number[], edges: Edges, compare?: Compare): number[] {
    const state = new Uint8Array(range.end - range.start);
    const entered = new Set<number>();
    const order: number[] = [];
    // A stack of our own: a chain of dependencies may be longer than JavaScript's is deep.
    const stack: Array<{ number: number; next: Iterator<number> }> = [];
    const enter = (number: number) => {
      state[number - range.start] = OPEN;
      stack.push({ number, next: this.successors(number, range, edges, entered, compare) });
    };

    for (const start of starts) {
      if (state[start - range.start] === NEW) enter(start);
      while (stack.length > 0) {
        const top = stack[stack.length - 1];
        const next = top.next.next();
        if (next.done) {
          state[top.number - range.start] = DONE;
          order.push(top.number);
          stack.pop();
        } else if (state[next.value - range.start] === OPEN) {
          const path = stack.map(({ number }) => number);
          throw this.cycle(path.slice(path.indexOf(next.value)));
        } else if (state[next.value - range.start] === NEW) {
          enter(next.value);
        }
      }
    }
    return order;
  }

  /** What `number` leads to: its own edges, and if it is an object, the groups that it and the constructs around it lead to. */
  private *successors(number: number, range: Range, edges: Edges, entered: Set<number>, compare?: Compare): Iterator<number> {
    for (const target of edges.get(number) ?? []) {
      if (isWithin(target, range)) yield target;
    }
    if (!this.isObject(number)) return;

    for (const scope of this.scopes(number)) {
      for (const target of edges.get(scope) ?? []) {
        if (!isWithin(target, range) || entered.has(target)) continue;
        const group = this.group(target);
        for (const member of compare ? [...group].sort(compare) : group) {
          if (member !== number) yield member;
        }
        // Whoever asks for the next value has visited the last: the group is done for all, unless this one left itself out.
        if (!this.isMember(number, target)) entered.add(target);
      }
    }
  }

  /** Where cdk8s starts: constructs nothing depends on. The rest of a graph without such (all of it is in cycles) comes last. */
  private roots(range: Range): number[] {
    const needed = new Uint8Array(range.end - range.start);
    const marked = new Set<number>();
    for (let source = range.start; source < range.end; source++) {
      for (const target of this.edges.get(source) ?? []) {
        if (!isWithin(target, range)) continue;
        needed[target - range.start] = 1;
        const sources = this.group(source);
        if (sources.length === 0 || marked.has(target)) continue;
        // An object does not depend on itself, though its construct may depend on one that holds it.
        const itself = sources.length === 1 && this.isMember(sources[0], target) ? sources[0] : -1;
        for (const member of this.group(target)) {
          if (member !== itself) needed[member - range.start] = 1;
        }
        if (itself === -1) marked.add(target);
      }
    }
    const vertices = this.cdk8sVertices(range);
    return [...vertices.filter(number => !needed[number - range.start]), ...vertices.filter(number => needed[number - range.start])];
  }

  /** The constructs of a range as cdk8s enumerates them: in tree order, but ids like `0` and `12` at the top first. */
  private cdk8sVertices(range: Range): number[] {
    const numbers = Array.from({ length: range.end - range.start }, (_, i) => range.start + i);
    return indicesFirst(numbers, (number) => this.constructs[number].node);
  }

  /** The objects at and below a construct that belong to its own closest chart. */
  private group(number: number): number[] {
    let group = this.groups.get(number);
    if (!group) {
      group = [];
      for (let n = number; n < this.tree.end[number]; n++) {
        if (this.tree.chart[n] === this.tree.chart[number] && this.isObject(n)) group.push(n);
      }
      this.groups.set(number, group);
    }
    return group;
  }

  private isMember(object: number, of: number): boolean {
    return of <= object && object < this.tree.end[of] && this.tree.chart[object] === this.tree.chart[of];
  }

  private isObject(number: number): boolean {
    return ApiObject.isApiObject(this.constructs[number]);
  }

  /** The constructs around an object, from its chart down to itself. */
  private scopes(number: number): number[] {
    const scopes = [number];
    while (scopes[0] !== this.tree.chart[number]) scopes.unshift(this.tree.parent[scopes[0]]);
    return scopes;
  }

  private cycle(numbers: number[]): Error {
    const path = (construct: IConstruct) => construct.node.path;
    const closed = [...numbers, numbers[0]];
    const causes = closed.flatMap((number, i) => this.causes.get(`${number} ${closed[i + 1]}`) ?? [])
      .filter(({ source, target }) => !Chart.isChart(source) || !Chart.isChart(target));
    const because = causes.length > 0 ? ` (because of ${causes.map(({ source, target }) => `${path(source)} => ${path(target)}`).join(', ')})` : '';
    return new Error(`Dependency cycle detected: ${closed.map(number => path(this.constructs[number])).join(' => ')}${because}`);
  }
}

function isNested({ chart }: ChartObjects): boolean {
  for (let { scope } = chart.node; scope !== undefined; scope = scope.node.scope) {
    if (Chart.isChart(scope)) return true;
  }
  return false;
}

/** Items of constructs in tree order as cdk8s has them: those with ids like `0` and `12` at the top of the tree first. */
function indicesFirst<T>(items: readonly T[], nodeOf: (item: T) => Node): T[] {
  const isIndex = (item: T) => {
    const node = nodeOf(item);
    return node.scope !== undefined && node.scope.node.scope === undefined && ARRAY_INDEX.test(node.id);
  };
  const indices = items.filter(isIndex);
  return indices.length === 0 ? [...items] : [...indices, ...items.filter((item) => !isIndex(item))];
}

function isWithin(number: number, range: Range): boolean {
  return range.start <= number && number < range.end;
}

function append(edges: Edges, from: number, to: number): void {
  const list = edges.get(from);
  if (list) list.push(to);
  else edges.set(from, [to]);
}
