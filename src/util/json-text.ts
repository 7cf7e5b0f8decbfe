import { isConstant } from './constants';

/** The text of constants. */
const texts = new WeakMap<object, string>();

/**
 * The text of an object of JSON, as `JSON.stringify` gives it. Constants among its fields, which are in many documents, become
 * text once.
 *
 * @internal
 */
export function jsonText(value: Record<string, unknown>): string {
  const fields = Object.keys(value).filter((key) => value[key] !== undefined).map((key) => `${JSON.stringify(key)}:${fieldText(value[key])}`);
  return `{${fields.join(',')}}`;
}

function fieldText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !isConstant(value)) return JSON.stringify(value);
  let text = texts.get(value);
  if (text === undefined) texts.set(value, text = JSON.stringify(value));
  return text;
}
