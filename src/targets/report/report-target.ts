import { Answers, type AllAnswers } from '../../model/answer';
import { Target, type OutputFile, type SynthContext } from '../target';
import { gatherFacts } from './facts';
import { reportJson } from './json';
import { reportMarkdown } from './markdown';

/**
 * The report: what each of the other targets keeps of every guarantee, as `report/report.md` and `report/report.json`.
 *
 * @internal
 */
export class ReportTarget extends Target {
  constructor() {
    super('report');
  }

  answerWorkload(): AllAnswers {
    return NOTHING_RUNS;
  }

  answerNetwork(): AllAnswers {
    return NOTHING_RUNS;
  }

  answerLoadBalancer(): AllAnswers {
    return NOTHING_RUNS;
  }

  files(context: SynthContext): OutputFile[] {
    const facts = gatherFacts({ ...context, rendered: context.rendered.filter(({ target }) => target !== this) });
    return [
      { path: 'report/report.md', text: reportMarkdown(facts) },
      { path: 'report/report.json', text: reportJson(facts) },
    ];
  }
}

const NOTHING_RUNS = Answers.allDropped('a report runs nothing');
