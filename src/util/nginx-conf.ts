/*
 * Writing configurations of nginx. They are made of directives; blanks, quotes, `;`, `#` and braces end or change a word,
 * backslashes write others, and `$` begins a variable that no directive lets escape.
 * https://nginx.org/en/docs/beginners_guide.html#conf_structure
 */

/**
 * A directive without its semicolon, or a block of directives.
 *
 * @internal
 */
export type NginxDirective = string | NginxBlock;

/**
 * What opens a block, and the directives in it.
 *
 * @internal
 */
export interface NginxBlock {
  readonly head: string;
  readonly directives: NginxDirective[];
}

/**
 * A block.
 *
 * @internal
 */
export const block = (head: string, ...directives: NginxDirective[]): NginxBlock => ({ head, directives });

/**
 * The text of a configuration. Blocks of the same depth are kept apart by an empty line.
 *
 * @internal
 */
export function nginxText(directives: NginxDirective[]): string {
  return written(directives, '');
}

function written(directives: NginxDirective[], indent: string): string {
  return directives.map((one, index) => {
    const apart = index > 0 && (typeof one !== 'string' || typeof directives[index - 1] !== 'string');
    const text = typeof one === 'string'
      ? `${indent}${one};\n`
      : `${indent}${one.head} {\n${written(one.directives, `${indent}\t`)}${indent}}\n`;
    return apart ? `\n${text}` : text;
  }).join('');
}

/**
 * A text as one word; undefined where nginx cannot express it: `$` would begin a variable, and control characters have
 * no place in a line.
 *
 * @internal
 */
export function word(text: string): string | undefined {
  if (/[$\p{Cc}]/u.test(text)) return undefined;
  return PLAIN.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** What needs no quotes. */
const PLAIN = /^[A-Za-z0-9_/.:@%+=,?*^|()[\]<>!&-]+$/;
