/*
 * Writing Caddyfiles. A Caddyfile is made of words; blanks, quotes, `#` and backslashes end or change a word, braces make
 * blocks, environment variables (`{$X}`, replaced in the raw text, quoted or not) and placeholders (`{x}`).
 * https://caddyserver.com/docs/caddyfile/concepts
 */

/**
 * A line, or a block of lines.
 *
 * @internal
 */
export type CaddyfileLine = string | CaddyfileBlock;

/**
 * A line that opens a block, and what stands in it.
 *
 * @internal
 */
export interface CaddyfileBlock {
  readonly head: string;
  readonly lines: CaddyfileLine[];
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
export function caddyfileText(blocks: CaddyfileBlock[]): string {
  return blocks.map((one) => written(one, '')).join('\n');
}

function written({ head, lines }: CaddyfileBlock, indent: string): string {
  const inner = `${indent}\t`;
  let text = `${indent}${head}${head === '' ? '' : ' '}{\n`;
  for (const line of lines) text += typeof line === 'string' ? `${inner}${line}\n` : written(line, inner);
  return `${text}${indent}}\n`;
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
