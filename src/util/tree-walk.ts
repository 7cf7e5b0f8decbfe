import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { DependencyOrder } from './dependency-order';

/**
 * A chart and the objects that belong to it (not those of a chart nested in it), in tree order.
 *
 * @internal
 */
export interface ChartObjects {
  readonly chart: Chart;
  readonly objects: readonly ApiObject[];
}

/**
 * Somebody declared, with `node.addDependency`, that `source` comes after `target`.
 *
 * @internal
 */
export interface DeclaredDependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

/**
 * The tree by numbers: constructs are numbered in tree order, so that a subtree is a range of numbers,
 * `number <= n < end[number]`. A missing parent or chart is -1.
 *
 * @internal
 */
export interface TreeNumbers {
  readonly parent: number[];
  readonly end: number[];
  /** The closest chart; a chart's is itself. */
  readonly chart: number[];
}

/**
 * Visits every construct at and below `root` exactly once.
 *
 * cdk8s' own synth walks the whole app again for each chart, which takes minutes for a thousand of them; what
 * follows from this one walk is the same.
 *
 * @internal
 */
export function walk(root: IConstruct): TreeWalk {
  return new TreeWalk(root);
}

/**
 * What the walk found, and the orders that follow from it. It describes the tree at the time of the walk.
 *
 * @internal
 */
export class TreeWalk {
  /** Every construct in tree order, parents first. */
  public readonly constructs: IConstruct[] = [];
  /** Every chart in tree order, with its objects. */
  public readonly charts: ChartObjects[] = [];
  /** Every declared dependency, in tree order of its source. */
  public readonly dependencies: DeclaredDependency[] = [];
  /** For the orders below. */
  public readonly numbers: TreeNumbers = { parent: [], end: [], chart: [] };

  private order?: DependencyOrder;

  public constructor(root: IConstruct) {
    this.visit(root, -1, -1, []);
  }

  /**
   * The charts in cdk8s' order: the charts it depends on, and those nested in it, come before a chart.
   *
   * @throws if dependencies form a cycle; the message names all of it.
   */
  public get orderedCharts(): readonly ChartObjects[] {
    return this.dependencyOrder.charts;
  }

  /** Whether a chart depends on another or is nested in one: cdk8s then numbers the files. */
  public get hasDependentCharts(): boolean {
    return this.dependencyOrder.hasDependentCharts;
  }

  /**
   * The objects of one chart. Without `preferred` in cdk8s' order: tree order, but dependencies first. With
   * `preferred` (the same objects, in the order one would like), in that order, but an object that depends on a later
   * one is put off until after it.
   *
   * @throws if dependencies form a cycle; the message names all of it.
   */
  public orderedObjects(chart: ChartObjects, preferred?: readonly ApiObject[]): readonly ApiObject[] {
    return this.dependencyOrder.objects(chart, preferred);
  }

  /** Made when first asked for: a walk that only collects does not pay for it. */
  private get dependencyOrder(): DependencyOrder {
    return this.order ??= new DependencyOrder(this);
  }

  private visit(construct: IConstruct, parent: number, chart: number, objects: ApiObject[]): void {
    const number = this.constructs.push(construct) - 1;
    if (Chart.isChart(construct)) {
      chart = number;
      objects = [];
      this.charts.push({ chart: construct as Chart, objects });
    } else if (ApiObject.isApiObject(construct)) {
      objects.push(construct as ApiObject);
    }
    this.numbers.parent.push(parent);
    this.numbers.chart.push(chart);
    for (const target of construct.node.dependencies) this.dependencies.push({ source: construct, target });
    for (const child of construct.node.children) this.visit(child, number, chart, objects);
    this.numbers.end[number] = this.constructs.length;
  }
}
