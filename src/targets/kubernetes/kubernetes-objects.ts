import { Chart, type ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { MANIFEST_FILE } from './manifest-file';
import { ManifestObject } from './manifest-object';
import { hostSlug, serviceName, shortName } from './names';
import * as messages from '../../validation/messages';
import { unrendered, type Fragment } from '../fragment';

/**
 * What the Kubernetes target made for a construct, each as the cdk8s `ApiObject` that it is:
 * `KubernetesObjects.of(web).deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/hostUsers', false))`.
 *
 * Objects of your own need nothing of this: put an `ApiObject` of cdk8s, or a construct of cdk8s-plus-28, into the chart.
 */
export class KubernetesObjects {
  /**
   * The objects of a construct: a workload, a network, a load balancer, an issuer, a secret, a shared volume, a chart.
   *
   * @param construct the construct
   */
  public static of(construct: IConstruct): KubernetesObjects {
    return new KubernetesObjects(construct);
  }

  private readonly objects: ManifestObject[];

  private constructor(private readonly construct: IConstruct) {
    if (construct?.node === undefined) throw new Error(messages.noConstruct('KubernetesObjects.of()', construct));
    this.objects = construct.node.children.filter(ManifestObject.isManifestObject);
  }

  /** The Deployment of a replicated workload. */
  public get deployment(): ApiObject {
    return this.object('Deployment');
  }

  /** The StatefulSet of a stateful service. */
  public get statefulSet(): ApiObject {
    return this.object('StatefulSet');
  }

  /** The CronJob of a scheduled job. */
  public get cronJob(): ApiObject {
    return this.object('CronJob');
  }

  /** The Service behind a workload's host name. */
  public get service(): ApiObject {
    return this.object('Service', this.construct.node.id);
  }

  /** The Service that gives the copies of a stateful service their names. */
  public get headlessService(): ApiObject {
    return this.object('Service', `${this.construct.node.id}-headless`);
  }

  /** The Service of type LoadBalancer for published ports. */
  public get publishedService(): ApiObject {
    return this.object('Service', serviceName(this.construct.node.id, 'published'));
  }

  /** The ServiceAccount of a workload. */
  public get serviceAccount(): ApiObject {
    return this.object('ServiceAccount');
  }

  /** The PodDisruptionBudget of a workload of several copies, unless its placement is one node. */
  public get podDisruptionBudget(): ApiObject {
    return this.object('PodDisruptionBudget');
  }

  /** The HorizontalPodAutoscaler of a workload with `maxReplicas`. */
  public get horizontalPodAutoscaler(): ApiObject {
    return this.object('HorizontalPodAutoscaler');
  }

  /** The ScaledObject of a workload with `maxReplicas`, with KEDA. */
  public get scaledObject(): ApiObject {
    return this.object('ScaledObject');
  }

  /** The ConfigMap of a workload's files; its name in the manifest has the content's hash added. */
  public get configMap(): ApiObject {
    return this.object('ConfigMap');
  }

  /** The NetworkPolicy of a workload. */
  public get networkPolicy(): ApiObject {
    return this.object('NetworkPolicy');
  }

  /** The NetworkAttachmentDefinition of a layer-2 network, with Multus. */
  public get networkAttachmentDefinition(): ApiObject {
    return this.object('NetworkAttachmentDefinition');
  }

  /** The Gateway of a load balancer. */
  public get gateway(): ApiObject {
    return this.object('Gateway');
  }

  /** The cert-manager Issuer of an issuer. */
  public get issuer(): ApiObject {
    // The root of a local authority is signed by another, which comes after it.
    return this.object('Issuer', this.objects.find(({ kind }) => kind === 'Issuer')?.name);
  }

  /** The whole manifest of a chart. Patches address objects as `/Kind/name/…`: `/Deployment/web/spec/replicas`. */
  public get file(): Fragment {
    const file = this.construct.node.tryFindChild(MANIFEST_FILE);
    if (file === undefined) {
      throw new Error(`${this.construct.node.id} has no manifest of ours: ${Chart.isChart(this.construct)
        ? unrendered(this.construct, 'KubernetesTarget') : 'it is no chart'} [${this.construct.node.path}]`);
    }
    return file as Fragment;
  }

  /**
   * The PersistentVolumeClaim of a volume. Copies of a stateful service have theirs in the StatefulSet's templates.
   *
   * @param volume the volume's name; may be left out where there is only one
   */
  public persistentVolumeClaim(volume?: string): ApiObject {
    return this.object('PersistentVolumeClaim', volume === undefined ? undefined : shortName(`${this.construct.node.id}-${volume}`, 63));
  }

  /**
   * An HTTPRoute of a load balancer.
   *
   * @param name its name, made from host and path: `shop-acme-example-api`; may be left out where there is only one route
   */
  public httpRoute(name?: string): ApiObject {
    const routes = this.objects.filter((object) => object.kind === 'HTTPRoute' && !object.node.id.startsWith('kubernetes-redirect-'));
    if (name === undefined && routes.length === 1) return routes[0];
    return this.object('HTTPRoute', name);
  }

  /**
   * The Certificate of a host of a load balancer.
   *
   * @param host host name; may be left out where there is only one
   */
  public certificate(host?: string): ApiObject {
    return this.object('Certificate', host === undefined ? undefined : hostSlug(host));
  }

  /**
   * Any object by its kind.
   *
   * @param kind for example `NetworkPolicy`
   * @param name its name; may be left out where there is only one of the kind
   */
  public object(kind: string, name?: string): ApiObject {
    const found = this.objects.filter((object) => object.kind === kind && (name === undefined || object.name === name));
    if (found.length === 1) return found[0];
    const { id, path } = this.construct.node;
    const wanted = name === undefined || name === id ? kind : `${kind} '${name}'`;
    if (found.length > 1) {
      throw new Error(`${id} has several objects of kind ${kind} on Kubernetes: name one of ${found.map((object) => `'${object.name}'`).join(', ')} [${path}]`);
    }
    if (Chart.of(this.construct).node.tryFindChild(MANIFEST_FILE) === undefined) {
      throw new Error(`${id} has no ${wanted} on Kubernetes: ${unrendered(this.construct, 'KubernetesTarget')} [${path}]`);
    }
    throw new Error(`${id} has no ${wanted} on Kubernetes: it is a ${this.construct.constructor.name}; it has: ${this.list()} [${path}]`);
  }

  private list(): string {
    const names = this.objects.map(({ kind, name }) => name === this.construct.node.id ? kind : `${kind} '${name}'`);
    return names.length === 0 ? 'nothing there' : names.sort().join(', ');
  }
}
