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
