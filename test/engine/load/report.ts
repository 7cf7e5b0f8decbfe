/** What the load client reports, as images/load/report.go writes it. */

/** Times are milliseconds, from when a request was due, and beyond the time that it is meant to take. */
export interface LoadOutcome {
  readonly sent: number;
  readonly failed: number;
  /** Succeeded, but late. */
  readonly slowerThan1s: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadFailure {
  readonly reason: string;
  readonly count: number;
  /** The first ones. */
  readonly examples: readonly { readonly second: number; readonly kind: string; readonly id: string; readonly message: string }[];
}

export interface LoadReport extends LoadOutcome {
  readonly failures: readonly LoadFailure[];
  /** By kind: `GET new h1`, `POST reused h2`, `slow`, `websocket`, `upload`, `grpc`. */
  readonly kinds: Readonly<Record<string, LoadOutcome>>;
  /** Answers by version of the application. */
  readonly versions: Readonly<Record<string, number>>;
  /** POSTs that were executed more than once. */
  readonly doneTwice: number;
  readonly doneTwiceExamples?: readonly string[];
  /** POSTs that were answered with a success and not executed. */
  readonly neverDone: number;
  /** Sent again by the HTTP client itself, as browsers do when a kept connection ends before an answer. */
  readonly retried: number;
  readonly plannedCloses: number;
  readonly seconds: number;
  /** How late the client itself was at worst: where this is much, the latencies are its own. */
  readonly latestStart: number;
}

/** Throws, and says all there is to know, unless each request was answered and executed once. */
export function expectLossless(report: LoadReport): void {
  const lost = [
    ...report.failures.map(({ reason, count, examples }) => {
      const times = examples.map(({ second, kind, message }) => `\n    ${second.toFixed(3)} s, ${kind}: ${message}`);
      return `${count} × ${reason}${times.join('')}`;
    }),
    ...report.doneTwice > 0 ? [`${report.doneTwice} × done twice: ${report.doneTwiceExamples!.join(', ')}`] : [],
    ...report.neverDone > 0 ? [`${report.neverDone} × answered and never done`] : [],
  ];
  if (lost.length > 0) {
    throw new Error(`not lossless: of ${report.sent} requests in ${report.seconds.toFixed(1)} s\n  ${lost.join('\n  ')}`);
  }
}

/** Markdown, a line a disruption. */
export function loadTable(reports: Readonly<Record<string, LoadReport>>): string {
  return [
    '| disruption | sent | failed | done twice | > 1 s | p50 | p99 |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...Object.entries(reports).map(([disruption, report]) => {
      const { sent, failed, doneTwice, slowerThan1s, p50, p99 } = report;
      return `| ${[disruption, sent, failed, doneTwice, slowerThan1s, inWords(p50), inWords(p99)].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}

function inWords(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}
