/** What a command prints, now or later. */
export type Printed = string | Promise<string>;

/** What a command does, given the words that its pattern has names for; `undefined` prints nothing. */
export type Handler = (...values: any[]) => Printed | void;

/**
 * The command that some words are: patterns have small words as they are, `NAME` for one word, and `...NAMES` at the end
 * for all others. A command that no pattern has is an error: the fakes know what the scripts use and nothing else.
 */
export function dispatch(words: string[], commands: Record<string, Handler>): Printed {
  for (const [pattern, handler] of Object.entries(commands)) {
    const values = match(pattern.split(' '), words);
    if (values !== undefined) return handler(...values) ?? '';
  }
  throw new Error(`the fake docker does not know: ${words.join(' ')}`);
}

function match(pattern: string[], words: string[]): any[] | undefined {
  const rest = pattern.at(-1)!.startsWith('...');
  const fixed = rest ? pattern.slice(0, -1) : pattern;
  if (rest ? words.length < fixed.length : words.length !== fixed.length) return undefined;
  const isName = (word: string) => /^[A-Z]+$/.test(word);
  if (fixed.some((word, index) => !isName(word) && word !== words[index])) return undefined;
  return [...words.filter((_, index) => index < fixed.length && isName(fixed[index])), ...rest ? [words.slice(fixed.length)] : []];
}

/** Each on a line of its own, as programs print them. */
export const printed = (lines: string[]): string => lines.map((line) => `${line}\n`).join('');
