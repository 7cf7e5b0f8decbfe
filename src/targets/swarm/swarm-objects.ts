import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { chartName } from '../../util/chart-name';
import { checkedSection, findFragment } from '../compose/compose-objects';
import { numbered } from '../compose/copies';
import { Fragment } from '../fragment';

/**
 * What the Swarm target made for a construct, each as a fragment to patch:
 * `SwarmObjects.of(web).service.addJsonPatch(JsonPatch.add('/deploy/labels', { team: 'shop' }))`.
 *
 * Patches are the syntax of stack files: there `$` stands for a variable, and `$$` for itself.
 */
export class SwarmObjects {
  /**
   * The objects of a construct: a workload, a network, a load balancer, a secret, a shared volume, a chart.
   *
   * @param construct the construct
   */
  public static of(construct: IConstruct): SwarmObjects {
    return new SwarmObjects(construct);
  }

  private constructor(private readonly construct: IConstruct) {}

  /** The service of a workload or load balancer; of a stateful service, that of the first copy. */
  public get service(): Fragment {
    return this.find('service', 'service');
  }

  /**
   * The service of one copy of a stateful service.
   *
   * @param copy its number, from 0
   */
  public serviceOf(copy: number): Fragment {
    return this.find(`service of copy ${copy}`, numbered('service', copy));
  }

  /** The services beside a workload's own (sidecars, init containers, handing over of volumes), by name. */
  public get companions(): Fragment {
    return this.find('companions', 'companions');
  }

  /** The network of an `IsolatedNetwork`. */
  public get network(): Fragment {
    return this.find('network', 'network');
  }

  /**
   * The network of a connection, asked of the caller.
   *
   * @param callee the workload that is called
   */
  public linkTo(callee: IConstruct): Fragment {
    return this.find(`link to ${callee.node.id}`, `link-${this.construct.node.id}-to-${callee.node.id}`);
  }

  /**
   * A persistent volume of a workload; of a stateful service, that of the first copy.
   *
   * @param name the volume's name
   */
  public volume(name: string): Fragment {
    return this.find(`volume '${name}'`, `volume-${name}`);
  }

  /**
   * A persistent volume of one copy of a stateful service.
   *
   * @param name the volume's name
   * @param copy the copy's number, from 0
   */
  public volumeOf(name: string, copy: number): Fragment {
    return this.find(`volume '${name}' of copy ${copy}`, numbered(`volume-${name}`, copy));
  }

  /** The volume of a `SharedVolume`. */
  public get sharedVolume(): Fragment {
    return this.find('shared volume', 'volume');
  }

  /**
   * A file of a workload's main container.
   *
   * @param path where the container finds it
   */
  public config(path: string): Fragment {
    return this.find(`config '${path}'`, `config-${path}`);
  }

  /** The secret of a `Secret`. */
  public get secret(): Fragment {
    return this.find('secret', 'secret');
  }

  /** The whole file of a chart. */
  public get file(): Fragment {
    return this.find('file', 'file');
  }

  private find(what: string, id: string): Fragment {
    return findFragment(this.construct, 'Swarm', 'swarm-', what, id);
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
  public constructor(scope: Construct, id: string, props: SwarmObjectProps) {
    super(scope, id, `swarm/${chartName(Chart.of(scope))}`, checkedSection(scope, id, 'SwarmObject', props.section), id, props.body);
  }
}

/**
 * Options of an object of the user's own in a stack file.
 */
export interface SwarmObjectProps {
  /** Section of the file: `services`, `networks`, `configs`, `secrets` or `volumes`. */
  readonly section: string;
  /** The object in the syntax of stack files. */
  readonly body: any;
}
