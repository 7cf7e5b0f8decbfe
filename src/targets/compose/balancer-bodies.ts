import { PROJECT_NAME } from './interpolation';

/**
 * What the plan of a project asks of its file, kept while that is written: the bodies of its load balancers and proxies, and
 * the names of its networks.
 *
 * @internal
 */
export class BalancerBodies {
  private readonly services = new Map<string, any>();
  private readonly networks = new Map<string, string>();

  /**
   * @param balancers the names of their services
   */
  public constructor(private readonly balancers: ReadonlySet<string>) {
  }

  /** Takes an entry of the file, patches included. */
  public take(section: string, key: string, body: any): void {
    if (section === 'services' && this.balancers.has(key)) this.services.set(key, body);
    if (section === 'networks') this.networks.set(key, nameOf(key, body ?? {}));
  }

  /** The body of a service. */
  public service(name: string): any {
    return this.services.get(name);
  }

  /** The name of a network, without the project's. */
  public network(key: string): string {
    return this.networks.get(key) ?? key;
  }
}

/** What stands before the names of a project's networks. */
const PROJECT = `${PROJECT_NAME}_`;

function nameOf(key: string, { name = key, external = false }: any): string {
  // Its name hangs on that of another project, which deploy.sh finds out.
  if (external) return `=${key}`;
  return name.startsWith(PROJECT) ? name.slice(PROJECT.length) : name;
}
