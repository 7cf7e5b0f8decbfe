import { Companions } from './document';
import type { Fragment } from '../fragment';

/**
 * The fragments of one project by what they stand for, patches included. A plan asks for many.
 *
 * @internal
 */
export class ProjectFragments {
  private readonly companions = new Map<string, Companions>();
  private readonly services = new Map<string, Fragment>();
  private readonly networks = new Map<string, Fragment>();
  private readonly networkNames = new Map<string, string>();

  public constructor(fragments: readonly Fragment[]) {
    for (const fragment of fragments) {
      if (fragment instanceof Companions) this.companions.set(fragment.node.scope!.node.id, fragment);
      else if (fragment.section === 'services') this.services.set(fragment.key, fragment);
      else if (fragment.section === 'networks') this.networks.set(fragment.key, fragment);
    }
  }

  /** What stands beside a construct's own service, by section and key. */
  public beside(construct: string): { [section: string]: any } {
    return this.companions.get(construct)?.sections() ?? {};
  }

  /** The body of a construct's own service. */
  public service(name: string): any {
    return this.services.get(name)!.toJson();
  }

  /** The name of a network without the project's; many services are in one. */
  public networkName(key: string): string {
    let name = this.networkNames.get(key);
    if (name === undefined) this.networkNames.set(key, name = networkName(key, this.networks.get(key)?.toJson()));
    return name;
  }
}

/** What stands before the names of a project's networks. */
// eslint-disable-next-line no-template-curly-in-string -- Compose replaces it
const PROJECT = '${COMPOSE_PROJECT_NAME}_';

/**
 * The name of a network, without the project's.
 *
 * @param body its entry in the file; undefined: it has none
 * @internal
 */
export function networkName(key: string, body: any): string {
  const { name = key, external = false } = body ?? {};
  // Its name hangs on that of another project, which deploy.sh finds out.
  if (external) return `=${key}`;
  return name.startsWith(PROJECT) ? name.slice(PROJECT.length) : name;
}
