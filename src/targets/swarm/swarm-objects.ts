import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { chartName } from '../../util/chart-name';
import { checkedObject, DockerObjects, type DockerObjectProps } from '../compose/docker-objects';
import { Fragment } from '../fragment';

/**
 * What the Swarm target made for a construct, each as a fragment to patch:
 * `SwarmObjects.of(web).service.addJsonPatch(JsonPatch.add('/deploy/labels', { team: 'shop' }))`.
 *
 * Patches are the syntax of stack files: there `$` stands for a variable, and `$$` for itself.
 */
export class SwarmObjects extends DockerObjects {
  /**
   * The objects of a construct: a workload, a network, a load balancer, a secret, a shared volume, a chart.
   *
   * @param construct the construct
   */
  public static of(construct: IConstruct): SwarmObjects {
    return new SwarmObjects(construct);
  }

  private constructor(construct: IConstruct) {
    super(construct, 'Swarm', 'swarm-');
  }
}

/**
 * An object of the user's own in the stack file of a chart:
 * `new SwarmObject(chart, 'agent', { section: 'services', body: { image: 'agent:1.0.0', deploy: { mode: 'global' } } })`.
 * It is written as it is given; guarantees do not cover it.
 */
export class SwarmObject extends Fragment {
  /**
   * @param scope the chart, or a construct in it
   * @param id its key in the section
   * @param props section and body
   */
  public constructor(scope: Construct, id: string, props: DockerObjectProps) {
    const { section, body } = checkedObject(scope, id, 'SwarmObject', props);
    super(scope, id, `swarm/${chartName(Chart.of(scope))}`, section, id, body);
  }
}
