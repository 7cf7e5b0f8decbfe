import { composeEscape } from './probe-script';
import { isConstant, SharedParts } from '../../util/constants';
import { dictionary, isDictionary } from '../../util/dictionary';

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
 * A variable in such a text.
 *
 * @param otherwise what counts where it is not set
 * @internal
 */
export const variable = (name: string, otherwise?: string): string => `\${${otherwise === undefined ? name : `${name}:-${otherwise}`}}`;

/** The project's name, which may be chosen at deployment. */
export const PROJECT_NAME = variable('COMPOSE_PROJECT_NAME');

/**
 * A value as it stands in the file: `$` doubled but for interpolations, undefined left out.
 *
 * @internal
 */
export function asWritten(value: any): any {
  if (typeof value === 'string') return value.includes('$') ? composeEscape(value) : value;
  if (typeof value !== 'object' || value === null || isConstant(value)) return value;
  if (value instanceof Interpolation) return value.text;
  if (Array.isArray(value)) return value.map(asWritten);
  const written: any = isDictionary(value) ? dictionary() : {};
  for (const key in value) {
    if (value[key] !== undefined) written[key] = asWritten(value[key]);
  }
  return written;
}

/**
 * A part that many services have in common, as it stands in the file; made once for each key.
 *
 * @internal
 */
export function shared<T>(key: string, make: () => T): T {
  return PARTS.get(key, make);
}

const PARTS = new SharedParts(asWritten);
