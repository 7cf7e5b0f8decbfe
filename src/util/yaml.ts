import { Yaml } from 'cdk8s';
import { isConstant } from './constants';

/*
 * Nearly half of a cdk8s synth goes into turning JSON into YAML text: `yaml` first builds a node for each
 * value, then asks some twenty tags about each string. Manifests are plain JSON with few distinct, mostly
 * harmless strings, so a direct writer needs none of this.
 *
 * The rule that keeps it right: this writer handles only what it is sure of. Everything else (a key of
 * several lines, a string that could be a date, a value that is not JSON) is handed to cdk8s' own
 * `Yaml.stringify`, and its text is put in place. test/util/yaml.test.ts compares the two on random documents.
 */

/** Indentation of one level; sequences inside mappings are indented as well. */
const STEP = '  ';

/** `yaml` writes a key whose text is longer as `? key`, with the value on a line of its own. */
const LONGEST_KEY = 1024;

/** Longer strings are seldom met twice; the cache is for names, labels, field names. */
const LONGEST_CACHED = 128;

/** The cache starts afresh at this size, so that a long-running process (a watch, a server) does not grow. */
const CACHE_SIZE = 20_000;

/** One line of printable ASCII: with any other character the answer is left to cdk8s. */
const SIMPLE_LINE = /^[\x20-\x7e]*$/;

/** Such lines need quotes: empty, whole numbers, an indicator in front, `: ` or ` #` inside, a colon or a space at the end. */
const QUOTED = /^$|^[0-9]+$|^[ ,[\]{}#&*!|>'"%@`]|: | #|[ :]$/;

/**
 * Such lines need none, if not QUOTED: words, paths, options (`--flag`), variables, quantities (`250m`, `1Gi`, `25%`),
 * addresses and versions (`10.7.0.0/16`, `1.4.2`). No number and no date of YAML 1.1 begins like this.
 */
const PLAIN = /^(?:-{0,2}[A-Za-z_/$]|\.{1,2}\/|[0-9]+(?:[g-suwG-SUW/%]|Ti)|[0-9]+\.[0-9]+\.[0-9])/;

/** Except these: YAML 1.1 reads booleans, null, numbers (`e1`, `-E+5`). */
const OTHER_TYPE = /^(?:[Yy]|[Nn]|[Yy]es|YES|[Nn]o|NO|[Tt]rue|TRUE|[Ff]alse|FALSE|[Oo]n|ON|[Oo]ff|OFF|[Nn]ull|NULL|-?[eE][-+]?[0-9]+)$/;

/** These are written in other ways at the left margin, where they would end the document. (`m`: also after U+2028, which starts a line for cdk8s.) */
const MARKER = /^(?:%|---|\.\.\.)/m;

/** Several lines in which every character is visible (letters, marks, numbers, punctuation, symbols of any script), a space or a tab. */
const VISIBLE = /^[\t\n\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}]*$/u;

/** Such lines go into a literal block as they are when neither end is white space, save one line feed at the end. */
const BLOCK = /^[^\s][^]*[^\s]\n?$/;

/** The text of one-line strings: it is the same for keys and values, at every depth. */
const cache = new Map<string, string>();

/**
 * Structures that stand once in a document, under the names of their anchors; all else refers to them.
 *
 * @internal
 */
export type Anchors = ReadonlyMap<object, string>;

/** The text of constants, by length of the indentation. */
const constantTexts = new WeakMap<object, string[]>();

/**
 * The YAML text of one document, byte for byte what cdk8s' `Yaml.stringify(value)` gives, several times faster.
 *
 * One thing differs on purpose: a value that is referred to twice is written twice, where `yaml` writes an
 * anchor and an alias. Our renderers share structures freely; a reader should not see it, save where `anchors` say so.
 *
 * @param indent spaces before each line, two for each level: the text is a part of a larger document then
 * @param anchors what stands elsewhere in that document, and is referred to here
 * @internal
 */
export function stringifyYaml(value: unknown, indent = '', anchors: Anchors = NONE): string {
  if (value === undefined) return Yaml.stringify(value);
  return inOnePiece(`${indent}${text(value, indent, anchors)}\n`);
}

/**
 * The text of one entry of a mapping, as `stringifyYaml({ [key]: value }, …)` gives it.
 *
 * @internal
 */
export function stringifyEntry(key: string, value: unknown, indent = '', anchors: Anchors = NONE): string {
  const entry = entryText(key, value, indent, anchors);
  return entry === undefined ? stringifyYaml({ [key]: value }, indent, anchors) : inOnePiece(`${indent}${entry}\n`);
}

/** A text that was put together of thousands of pieces holds on to them until somebody looks into it. */
function inOnePiece(whole: string): string {
  whole.charCodeAt(0);
  return whole;
}

const NONE: Anchors = new Map();

/** The text of any value; lines after the first begin with `indent`. */
function text(value: unknown, indent: string, anchors: Anchors): string {
  switch (typeof value) {
    case 'string': return stringText(value, indent);
    // Fractions, exponents and -0 are seldom met, and versions of `yaml` differ in how they write them.
    case 'number': return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : byCdk8s(value, indent);
    case 'boolean': return value ? 'true' : 'false';
    default:
      if (value === null || value === undefined) return 'null';
      if (anchors.has(value)) return `*${anchors.get(value)}`;
      return isConstant(value) ? constantText(value, indent) : structureText(value, indent, anchors);
  }
}

/** What never changes and stands in many documents is written once for each depth. */
function constantText(value: object, indent: string): string {
  let texts = constantTexts.get(value);
  if (texts === undefined) constantTexts.set(value, texts = []);
  return texts[indent.length] ??= inOnePiece(structureText(value, indent, NONE));
}

function structureText(value: object, indent: string, anchors: Anchors): string {
  if (Array.isArray(value)) return sequenceText(value, indent, anchors);
  return isPlainObject(value) ? mappingText(value, indent, anchors) : byCdk8s(value, indent);
}

function sequenceText(items: unknown[], indent: string, anchors: Anchors): string {
  if (items.length === 0) return '[]';
  const inner = indent + STEP;
  let out = '';
  for (let i = 0; i < items.length; i++) {
    out += `${i === 0 ? '' : `\n${indent}`}- ${text(items[i], inner, anchors)}`;
  }
  return out;
}

function mappingText(mapping: Record<string, unknown>, indent: string, anchors: Anchors): string {
  let out = '';
  let first = true;
  for (const key of Object.keys(mapping)) {
    const entry = entryText(key, mapping[key], indent, anchors);
    if (entry === undefined) return byCdk8s(mapping, indent);
    out += first ? entry : `\n${indent}${entry}`;
    first = false;
  }
  return first ? '{}' : out;
}

/** Undefined where cdk8s has to write the mapping. */
function entryText(key: string, value: unknown, indent: string, anchors: Anchors): string | undefined {
  const name = lineText(key);
  if (name === undefined || name.length > LONGEST_KEY || !isJson(value)) return undefined;
  const inner = indent + STEP;
  return `${name}:${startsOnNextLine(value, anchors) ? `\n${inner}` : ' '}${text(value, inner, anchors)}`;
}

function stringText(value: string, indent: string): string {
  return lineText(value) ?? blockText(value, indent) ?? byCdk8s(value, indent);
}

/** The text of a string of one line, or undefined if it depends on where it stands. */
function lineText(value: string): string | undefined {
  const known = cache.get(value);
  if (known !== undefined) return known;
  if (value.includes('\n') || MARKER.test(value)) return undefined;

  const result = newLineText(value);
  if (value.length <= LONGEST_CACHED) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(value, result);
  }
  return result;
}

function newLineText(value: string): string {
  if (SIMPLE_LINE.test(value)) {
    if (QUOTED.test(value) || OTHER_TYPE.test(value)) {
      return value.includes('"') && !value.includes("'") ? `'${value}'` : JSON.stringify(value);
    }
    if (PLAIN.test(value)) return value;
  }
  return byCdk8s(value, STEP);
}

/** A literal block, for text whose ends hold no white space that the block's header would have to describe. */
function blockText(value: string, indent: string): string | undefined {
  if (indent === '' || !value.includes('\n') || !BLOCK.test(value) || !VISIBLE.test(value)) return undefined;
  const clipped = value.endsWith('\n');
  const lines = clipped ? value.slice(0, -1) : value;
  // An empty line stays empty: only the last line feed of a run is followed by the indentation.
  return `|${clipped ? '' : '-'}\n${indent}${lines.replace(/\n+/g, `$&${indent}`)}`;
}

/**
 * What cdk8s writes for this value at this depth: it is put into as many sequences, and the dashes are cut off
 * the text. (A sequence and a mapping hand the same indentation to what they hold.)
 */
function byCdk8s(value: unknown, indent: string): string {
  const depth = indent.length / STEP.length;
  let nested = unshared(value);
  for (let i = 0; i < depth; i++) nested = [nested];
  return Yaml.stringify(nested).slice(indent.length, -1);
}

/** A copy in which no object is met twice: `yaml` would write anchors and aliases. */
function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item)]));
}

function startsOnNextLine(value: unknown, anchors: Anchors): boolean {
  if (typeof value !== 'object' || value === null || anchors.has(value)) return false;
  if (Array.isArray(value)) return value.length > 0;
  for (const _ in value) return true;
  return false;
}

/** Whether a value itself (not what it holds) is JSON, or `undefined`, which is written as null. */
function isJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string': case 'number': case 'boolean': case 'undefined': return true;
    case 'object': return value === null || Array.isArray(value) || isPlainObject(value);
    default: return false;
  }
}

/** Also true for objects of another realm (a `vm` context, as in jest), whose `Object.prototype` is another one. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null)
    && typeof (value as { toJSON?: unknown }).toJSON !== 'function';
}
