import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { linkId } from './across-charts';
import { numbered } from './copies';
import * as messages from '../../validation/messages';
import { checkMap, checkProps, type PropNames } from '../../validation/props';
import { Fragment, unrendered } from '../fragment';

/**
 * What a target of Docker made for a construct, each as a fragment to patch. `ComposeObjects` and `SwarmObjects` are the
 * two of them.
 */
export abstract class DockerObjects {
  /**
   * @param construct the construct
   * @param target the target as its user calls it
   * @param prefix what the ids of its fragments begin with
   * @internal
   */
  protected constructor(private readonly construct: IConstruct, private readonly target: string, private readonly prefix: string) {
    if (construct?.node === undefined) throw new Error(messages.noConstruct(`${target}Objects.of()`, construct));
  }

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
   * The network of a connection, asked of the caller. Where the callee is of another chart, it is external: its options
   * stand in `deploy.plan`.
   *
   * @param callee the workload that is called
   */
  public linkTo(callee: IConstruct): Fragment {
    return this.find(`link to ${callee.node.id}`, linkId(this.construct, callee));
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
    return findFragment(this.construct, this.target, this.prefix, what, id);
  }
}

/**
 * Options of an object of the user's own in a Compose or stack file.
 */
export interface DockerObjectProps {
  /** Section it stands in: `services`, `networks`, `configs`, `secrets` or `volumes`. */
  readonly section: string;
  /** The object in the syntax of the file. */
  readonly body: any;
}

function findFragment(construct: IConstruct, target: string, prefix: string, what: string, id: string): Fragment {
  const fragment = construct.node.tryFindChild(prefix + id);
  if (fragment !== undefined && Fragment.isFragment(fragment)) return fragment as Fragment;
  const { id: name, path, children } = construct.node;
  const present = children.filter((child) => Fragment.isFragment(child) && child.node.id.startsWith(prefix))
    .map((child) => child.node.id.slice(prefix.length));
  const isRendered = Chart.of(construct).node.tryFindChild(`${prefix}file`) !== undefined;
  const has = !isRendered ? unrendered(construct, `${target}Target`) : present.length === 0 ? 'it has nothing there' : `it has ${present.join(', ')}`;
  throw new Error(`${name} has no ${what} in ${target}: ${has} [${path}]`);
}

/**
 * An object for a section that exists, with something to write there.
 *
 * @internal
 */
export function checkedObject(scope: IConstruct, id: string, kind: string, props: DockerObjectProps): DockerObjectProps {
  const path = `${scope.node.path}/${id}`;
  checkProps(path, `${kind} '${id}'`, props, PROPS);
  const { section, body } = props;
  if (!SECTIONS.includes(section)) throw new Error(`${kind} '${id}' cannot stand in the section '${section}': it is one of ${SECTIONS.join(', ')} [${path}]`);
  checkMap(path, `${kind} '${id}'`, 'body', body, "{ image: 'mailhog/mailhog:v1.0.1' }");
  return props;
}

const PROPS: PropNames<DockerObjectProps> = { section: true, body: true };

const SECTIONS = ['services', 'networks', 'configs', 'secrets', 'volumes'];
