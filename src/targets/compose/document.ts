import type { Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { stringifyEntry, stringifyYaml, type Anchors } from '../../util/yaml';
import * as messages from '../../validation/messages';
import { Fragment } from '../fragment';
import type { RenderedTarget, SynthContext } from '../target';

/*
 * One file from its fragments. Compose files and Swarm stacks have the same sections.
 */

/** Sections in the order in which a person reads them. */
const SECTIONS = ['services', 'networks', 'configs', 'secrets', 'volumes'];

/**
 * The services beside a workload's own, by name, and what else belongs to it without a fragment of its own. All of it
 * is one construct, since most workloads have none: a thousand constructs take longer than what they would hold.
 *
 * @internal
 */
export class Companions extends Fragment {
  /**
   * @param scope the construct it belongs to
   * @param id unique in its scope
   * @param file which file it is a part of
   * @param services the services by name, which patches are for; undefined where it has none
   * @param beside entries of other sections, by section and key
   */
  public constructor(scope: Construct, id: string, file: string, services: Lazy | undefined, private readonly beside: Lazy) {
    super(scope, id, file, 'services', '*', services);
  }

  /** All entries by section and key; undefined: none of that section. */
  public sections(): { [section: string]: any } {
    return { services: this.toJson(), ...this.beside.produce() };
  }

  /**
   * @internal
   */
  public _misfit(reason: string): string {
    return messages.patchDoesNotFit(this.node.path, `the services beside '${this.node.scope!.node.id}' in ${this.file}`, reason);
  }
}

/**
 * The fragments of one synth, by file.
 *
 * @internal
 */
export function fragmentsByFile({ root, rendered }: Pick<SynthContext, 'root' | 'rendered'>): Map<string, Fragment[]> {
  let files = FRAGMENTS.get(rendered);
  if (files === undefined) {
    FRAGMENTS.set(rendered, files = new Map());
    collect(root, files);
  }
  return files;
}

/** Each target has files of them. */
const FRAGMENTS = new WeakMap<RenderedTarget[], Map<string, Fragment[]>>();

function collect(construct: IConstruct, files: Map<string, Fragment[]>): void {
  if (Fragment.isFragment(construct)) {
    const fragment = construct as Fragment;
    const others = files.get(fragment.file);
    if (others === undefined) files.set(fragment.file, [fragment]);
    else others.push(fragment);
  }
  for (const child of construct.node.children) collect(child, files);
}

/**
 * Whoever wants to know the entries of a file, which become text one by one.
 *
 * @internal
 */
export type Look = (section: string, key: string, body: any) => void;

/**
 * The text of a file.
 *
 * Each entry becomes text as soon as it is rendered, so that a file of a thousand services is never held as JSON. Only
 * a patch of the whole file needs it whole.
 *
 * @param fragments the file's fragments
 * @param head what stands before the sections
 * @param comments first lines
 * @param look is shown each entry, patched
 * @param links lists of links that several services refer to
 * @internal
 */
export function documentText(fragments: Fragment[], head: any, comments: string[], look?: Look, links: Anchors = new Map()): string {
  const first = comments.map((comment) => `# ${comment}\n`).join('');
  if (fragments.some(({ section, patched }) => section === '' && patched)) return first + stringifyYaml(documentOf(fragments, head, look));
  const sections = entriesBySection(fragments, (key, body) => stringifyEntry(key, body, '  ', links), look);
  const before = Object.keys(head).length > 0 ? stringifyYaml(head) : '';
  // All at once: the text of a thousand services is millions of characters, and would be copied with each part.
  return [first, before, linksText(links), ...sections.flatMap(([section, entries]) => [`${section}:\n`, ...entries.map(([, text]) => text)])].join('');
}

/** Compose leaves a section alone whose name begins with `x-`. */
function linksText(links: Anchors): string {
  if (links.size === 0) return '';
  return `x-external-links:\n${[...links].map(([list, name]) => `  ${name}: &${name}\n${stringifyYaml(list, '    ')}`).join('')}`;
}

/**
 * A file as a value; patches of the whole file last.
 *
 * @internal
 */
export function documentOf(fragments: Fragment[], head: any, look?: Look): any {
  const document = { ...head };
  for (const [section, entries] of entriesBySection(fragments, (_, body) => body, look)) document[section] = Object.fromEntries(entries);
  return fragments.filter(({ section }) => section === '').reduce((value, fragment) => fragment.patch(value), document);
}

/** The entries of each section by key, each made into something else as soon as it is rendered. */
function entriesBySection<T>(fragments: Fragment[], make: (key: string, body: any) => T, look?: Look): [string, [string, T][]][] {
  const sections = new Map(SECTIONS.map((section) => [section, new Map<string, { made: T; from: Fragment }>()]));
  for (const fragment of fragments) {
    const add = (section: string, key: string, body: any) => {
      const entries = sections.get(section);
      const other = entries?.get(key);
      if (other !== undefined) {
        throw new Error(`${fragment.file} cannot have two ${section} called '${key}': ${other.from.node.path} made one already,`
          + ` give one of them another id [${fragment.node.path}]`);
      }
      look?.(section, key, body);
      entries?.set(key, { made: make(key, body), from: fragment });
    };
    if (fragment instanceof Companions) addSeveral(fragment.sections(), add);
    else addOne(fragment, add);
  }
  return [...sections].filter(([, entries]) => entries.size > 0).map(([section, entries]) => [
    section, [...entries.keys()].sort().map((key): [string, T] => [key, entries.get(key)!.made]),
  ]);
}

type AddEntry = (section: string, key: string, body: any) => void;

function addOne(fragment: Fragment, add: AddEntry): void {
  const body = fragment.toJson();
  if (body !== undefined) add(fragment.section, fragment.key, body);
}

function addSeveral(sections: { [section: string]: any }, add: AddEntry): void {
  for (const section in sections) {
    for (const key in sections[section]) add(section, key, sections[section][key]);
  }
}
