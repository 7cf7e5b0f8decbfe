import type { IConstruct } from 'constructs';
import { stringifyYaml } from '../../util/yaml';
import { Fragment } from '../fragment';

/*
 * One file from its fragments. Compose files and Swarm stacks have the same sections.
 */

/** Sections in the order in which a person reads them. */
const SECTIONS = ['services', 'networks', 'configs', 'secrets', 'volumes'];

/**
 * Key of a fragment that holds several entries of its section, by key.
 *
 * @internal
 */
export const SEVERAL = '*';

/**
 * The fragments of one app, by file.
 *
 * @internal
 */
export function fragmentsByFile(root: IConstruct): Map<string, Fragment[]> {
  const files = new Map<string, Fragment[]>();
  for (const construct of root.node.findAll()) {
    if (!Fragment.isFragment(construct)) continue;
    const fragment = construct as Fragment;
    const others = files.get(fragment.file);
    if (others === undefined) files.set(fragment.file, [fragment]);
    else others.push(fragment);
  }
  return files;
}

/**
 * The text of a file.
 *
 * Each entry becomes text as soon as it is rendered, so that a file of a thousand services is never held as JSON. Only
 * a patch of the whole file needs it whole.
 *
 * @param fragments the file's fragments
 * @param head what stands before the sections
 * @param comment first line
 * @internal
 */
export function documentText(fragments: Fragment[], head: any, comment: string): string {
  const first = `# ${comment}\n`;
  if (fragments.some(({ section, patched }) => section === '' && patched)) return first + stringifyYaml(documentOf(fragments, head));
  const sections = entriesBySection(fragments, (key, body) => stringifyYaml({ [key]: body }, '  '));
  const before = Object.keys(head).length > 0 ? stringifyYaml(head) : '';
  return first + before + sections.map(([section, entries]) => `${section}:\n${entries.map(([, text]) => text).join('')}`).join('');
}

/**
 * A file as a value; patches of the whole file last.
 *
 * @internal
 */
export function documentOf(fragments: Fragment[], head: any): any {
  const document = { ...head };
  for (const [section, entries] of entriesBySection(fragments, (_, body) => body)) document[section] = Object.fromEntries(entries);
  return fragments.filter(({ section }) => section === '').reduce((value, fragment) => fragment.patch(value), document);
}

/** The entries of each section by key, each made into something else as soon as it is rendered. */
function entriesBySection<T>(fragments: Fragment[], make: (key: string, body: any) => T): [string, [string, T][]][] {
  const sections = new Map(SECTIONS.map((section) => [section, new Map<string, { made: T; path: string }>()]));
  for (const fragment of fragments) {
    const { section, file, node } = fragment;
    const entries = sections.get(section);
    if (entries === undefined) continue;
    for (const [key, body] of entriesOf(fragment)) {
      const other = entries.get(key);
      if (other !== undefined) {
        throw new Error(`${file} cannot have two ${section} called '${key}': ${other.path} made one already, give one of them another id [${node.path}]`);
      }
      entries.set(key, { made: make(key, body), path: node.path });
    }
  }
  return [...sections].filter(([, entries]) => entries.size > 0).map(([section, entries]) => [
    section, [...entries].sort(([a], [b]) => a < b ? -1 : 1).map(([key, { made }]): [string, T] => [key, made]),
  ]);
}

function entriesOf(fragment: Fragment): [string, any][] {
  const body = fragment.toJson();
  if (body === undefined) return [];
  return fragment.key === SEVERAL ? Object.entries(body) : [[fragment.key, body]];
}
