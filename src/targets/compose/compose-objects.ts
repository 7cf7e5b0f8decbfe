import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { checkedObject, DockerObjects, type DockerObjectProps } from './docker-objects';
import { chartName } from '../../util/chart-name';
import { Fragment } from '../fragment';

/**
 * What the Compose target made for a construct, each as a fragment to patch:
 * `ComposeObjects.of(web).service.addJsonPatch(JsonPatch.add('/shm_size', '128m'))`.
 *
 * Patches are Compose syntax: there `$` stands for a variable, and `$$` for itself.
 */
export class ComposeObjects extends DockerObjects {
  /**
   * The objects of a construct: a workload, a network, a load balancer, a secret, a shared volume, a chart.
   *
   * @param construct the construct
   */
  public static of(construct: IConstruct): ComposeObjects {
    return new ComposeObjects(construct);
  }

  private constructor(construct: IConstruct) {
    super(construct, 'Compose', 'compose-');
  }
}

/**
 * An object of the user's own in the Compose file of a chart:
 * `new ComposeObject(chart, 'mailhog', { section: 'services', body: { image: 'mailhog/mailhog:v1.0.1' } })`.
 * It is written as it is given; guarantees do not cover it.
 */
export class ComposeObject extends Fragment {
  /**
   * @param scope the chart, or a construct in it
   * @param id its key in the section
   * @param props section and body
   */
  public constructor(scope: Construct, id: string, props: DockerObjectProps) {
    const { section, body } = checkedObject(scope, id, 'ComposeObject', props);
    super(scope, id, `compose/${chartName(Chart.of(scope))}`, section, id, body);
  }
}
