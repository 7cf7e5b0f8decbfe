/** One thing that is wrong with a file, in words a failed test can print. */
export interface Problem {
  /** The rule that was broken, in kebab case. */
  readonly rule: string;

  /** The object it is about: `Deployment/web`, `services/web`. */
  readonly object: string;

  /** Where in the object, as a JSON pointer; empty for the object itself. */
  readonly path: string;

  readonly message: string;
}

/** One line for each problem. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map((p) => `${p.object}${p.path ? ` ${p.path}` : ''}: ${p.message} [${p.rule}]`).join('\n');
}

/** Fails with all problems in the message, not only with their number. */
export function expectNoProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Error(`${problems.length} problem(s)\n${formatProblems(problems)}`);
}
