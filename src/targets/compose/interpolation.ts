import { composeEscape } from './probe-script';

/*
 * Compose and `docker stack deploy` replace `$NAME` and `${NAME}` in every value of a file. What a user wrote must
 * come through as it is, so each `$` of it is doubled; what we want replaced is marked as such.
 */

/**
 * Text of ours whose variables are to be replaced.
 *
 * @internal
 */
export class Interpolation {
  public constructor(public readonly text: string) {}
}

/**
 * A value as it stands in the file: `$` doubled but for interpolations, undefined left out.
 *
 * @internal
 */
export function asWritten(value: any): any {
  if (value instanceof Interpolation) return value.text;
  if (typeof value === 'string') return composeEscape(value);
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, asWritten(item)]));
}
