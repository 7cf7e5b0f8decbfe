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
 * @param fragments the file's fragments
 * @param head what stands before the sections
 * @param comment first line
 * @internal
 */
export function documentText(fragments: Fragment[], head: any, comment: string): string {
  return `# ${comment}\n${stringifyYaml(documentOf(fragments, head))}`;
}

/**
 * A file as a value; patches of the whole file last.
 *
 * @internal
 */
export function documentOf(fragments: Fragment[], head: any): any {
  const sections = new Map<string, Map<string, { body: any; path: string }>>();
  for (const fragment of fragments.filter(({ section }) => section !== '')) {
    for (const [key, body] of entriesOf(fragment)) add(sections, fragment, key, body);
  }
  const document = { ...head };
  for (const section of SECTIONS) {
    const entries = [...sections.get(section) ?? []].sort(([a], [b]) => a < b ? -1 : 1);
    if (entries.length > 0) document[section] = Object.fromEntries(entries.map(([key, { body }]) => [key, body]));
  }
  return fragments.filter(({ section }) => section === '').reduce((value, fragment) => fragment.patch(value), document);
}

function entriesOf(fragment: Fragment): [string, any][] {
  const body = fragment.toJson();
  if (body === undefined) return [];
  return fragment.key === SEVERAL ? Object.entries(body) : [[fragment.key, body]];
}

function add(sections: Map<string, Map<string, { body: any; path: string }>>, fragment: Fragment, key: string, body: any): void {
  const { section, file, node: { path } } = fragment;
  const entries = sections.get(section) ?? new Map<string, { body: any; path: string }>();
  sections.set(section, entries);
  const other = entries.get(key);
  if (other !== undefined) {
    throw new Error(`${file} cannot have two ${section} called '${key}': ${other.path} made one already, give one of them another id [${path}]`);
  }
  entries.set(key, { body, path });
}
