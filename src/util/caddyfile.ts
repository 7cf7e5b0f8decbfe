import { isConstant } from './constants';

/*
 * Writing Caddyfiles. A Caddyfile is made of words; blanks, quotes, `#` and backslashes end or change a word, braces make
 * blocks, environment variables (`{$X}`, replaced in the raw text, quoted or not) and placeholders (`{x}`).
 * https://caddyserver.com/docs/caddyfile/concepts
 */

/**
 * A line, a block of lines, or several of them. Constants, which are in many blocks, become text once.
 *
 * @internal
 */
export type CaddyfileLine = string | CaddyfileBlock | readonly CaddyfileLine[];

/**
 * A line that opens a block, and what stands in it.
 *
 * @internal
 */
export interface CaddyfileBlock {
  readonly head: string;
  readonly lines: readonly CaddyfileLine[];
}

/**
 * A block.
 *
 * @internal
 */
export const block = (head: string, ...lines: CaddyfileLine[]): CaddyfileBlock => ({ head, lines });

/**
 * The text of a Caddyfile, as `caddy fmt` would write it.
 *
 * @internal
 */
export function caddyfileText(blocks: readonly CaddyfileBlock[]): string {
  return blocks.map((one) => linesText([one], '')).join('\n');
}

function linesText(lines: readonly CaddyfileLine[], indent: string): string {
  let text = '';
  for (const line of lines) {
    if (typeof line === 'string') text += `${indent}${line}\n`;
    else if (!isSeveral(line)) text += `${indent}${line.head}${line.head === '' ? '' : ' '}{\n${linesText(line.lines, `${indent}\t`)}${indent}}\n`;
    else text += isConstant(line) ? constantText(line, indent) : linesText(line, indent);
  }
  return text;
}

const isSeveral = (line: CaddyfileLine): line is readonly CaddyfileLine[] => Array.isArray(line);

/** The text of constants, by length of the indentation. */
const CONSTANT_TEXTS = new WeakMap<object, string[]>();

function constantText(lines: readonly CaddyfileLine[], indent: string): string {
  let texts = CONSTANT_TEXTS.get(lines);
  if (texts === undefined) CONSTANT_TEXTS.set(lines, texts = []);
  return texts[indent.length] ??= linesText(lines, indent);
}

/**
 * A text as one word; undefined where a Caddyfile cannot express it: line breaks and other control characters, braces
 * (they would be read as placeholders), and a backtick together with a backslash before a quote.
 *
 * @internal
 */
export function word(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  if (/[{}\p{Cc}]/u.test(text)) return undefined;
  if (!text.includes('`')) return `\`${text}\``;
  return /\\("|$)/.test(text) ? undefined : `"${text.replace(/"/g, '\\"')}"`;
}

/** What needs no quotes; `<<` would begin a text of several lines. */
const PLAIN = /^(?!<<)[A-Za-z0-9_/.:@%+=,;*?^$|()[\]<>~!&-]+$/;
