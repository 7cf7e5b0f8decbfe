/**
 * A text as one word of a POSIX shell, in single quotes, so that every character arrives as it is.
 *
 * @internal
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new Error(`${JSON.stringify(text)} cannot be given to a program: it contains NUL`);
  return `'${text.replaceAll("'", "'\\''")}'`;
}
