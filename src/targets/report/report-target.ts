import { Answers, type AllAnswers } from '../../model/answer';
import { Target, type OutputFile, type SynthContext } from '../target';

/** The report. */
export class ReportTarget extends Target {
  public constructor() {
    super('report');
  }

  /** @inheritdoc */
  public answerWorkload(): AllAnswers {
    return Answers.allDropped('the report runs nothing');
  }

  /** @inheritdoc */
  public answerNetwork(): AllAnswers {
    return Answers.allDropped('the report runs nothing');
  }

  /** @inheritdoc */
  public answerLoadBalancer(): AllAnswers {
    return Answers.allDropped('the report runs nothing');
  }

  /** @inheritdoc */
  public files(_context: SynthContext): OutputFile[] {
    return [];
  }
}
