import { stringifyYaml } from '../../util/yaml';
import { copyName as withProject } from '../copies';

/**
 * A text as a literal of Go, in which the matchers of rules are written. Braces stand there as numbers, since two of them
 * would begin a template.
 *
 * @internal
 */
export function goText(text: string): string {
  if (!/[`{}\p{Cc}]/u.test(text)) return `\`${text}\``;
  return JSON.stringify(text).replace(/[{}]/g, (brace) => `\\u00${brace.charCodeAt(0).toString(16)}`);
}

/**
 * The name of a copy, with the project's from the environment, in Go's template language, in which Traefik reads its
 * dynamic file.
 *
 * @internal
 */
export const copyName = (name: string): string => withProject(name, (variable, otherwise) =>
  otherwise === undefined ? `{{ env "${variable}" }}` : `{{ env "${variable}" | default "${otherwise}" }}`);

/**
 * A document. What is undefined is left out, so that its parts can be written down as they are.
 *
 * @internal
 */
export const yamlOf = (document: object): string => stringifyYaml(JSON.parse(JSON.stringify(document)));

/**
 * A section, left out where it is empty.
 *
 * @internal
 */
export function sectionOf<T extends object>(section: T): T | undefined {
  return Object.keys(section).length === 0 ? undefined : section;
}
