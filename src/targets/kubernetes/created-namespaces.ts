import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { cutOffByDefault, defaultDeny } from './default-deny';
import { warning } from './findings';
import { kindOf, PREFIX } from './kinds';
import { managedBy } from './labels';
import { ManifestObject } from './manifest-object';
import { looseObjects, mayHavePods, namespaceBody } from './namespace';
import { CONTAINER_DEFAULTS, quotaFindings, resourceQuota, type NamespaceQuota } from './namespace-quota';
import type { KubernetesOptions } from './options';
import { KEPT } from './storage';
import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';

/**
 * The namespaces that a target writes, each in a chart of its own, so that it gets a file of its own; several charts may
 * share one.
 *
 * @internal
 */
export class CreatedNamespaces {
  private readonly charts = new Map<string, Chart[]>();
  private readonly own = new Set<Chart>();

  public constructor(private readonly quota: NamespaceQuota | undefined, private readonly options: KubernetesOptions) {}

  public add(chart: Chart): void {
    const { namespace } = chart;
    if (namespace === undefined) {
      throw new Error(`KubernetesTarget cannot create a namespace for chart '${chart.node.id}', which names none:`
        + ` new Chart(app, '${chart.node.id}', { namespace: '${chart.node.id}' }) [${chart.node.path}]`);
    }
    const existing = this.charts.get(namespace);
    if (existing !== undefined) {
      existing.push(chart);
      return;
    }
    const own = new Chart(chart.node.scope!, `${chart.node.id}-namespace`);
    this.charts.set(namespace, [chart]);
    this.own.add(own);
    const { quota, options } = this;
    const labels = managedBy(chart);
    new ManifestObject(own, `${PREFIX}namespace`, {
      kind: kindOf('Namespace'),
      name: namespace,
      labels,
      annotations: KEPT,
      render: () => namespaceBody(this.objectsIn(namespace).filter(mayHavePods), options),
      options,
    });
    new ManifestObject(own, `${PREFIX}default-deny`, {
      kind: kindOf('NetworkPolicy'), name: 'default-deny', namespace, labels, render: () => defaultDeny(namespace, options), options,
    });
    if (quota === undefined) return;
    new ManifestObject(own, `${PREFIX}resource-quota`, { kind: kindOf('ResourceQuota'), name: namespace, namespace, labels, render: () => resourceQuota(quota), options });
    new ManifestObject(own, `${PREFIX}limit-range`, { kind: kindOf('LimitRange'), name: namespace, namespace, labels, render: () => CONTAINER_DEFAULTS, options });
  }

  /** Whether a chart is one of theirs. */
  public has(chart: Chart): boolean {
    return this.own.has(chart);
  }

  public findings(app: AppModel): Finding[] {
    const { quota } = this;
    return [...this.charts.keys()].flatMap((namespace) => [
      ...quota === undefined ? [] : quotaFindings(quota, namespace, app.charts.filter((model) => model.namespace === namespace), this.options),
      ...cutOffByDefault(namespace, this.objectsIn(namespace)),
      ...looseObjects(this.objectsIn(namespace).filter(mayHavePods), this.options).map(([{ kind, name, node: { path } }, standard]) => warning('namespace-standard', path,
        `namespace '${namespace}' cannot enforce more than Pod Security Standard ${standard} on Kubernetes, or it could refuse the pods of ${kind} '${name}':`
        + ' give them the securityContext that restricted asks for, or a namespace of their own')),
    ]);
  }

  /** Objects of this library and of others that stand there. */
  private objectsIn(namespace: string): ApiObject[] {
    const objects: ApiObject[] = [];
    const isThere = (object: ApiObject) => (object.metadata.namespace ?? namespace) === namespace;
    const visit = (construct: IConstruct) => {
      if (ApiObject.isApiObject(construct) && isThere(construct)) objects.push(construct);
      construct.node.children.forEach(visit);
    };
    this.charts.get(namespace)!.forEach(visit);
    return objects;
  }
}
