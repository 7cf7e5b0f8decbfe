import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownImage } from '../../src/validation/known-images/known-image';
import { KNOWN_IMAGES } from '../../src/validation/known-images/table';

/*
 * The table of docs/images.md is that of the code. `npm run goldens` writes it anew.
 */

const PAGE = join(__dirname, '..', '..', 'docs', 'images.md');
const BETWEEN = /(?<=<!-- images -->\n)[^]*(?=<!-- \/images -->)/;

test('the page says what the code knows', () => {
  const page = readFileSync(PAGE, 'utf8');
  const written = page.replace(BETWEEN, () => table());
  if (process.env.UPDATE_GOLDENS) writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});

function table(): string {
  const rows = KNOWN_IMAGES.map((image) => [nameOf(image), userOf(image), wants(image), list(image.data?.map(({ path }) => path)), needs(image), image.stop?.signal ?? '']);
  const lines = [['image', 'user', 'writes to', 'keeps data in', 'needs', 'drains on'], ['---', '---', '---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`.replace(/ {2,}/g, ' ')).join('');
}

function nameOf({ names, sources: [source, ...more], since, before, exceptTags = [] }: KnownImage): string {
  const versions = [since === undefined ? [] : [`from ${since}`], before === undefined ? [] : [`before ${before}`], exceptTags.map((tag) => `not \`${tag}\``)].flat();
  const further = more.map((url, index) => ` [${index + 2}](${url})`).join('');
  return `[\`${names[0]}\`](${source})${further}${versions.length === 0 ? '' : ` ${versions.join(', ')}`}`;
}

function userOf({ user, group, stepsDownTo, asThisUserOnly, anyUserVariable }: KnownImage): string {
  if (user === undefined) return '';
  const who = user === 0 ? `root${stepsDownTo === undefined ? '' : `, then ${stepsDownTo}`}` : `${user}${group === undefined ? '' : `:${group}`}`;
  if (!asThisUserOnly) return who;
  return `${who}, only${anyUserVariable === undefined ? '' : `; any with \`${anyUserVariable}\``}`;
}

const wants = ({ scratch, writableRoot, settledBy }: KnownImage): string => [
  ...scratch === undefined ? [] : [list(scratch)],
  ...writableRoot ? ['its root'] : [],
  ...settledBy === undefined ? [] : [`unless you give \`${settledBy}\``],
].join(', ');

const needs = ({ capabilities, noCapabilitiesVariable, processOne }: KnownImage): string => [
  ...capabilities === undefined ? [] : [`${list(capabilities)}${noCapabilitiesVariable === undefined ? '' : `, or \`${noCapabilitiesVariable}\``}`],
  ...processOne ? ['process 1'] : [],
].join(', ');

const list = (of: readonly string[] = []): string => of.map((one) => `\`${one}\``).join(', ');
