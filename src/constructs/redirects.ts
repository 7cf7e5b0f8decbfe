import type { RedirectModel } from '../model/load-balancer';
import * as messages from '../validation/messages';

/**
 * The hosts of one load balancer whose visitors are sent to other ones.
 *
 * @internal
 */
export class Redirects {
  readonly all: RedirectModel[] = [];

  /**
   * @param path path of the load balancer
   * @param name name of the load balancer
   */
  constructor(private readonly path: string, private readonly name: string) {}

  add(from: string, to: string): void {
    const other = this.of(from);
    if (other !== undefined) throw new Error(messages.redirectTwice(this.path, this.name, from, to, other));
    this.refuseRound(from, to);
    this.all.push({ from, to });
  }

  /** A route of such a host would get no visitor. */
  refuseRoute(host: string): void {
    const to = this.of(host);
    if (to !== undefined) throw new Error(messages.routeOfRedirected(this.path, this.name, host, to));
  }

  private of(host: string | undefined): string | undefined {
    return this.all.find(({ from }) => from === host)?.to;
  }

  /** One that leads back sends browsers round until they give up. */
  private refuseRound(from: string, to: string): void {
    const way = [from];
    for (let next: string | undefined = to; next !== undefined; next = this.of(next)) {
      if (next === from) throw new Error(messages.redirectRound(this.path, this.name, way));
      way.push(next);
    }
  }
}
