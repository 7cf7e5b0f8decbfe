import { formatCron, parseCron } from '../../src/model/cron';

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('five fields are expanded', () => {
  expect(parseCron('*/15 1,3-5 * * *')).toEqual({
    minutes: [0, 15, 30, 45],
    hours: [1, 3, 4, 5],
    daysOfMonth: upTo(1, 31),
    months: upTo(1, 12),
    daysOfWeek: upTo(0, 6),
    dayOfMonthRestricted: false,
    dayOfWeekRestricted: false,
  });
  expect(Object.isFrozen(parseCron('* * * * *'))).toBe(true);
});

test.each([
  ['names, in any case', '0 0 * JAN,jul-Sep Mon-fri', '0 0 * 1,7,8,9 1,2,3,4,5'],
  ['7 is Sunday', '0 0 * * 7', '0 0 * * 0'],
  ['a range may end on Sunday', '0 0 * * 5-7', '0 0 * * 0,5,6'],
  ['also by name', '0 0 * * sat-sun', '0 0 * * 0,6'],
  ['the whole week, twice Sunday', '0 0 * * 0-7', '0 0 * * 0-6'],
  ['a step within a range', '10-40/10 * * * *', '10,20,30,40 * * * *'],
  ['a step from a number runs to the end', '5/20 * * * *', '5,25,45 * * * *'],
  ['a step of days of the week has no second Sunday', '0 0 * * */7', '0 0 * * 0'],
  ['a step larger than the field', '*/90 * * * *', '0 * * * *'],
  ['leading zeros and many blanks', ' 05\t 08   *  * * ', '5 8 * * *'],
  ['a question mark', '0 0 ? * ?', '0 0 * * *'],
  ['doubles', '5,5,1 0 * * *', '1,5 0 * * *'],
  ['29 February', '0 0 29 2 *', '0 0 29 2 *'],
  ['a day that only some of the months have', '0 0 31 1,2 *', '0 0 31 1,2 *'],
  ['no such day, but a day of the week', '0 0 31 2 1', '0 0 31 2 1'],
  ['@yearly', '@yearly', '0 0 1 1 *'],
  ['@annually', '@annually', '0 0 1 1 *'],
  ['@monthly', '@monthly', '0 0 1 * *'],
  ['@weekly', '@weekly', '0 0 * * 0'],
  ['@daily', '@Daily', '0 0 * * *'],
  ['@midnight', '@midnight', '0 0 * * *'],
  ['@hourly', '@hourly', '0 * * * *'],
])('%s', (_, text, normal) => {
  expect(formatCron(parseCron(text))).toBe(normal);
  expect(parseCron(normal)).toEqual(parseCron(text));
});

test.each([
  ['0 0 * * *', false, false],
  ['0 0 1 * *', true, false],
  ['0 0 * * 1', false, true],
  ['0 0 1 * 1', true, true],
  ['0 0 1-31 * 1', true, true],
  ['0 0 */2 * 1', true, true],
  ['0 0 */1 * 1', false, true],
  ['0 0 5,* * 1', false, true],
])('days are restricted as in Kubernetes: %s', (text, dayOfMonthRestricted, dayOfWeekRestricted) => {
  expect(parseCron(text)).toMatchObject({ dayOfMonthRestricted, dayOfWeekRestricted });
  expect(parseCron(formatCron(parseCron(text)))).toEqual(parseCron(text));
});

test.each([
  ['61 * * * *', 'minute 61 is not within 0-59'],
  ['* 24 * * *', 'hour 24 is not within 0-23'],
  ['* * 0 * *', 'day of the month 0 is not within 1-31'],
  ['* * * 13 *', 'month 13 is not within 1-12'],
  ['* * * * 8', 'day of the week 8 is not within 0-7'],
  ['0-61 * * * *', 'minute 61 is not within 0-59'],
  ['', 'it is empty'],
  ['* * * *', 'it has 4 fields, not 5: minute, hour, day of the month, month, day of the week'],
  ['0 * * * * *', 'it has 6 fields, not 5: minute, hour, day of the month, month, day of the week'],
  ['hourly', 'it has 1 field, not 5: minute, hour, day of the month, month, day of the week'],
  ['@reboot', '@reboot is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly'],
  ['@constructor', '@constructor is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly'],
  ['TZ=Europe/Berlin 0 0 * * *', 'the time zone goes into timeZone'],
  ['a * * * *', "minute 'a' is no number"],
  ['* * * foo *', "month 'foo' is no number and none of jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec"],
  ['* * * * monday', "day of the week 'monday' is no number and none of sun, mon, tue, wed, thu, fri, sat"],
  ['1.5 * * * *', "minute '1.5' is no number"],
  ['1,,2 * * * *', "minute '1,,2' is no number, range, list or step"],
  ['1- * * * *', "minute '1-' is no number, range, list or step"],
  ['-1 * * * *', "minute '-1' is no number, range, list or step"],
  ['1-2-3 * * * *', "minute '1-2-3' is no number, range, list or step"],
  ['*/2/3 * * * *', "minute '*/2/3' is no number, range, list or step"],
  ['*-5 * * * *', "minute '*-5' is no number, range, list or step"],
  ['*/0 * * * *', "minute '*/0' has a step that is no whole number above 0"],
  ['*/x * * * *', "minute '*/x' has a step that is no whole number above 0"],
  ['30-10 * * * *', "minute '30-10' ends before it begins"],
  ['* * * * fri-mon', "day of the week 'fri-mon' ends before it begins"],
  ['0 0 31 2,4,6 *', 'none of its months has a day 31'],
  ['0 0 30-31 2 *', 'none of its months has a day 30'],
])('%p is refused', (text, reason) => {
  expect(() => parseCron(text)).toThrow(new Error(`'${text}' is no schedule: ${reason}`));
});
