import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { chartName } from '../../util/chart-name';
import { Fragment } from '../fragment';
import { numbered } from './copies';

/**
 * What the Compose target made for a construct, each as a fragment to patch:
 * `ComposeObjects.of(web).service.addJsonPatch(JsonPatch.add('/shm_size', '128m'))`.
 *
 * Patches are Compose syntax: there `$` stands for a variable, and `$$` for itself.
 */
export class ComposeObjects {
  /**
   * The objects of a construct: a workload, a network, a load balancer, a secret, a shared volume, a chart.
   *
   * @param construct the construct
   */
  public static of(construct: IConstruct): ComposeObjects {
    return new ComposeObjects(construct);
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
    return findFragment(this.construct, 'Compose', 'compose-', what, id);
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
  public constructor(scope: Construct, id: string, props: ComposeObjectProps) {
    super(scope, id, `compose/${chartName(Chart.of(scope))}`, checkedSection(scope, id, 'ComposeObject', props.section), id, props.body);
  }
}

/**
 * Options of an object of the user's own in a Compose file.
 */
export interface ComposeObjectProps {
  /** Section of the file: `services`, `networks`, `configs`, `secrets` or `volumes`. */
  readonly section: string;
  /** The object in Compose syntax. */
  readonly body: any;
}

/**
 * The fragment that a target made for a construct.
 *
 * @internal
 */
export function findFragment(construct: IConstruct, target: string, prefix: string, what: string, id: string): Fragment {
  const fragment = construct.node.tryFindChild(prefix + id);
  if (fragment !== undefined && Fragment.isFragment(fragment)) return fragment as Fragment;
  const { id: name, path, children } = construct.node;
  const present = children.filter((child) => Fragment.isFragment(child) && child.node.id.startsWith(prefix))
    .map((child) => child.node.id.slice(prefix.length));
  const has = present.length === 0 ? 'it has nothing there' : `it has ${present.join(', ')}`;
  throw new Error(`${name} has no ${what} in ${target}: ${has} [${path}]`);
}

/**
 * A section that exists.
 *
 * @internal
 */
export function checkedSection(scope: IConstruct, id: string, kind: string, section: string): string {
  if (SECTIONS.includes(section)) return section;
  throw new Error(`${kind} '${id}' cannot stand in the section '${section}': it is one of ${SECTIONS.join(', ')} [${scope.node.path}/${id}]`);
}

const SECTIONS = ['services', 'networks', 'configs', 'secrets', 'volumes'];
