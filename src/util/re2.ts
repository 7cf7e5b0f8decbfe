/**
 * A regular expression (RE2, which Go programs have) that matches a text literally. Whatever means something to RE2, or to
 * the files that it is put into (quotes, backticks, braces, blanks), is written by its number, so every text can be expressed.
 *
 * @internal
 */
export function literal(text: string): string {
  // Beyond ASCII nothing has a meaning, and RE2 would want braces for the number.
  return text.replace(/[\u0000-\u007f]/g, (character) => {
    if (/[A-Za-z0-9_/%:=,;@&~-]/.test(character)) return character;
    return character === '.' ? '\\.' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
