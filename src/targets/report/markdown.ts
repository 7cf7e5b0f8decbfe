import { NOT_KEPT, type Answered } from './answers';
import type { Facts } from './facts';
import { groups, type AnswerGroup } from './json';
import { Guarantee, Level } from '../../model/guarantee';

/**
 * The report for people. Its first screen: how many guarantees are kept, who has no way out, what happens to data, and
 * the first of what is not kept. All of it comes last.
 *
 * @internal
 */
export function reportMarkdown(facts: Facts): string {
  return [
    ...summary(facts),
    ...withoutEgress(facts),
    ...databases(facts),
    ...notKept(facts),
    ...findings(facts),
    ...remarks(facts),
    ...conditions(facts),
    ...accepted(facts),
    ...patched(facts),
    ...everything(facts),
  ].join('\n').concat('\n');
}

function summary({ targets, constructs }: Facts): string[] {
  const answers = constructs.flatMap((construct) => construct.answers);
  const count = (target: string, level: Level) => answers.filter((one) => one.target.name === target && one.answer.level === level).length;
  return [
    '# What each target keeps of the promise',
    '',
    'native: by the target itself · emulated: by generated parts · degraded: weaker than declared · dropped: not there',
    '',
    ...table(['target', 'native', 'emulated', 'degraded', 'dropped'], targets.map((target) => [
      target, ...[Level.NATIVE, Level.EMULATED, Level.DEGRADED, Level.DROPPED].map((level) => String(count(target, level))),
    ])),
    '',
  ];
}

/** One line for one reason, however many constructs and guarantees it is given for. */
function notKept({ targets, constructs }: Facts): string[] {
  const open = constructs.flatMap((construct) => construct.answers.filter(({ answer, accepted: why }) => !answer.kept && why === undefined)
    .map((one) => ({ construct, ...one })));
  if (open.length === 0) return ['## Not kept', '', 'Nothing: every guarantee is kept as declared, or agreed to be weaker.', ''];
  return ['## Not kept', '', ...targets.flatMap((target) => {
    const lines = NOT_KEPT.flatMap((level) => [...grouped(
      open.filter((one) => one.target.name === target && one.answer.level === level), ({ answer }) => answer.reason,
    )].map(([reason, ones]) => {
      const names = unique(ones.map(({ construct }) => construct.name));
      const guarantees = unique(ones.map(({ guarantee }) => words(guarantee)));
      return `- **${level}** ${guarantees.join(', ')} of ${listed(names)}: ${reason}`;
    }));
    return [`### ${target}`, '', ...lines.length > 0 ? lines : ['Nothing.'], ''];
  })];
}

function withoutEgress({ withoutEgress: paths }: Facts): string[] {
  return ['## Without a way out', '', paths.length > 0
    ? `${listed(paths.map(lastName))}: reach declared workloads and DNS, nothing else. Give \`egress\` to those that need more.`
    : 'Nobody: every workload was given a way out.', ''];
}

function databases({ databases: all }: Facts): string[] {
  if (all.length === 0) return [];
  return ['## What keeps data', '', ...table(['workload', 'target', 'on an update', 'when its host is lost', 'backup'],
    all.map(({ name, target, onUpdate, onNodeLoss, backup }) => [name, target, onUpdate, onNodeLoss, backup])), ''];
}

function findings({ findings: all }: Facts): string[] {
  if (all.length === 0) return [];
  return ['## Warnings', '', ...all.map(({ rule, message, path }) => `- \`${path}\` ${message} (${rule})`), ''];
}

function remarks({ remarks: all }: Facts): string[] {
  return all.length === 0 ? [] : ['## To know besides', '', ...all.map(({ target, text }) => `- ${target}: ${text}`), ''];
}

function conditions({ constructs }: Facts): string[] {
  const answers = constructs.flatMap((construct) => construct.answers).filter(({ answer }) => answer.condition !== undefined);
  if (answers.length === 0) return [];
  return ['## Kept on a condition', '', ...[...grouped(answers, ({ target, answer }) => `${target.name}: ${answer.condition}`)]
    .map(([condition, ones]) => `- ${condition} — ${unique(ones.map(({ guarantee }) => words(guarantee))).join(', ')}`), ''];
}

function accepted({ constructs }: Facts): string[] {
  const lines = constructs.flatMap(({ path, answers }) => answers.filter((one) => one.accepted !== undefined)
    .map(({ target, guarantee, answer, accepted: why }) => `- \`${path}\` on ${target.name}: ${words(guarantee)} is ${answer.level} (${answer.reason}); agreed: ${why}`));
  return lines.length === 0 ? [] : ['## Agreed to be weaker', '', ...lines, ''];
}

function patched({ patched: paths }: Facts): string[] {
  return paths.length === 0 ? [] : ['## Changed by hand', '', ...paths.map((path) => `- \`${path}\` patched: not covered`), ''];
}

function everything({ targets, constructs }: Facts): string[] {
  return ['## Everything, construct by construct', '', ...groups(constructs).flatMap((group) => [
    `### ${group.constructs[0].kind} ${listed(group.constructs.map(({ path }) => `\`${path}\``))}`, '', ...answerTable(targets, group), '',
  ])];
}

function answerTable(targets: string[], { answers }: AnswerGroup): string[] {
  const shown = targets.filter((target) => answers.some((one) => one.target.name === target));
  const byGuarantee = grouped(answers, ({ guarantee }) => guarantee);
  return table(['guarantee', ...shown], Object.values(Guarantee).filter((guarantee) => byGuarantee.has(guarantee)).map((guarantee) => [
    words(guarantee),
    ...shown.map((target) => cell(byGuarantee.get(guarantee)!.find((one) => one.target.name === target))),
  ]));
}

function cell(answered: Answered | undefined): string {
  if (answered === undefined) return '';
  const { answer: { level, reason, condition } } = answered;
  const said = level === Level.NOT_NEEDED ? `– ${reason}` : `**${level}** ${reason}`;
  return condition === undefined ? said : `${said}; if ${condition}`;
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.map((text) => text.replace(/\|/g, '\\|').replace(/\n/g, ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

/** Names of many; beyond a dozen a number tells more. */
function listed(names: string[]): string {
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;
}

function grouped<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groupsByKey = new Map<string, T[]>();
  for (const item of items) {
    const group = groupsByKey.get(key(item));
    if (group === undefined) groupsByKey.set(key(item), [item]);
    else group.push(item);
  }
  return groupsByKey;
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}

function words(guarantee: Guarantee): string {
  return guarantee.replace(/-/g, ' ').replace('hsts', 'HSTS');
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

