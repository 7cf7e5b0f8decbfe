/*
 * Writing an haproxy.cfg. A line is made of words; blanks, quotes, `#` and backslashes end or change a word. Within single
 * quotes nothing has a meaning, and a single quote itself stands outside of them after a backslash.
 * https://docs.haproxy.org/3.2/configuration.html#2.2
 */

/**
 * A section and its lines.
 *
 * @internal
 */
export interface HaproxySection {
  readonly head: string;
  readonly lines: string[];
}

/**
 * A section.
 *
 * @internal
 */
export const section = (head: string, ...lines: string[]): HaproxySection => ({ head, lines });

/**
 * The text of an haproxy.cfg.
 *
 * @internal
 */
export function haproxyText(sections: HaproxySection[]): string {
  return sections.map(({ head, lines }) => {
    let text = `${head}\n`;
    for (const line of lines) text += `\t${line}\n`;
    return text;
  }).join('\n');
}

/**
 * A text as one word; undefined where an haproxy.cfg cannot express it: line breaks and other control characters, a lone
 * closing brace (it would end a condition, quoted or not), and nothing at all (it would end the line).
 *
 * @internal
 */
export function word(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  if (/\p{Cc}/u.test(text) || text === '}' || text === '') return undefined;
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** What needs no quotes. */
const PLAIN = /^[A-Za-z0-9_/.:@%+=,;*?^|()[\]~!&<>-]+$/;

/**
 * A sample with one argument, as `req.fhdr(X-One)`; the argument has quotes of its own within those of the word.
 *
 * @internal
 */
export const sample = (name: string, token: string): string => `${name}(${/^[\w.-]+$/.test(token) ? token : `"${token}"`})`;
