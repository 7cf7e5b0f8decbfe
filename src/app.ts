import { dirname, join } from 'node:path';
import { App as Cdk8sApp, type AppProps as Cdk8sAppProps, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Declarations } from './constructs/declarations';
import { missingFromPlus } from './constructs/plus';
import { Severity, type Finding } from './model/finding';
import { claimFolder } from './synthesized';
import { ComposeTarget } from './targets/compose/compose-target';
import { KubernetesTarget } from './targets/kubernetes/kubernetes-target';
import { ReportTarget } from './targets/report/report-target';
import { acceptanceFindings, strictFindings } from './targets/report/strict';
import { SwarmTarget } from './targets/swarm/swarm-target';
import type { OutputFile, RenderedTarget, Target } from './targets/target';
import { helmIgnore, isHelmChart } from './util/helm-chart';
import { MANIFEST_HEAD } from './util/manifest-head';
import { removeStale, removeStaleFiles, writeFiles } from './util/write-files';
import * as messages from './validation/messages';
import { checkList, checkSpelling } from './validation/props';
import { checkApp, cutLinks } from './validation/rules';

/**
 * Options of an app.
 */
export interface AppProps extends Cdk8sAppProps {
  /**
   * What is written.
   *
   * @default - Kubernetes manifests, Compose projects and Swarm stacks
   */
  readonly targets?: Target[];
  /**
   * Whether the report is written (`report/report.md`, `report/report.json`).
   *
   * @default true
   */
  readonly report?: boolean;
}

/**
 * The root of an application. It is cdk8s' own `App` that writes several targets, each from the same definition.
 *
 * Everything is checked and rendered in memory before anything is written, so that bad input leaves the output of the
 * last good run whole. That is true of `node --import tsx main.ts` and `npx tsx main.ts`: `npx cdk8s synth` empties its
 * output folder before it starts the program.
 */
export class App extends Cdk8sApp {
  /**
   * The app that a construct belongs to.
   *
   * @param construct any construct of the app
   */
  public static of(construct: IConstruct): Cdk8sApp {
    return Cdk8sApp.of(construct);
  }

  private readonly targets: Target[];
  private readonly declarations: Declarations;

  /**
   * @param props targets, and the options of cdk8s' `App`
   */
  public constructor(props: AppProps = {}) {
    checkAppProps(props);
    super(props);
    const rendering = props.targets ?? [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()];
    this.targets = props.report === false ? rendering : [...rendering, new ReportTarget()];
    this.declarations = Declarations.register(this, this.targets);
  }

  /**
   * Checks the application, renders every target and writes the files below `outdir`.
   *
   * Throws with every error that was found, one a line, and writes nothing then. How many warnings there are is said on
   * standard error; the report has each.
   */
  public synth(): void {
    const { outputs, warnings } = this.renderTargets();
    const isChart = isHelmChart(this.outdir);
    // Nothing but manifests may stand among the templates of a chart.
    const beside = isChart ? dirname(this.outdir) : this.outdir;
    const others = outputs.filter(({ target }) => !(target instanceof KubernetesTarget));
    const files = others.flatMap((output) => output.files);
    const manifests = outputs.filter((output) => !others.includes(output)).flatMap((output) => output.files);
    claimFolder(this, [...this.declarations.charts.keys()].map(({ node }) => node.id), () => this.declarations.generation);
    const made = new Set([
      ...writeFiles(this.outdir, manifests),
      ...writeFiles(beside, isChart ? [...files, ...helmIgnore(beside, files)] : files),
    ]);
    const written = new Set(files.map(({ path }) => join(beside, path)));
    for (const { name } of [...others.map(({ target }) => target), ...OWN_FOLDERS]) removeStale(join(beside, name), written, made);
    // Of a chart that has another name now: `kubectl apply -f` would apply both.
    removeStaleFiles(this.outdir, new Set(manifests.map(({ path }) => join(this.outdir, path))), this.outputFileExtension, MANIFEST_HEAD);
    const report = this.targets.find((target) => target instanceof ReportTarget);
    if (warnings.length > 0 && report !== undefined) process.stderr.write(messages.warningsFound(warnings.length, join(beside, 'report', 'report.md')));
  }

  /**
   * The files that `synth` would write, and nothing written: for tests and tools.
   *
   * Throws with every error that was found, one a line.
   */
  public render(): OutputFile[] {
    return this.renderTargets().outputs.flatMap(({ files }) => files);
  }

  private renderTargets(): { outputs: { target: Target; files: OutputFile[] }[]; warnings: Finding[] } {
    const findings = this.findings();
    const errors = findings.filter(({ severity }) => severity === Severity.ERROR);
    if (errors.length > 0) throw new Error(errorText(errors));
    const warnings = findings.filter(({ severity }) => severity !== Severity.ERROR);
    const rendered = this.rendered();
    const outputs = rendered.map(({ target, app }) => ({ target, files: target.files({ app, root: this, rendered, findings: warnings }) }));
    return { outputs, warnings };
  }

  /**
   * Everything that validation finds, errors and warnings.
   */
  public findings(): Finding[] {
    const rendered = this.rendered();
    return distinct([
      ...constructErrors(this),
      // Targets that see the same application share its model.
      ...[...new Set(rendered.map(({ app }) => app))].flatMap(checkApp),
      ...unknownCharts(rendered, [...this.declarations.charts.keys()]),
      ...rendered.flatMap(({ target, app }) => [...target.validate(app), ...strictFindings(target, app), ...acceptanceFindings(target, app)]),
      ...rendered.filter(({ target }) => target.name !== 'report').flatMap(({ target, app }) => cutLinks(app, target.name)),
      ...this.targets.filter(({ name }) => name !== 'report').flatMap(({ name }) => missingFromPlus(this.declarations, name)),
    ]);
  }

  private rendered(): RenderedTarget[] {
    return this.targets.map((target) => ({ target, app: this.declarations.view(target).appModel() }));
  }
}

/** Fails for what would write nothing, or something else than was meant. */
function checkAppProps(props: AppProps): void {
  checkSpelling('new App()', 'App', props, ['targets', 'report', 'outdir', 'outputFileExtension', 'yamlOutputType', 'recordConstructMetadata', 'resolvers']);
  const { targets } = props;
  if (targets === undefined) return;
  checkList('new App()', 'App', 'targets', targets, '[new ComposeTarget()]');
  if (targets.length === 0) throw new Error(messages.noTargets());
  for (const target of targets) if (typeof target?.files !== 'function') throw new Error(messages.noTarget(target));
}

/** Folders that are ours alone: what a target left there that is no longer among the app's goes too. */
const OWN_FOLDERS = [{ name: 'compose' }, { name: 'swarm' }, { name: 'report' }];

/** Targets that name a chart which is not there. */
function unknownCharts(rendered: RenderedTarget[], charts: Chart[]): Finding[] {
  const known = charts.map((chart) => chart.node.id).sort();
  return rendered.flatMap(({ target }) => (target.charts ?? []).filter((id) => !known.includes(id))
    .map((id) => ({ rule: 'unknown-chart', severity: Severity.ERROR, path: '', message: messages.unknownChart(target.name, id, known) })));
}

/** What constructs, ours and others', say of themselves. */
function constructErrors(root: IConstruct): Finding[] {
  const findings: Finding[] = [];
  const visit = ({ node }: IConstruct) => {
    for (const message of node.validate()) {
      findings.push({ rule: 'construct', severity: Severity.ERROR, path: node.path, message: `${message} [${node.path}]` });
    }
    node.children.forEach(visit);
  };
  visit(root);
  return findings;
}

function errorText(errors: Finding[]): string {
  return errors.length === 1 ? errors[0].message : `${errors.length} errors, nothing was written:\n${errors.map(({ message }) => `  ${message}`).join('\n')}`;
}

/** The same finding of several targets counts once. */
function distinct(findings: Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.rule} ${finding.path} ${finding.message}`, finding])).values()];
}

/*
 * Under a plain cdk8s App, Kubernetes is all there can be: its synth knows no other files. Errors reach the user as
 * validations of the tree.
 */
Declarations.setFallback((root) => {
  const target = new KubernetesTarget();
  let generation = -1;
  let errors: string[] = [];
  root.node.addValidation({
    validate: () => {
      const declarations = Declarations.of(root);
      if (declarations.generation !== generation) {
        generation = declarations.generation;
        const app = declarations.view(target).appModel();
        errors = [...checkApp(app), ...target.validate(app)].filter(({ severity }) => severity === Severity.ERROR).map(({ message }) => message);
      }
      return errors;
    },
  });
  process.emitWarning('this is cdk8s\' own App, so Kubernetes manifests are all that is written;'
    + ' for Compose, Swarm and the report: import { App } from \'cdk8s-ha\'', { type: 'cdk8s-ha' });
  return [target];
});
