/**
 * The five fields of a cron expression, expanded.
 */
export interface CronSchedule {
  /** Minutes, 0 to 59. */
  readonly minutes: number[];
  /** Hours, 0 to 23. */
  readonly hours: number[];
  /** Days of the month, 1 to 31. */
  readonly daysOfMonth: number[];
  /** Months, 1 to 12. */
  readonly months: number[];
  /** Days of the week, 0 (Sunday) to 6. */
  readonly daysOfWeek: number[];
  /** Whether days of the month are restricted. */
  readonly dayOfMonthRestricted: boolean;
  /** Whether days of the week are restricted. */
  readonly dayOfWeekRestricted: boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: string[];
}

const MINUTE: Field = { name: 'minute', min: 0, max: 59 };
const HOUR: Field = { name: 'hour', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: 'day of the month', min: 1, max: 31 };
const MONTH: Field = {
  name: 'month', min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
/** 7 is Sunday too, so that `5-7` can be written. */
const DAY_OF_WEEK: Field = { name: 'day of the week', min: 0, max: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a cron expression as Kubernetes does: five fields of `*`, `?`, numbers, names, ranges, lists and steps
 * (`5/15` is `5-59/15`), or `@hourly` and its like. Where both days are restricted, one that fits is enough; a star with a
 * step is a restriction. Beyond Kubernetes, 7 is Sunday: give Kubernetes the text of `formatCron`.
 *
 * @internal
 */
export function parseCron(text: string): CronSchedule {
  try {
    return parse(text.trim());
  } catch (error) {
    throw new Error(`'${text}' is no schedule: ${(error as Error).message}`);
  }
}

/**
 * A schedule as five numeric fields that every cron reads in the same way.
 *
 * @internal
 */
export function formatCron(schedule: CronSchedule): string {
  const { minutes, hours, daysOfMonth, months, daysOfWeek, dayOfMonthRestricted, dayOfWeekRestricted } = schedule;
  return [
    formatField(minutes, MINUTE, false),
    formatField(hours, HOUR, false),
    formatField(daysOfMonth, DAY_OF_MONTH, dayOfMonthRestricted),
    formatField(months, MONTH, false),
    formatField(daysOfWeek, { ...DAY_OF_WEEK, max: 6 }, dayOfWeekRestricted),
  ].join(' ');
}

function parse(text: string): CronSchedule {
  if (text === '') throw new Error('it is empty');
  if (/^(CRON_)?TZ=/.test(text)) throw new Error('the time zone goes into timeZone');
  const macro = text.toLowerCase();
  if (text.startsWith('@') && !Object.hasOwn(MACROS, macro)) {
    throw new Error(`${text} is none of ${Object.keys(MACROS).join(', ')}`);
  }
  const fields = (text.startsWith('@') ? MACROS[macro] : text).split(/\s+/);
  if (fields.length !== 5) {
    throw new Error(`it has ${fields.length} field${fields.length === 1 ? '' : 's'}, not 5: minute, hour, day of the month, month, day of the week`);
  }
  const daysOfMonth = expand(fields[2], DAY_OF_MONTH);
  const months = expand(fields[3], MONTH);
  const schedule: CronSchedule = {
    minutes: expand(fields[0], MINUTE),
    hours: expand(fields[1], HOUR),
    daysOfMonth,
    months,
    daysOfWeek: sorted(expand(fields[4], DAY_OF_WEEK).map((day) => day % 7)),
    dayOfMonthRestricted: isRestricted(fields[2]),
    dayOfWeekRestricted: isRestricted(fields[4]),
  };
  if (!schedule.dayOfWeekRestricted && !months.some((month) => daysOfMonth[0] <= LONGEST_MONTH[month - 1])) {
    throw new Error(`none of its months has a day ${daysOfMonth[0]}`);
  }
  return Object.freeze(schedule);
}

/** Whether a field of days counts for "both are restricted"; as in Kubernetes, a star with a step does (in Vixie's cron it does not). */
function isRestricted(field: string): boolean {
  return !field.split(',').some((part) => /^[*?](\/0*1)?$/.test(part));
}

function expand(text: string, field: Field): number[] {
  return sorted(text.split(',').flatMap((part) => expandPart(part, text, field)));
}

function expandPart(part: string, text: string, field: Field): number[] {
  const shape = /^(?:([*?])|([^-/*?]+)(?:-([^-/*?]+))?)(?:\/([^-/*?]+))?$/.exec(part);
  if (shape === null) throw new Error(`${field.name} '${text}' is no number, range, list or step`);
  const [, any, low, high, every] = shape;
  const step = every === undefined ? 1 : Number(every);
  if (every !== undefined && !(/^\d+$/.test(every) && step > 0)) throw new Error(`${field.name} '${text}' has a step that is no whole number above 0`);
  const last = field === DAY_OF_WEEK ? 6 : field.max;
  if (any !== undefined) return numbers(field.min, last, step);
  const first = valueOf(low, field);
  // A single number with a step runs to the end of the field.
  if (high === undefined) return numbers(first, every === undefined ? first : Math.max(first, last), step);
  let end = valueOf(high, field);
  if (field === DAY_OF_WEEK && end === 0 && first > 0) end = 7;
  if (first > end) throw new Error(`${field.name} '${part}' ends before it begins`);
  return numbers(first, end, step);
}

function valueOf(word: string, field: Field): number {
  const named = field.names?.indexOf(word.toLowerCase()) ?? -1;
  if (named >= 0) return named + field.min;
  if (!/^\d+$/.test(word)) throw new Error(`${field.name} '${word}' is no number${field.names === undefined ? '' : ` and none of ${field.names.join(', ')}`}`);
  const value = Number(word);
  if (value < field.min || value > field.max) throw new Error(`${field.name} ${value} is not within ${field.min}-${field.max}`);
  return value;
}

function numbers(first: number, last: number, step = 1): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function sorted(values: number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function formatField(values: number[], field: Field, restricted: boolean): string {
  if (values.length <= field.max - field.min) return values.join(',');
  return restricted ? `${field.min}-${field.max}` : '*';
}
