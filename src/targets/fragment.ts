import { Chart, Lazy, type JsonPatch } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { patched } from '../util/patch';
import * as messages from '../validation/messages';

/**
 * What an `ApiObject` is to a manifest, for one object of another file: a service of a Compose file, say.
 * It stands in the tree as soon as its construct is created, and its body is rendered at synth, patches last.
 */
export class Fragment extends Construct {
  /**
   * Whether a construct is a fragment.
   *
   * @param construct the construct
   */
  public static isFragment(construct: IConstruct): boolean {
    return FRAGMENT in construct;
  }

  private patches?: JsonPatch[];

  /**
   * @param scope the construct it belongs to
   * @param id unique in its scope
   * @param file which file it is a part of, for example `compose/shop`
   * @param section section of the file, for example `services`; empty: the file itself
   * @param key its key in the section, for example `web`
   * @param body a plain value, or a `Lazy`; undefined leaves it out
   */
  public constructor(
    scope: Construct,
    id: string,
    /** Which file it is a part of. */
    public readonly file: string,
    /** Section of the file; empty: the file itself. */
    public readonly section: string,
    /** Its key in the section. */
    public readonly key: string,
    private readonly body: any,
  ) {
    super(scope, id);
  }

  /**
   * Changes the rendered object. Applied last; the report marks the object as patched, not covered by guarantees.
   *
   * @param ops RFC 6902 operations
   */
  public addJsonPatch(...ops: JsonPatch[]): void {
    (this.patches ??= []).push(...ops);
  }

  /** Whether it was changed by hand. */
  public get patched(): boolean {
    return this.patches !== undefined && this.patches.length > 0;
  }

  /**
   * The rendered object with its patches; undefined where there is none.
   */
  public toJson(): any {
    const body = this.body instanceof Lazy ? this.body.produce() : this.body;
    return body === undefined ? undefined : this.patch(body);
  }

  /**
   * Applies the patches to a value, for fragments that stand for a whole file.
   *
   * @param value the value
   */
  public patch(value: any): any {
    if (this.patches === undefined || !this.patched) return value;
    try {
      return patched(value, this.patches);
    } catch (error) {
      throw new Error(this._misfit((error as Error).message));
    }
  }

  /**
   * What to say of a patch that does not fit.
   *
   * @internal
   */
  public _misfit(reason: string): string {
    const what = this.section === '' ? this.file : `'${this.key}' in ${this.section} of ${this.file}`;
    return messages.patchDoesNotFit(this.node.path, what, reason);
  }
}

/**
 * Why a construct, or a whole chart, has nothing of a target.
 *
 * @internal
 */
export function unrendered(construct: IConstruct, target: string): string {
  return Chart.isChart(construct)
    ? `no ${target} renders it, or it has no construct of ours`
    : `no ${target} renders chart '${Chart.of(construct).node.id}', so patch it only where one does`;
}

const FRAGMENT = Symbol.for('cdk8s-ha.Fragment');

Object.defineProperty(Fragment.prototype, FRAGMENT, { value: true });
