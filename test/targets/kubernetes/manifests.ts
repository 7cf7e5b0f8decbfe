import { App as Cdk8sApp, Chart, type ChartProps } from 'cdk8s';
import { App, GatewayApiChannel, KubernetesTarget, type KubernetesTargetProps } from '../../../src';
import { validateManifests } from '../../support/kubernetes-schemas';
import { expectNoProblems, type Problem } from '../../support/problem';
import { readYaml } from '../../support/yaml-documents';

/**
 * What a target writes for a definition. Every manifest is held against the strict schemas, so that no test needs to say
 * so.
 */
export class Manifests {
  public readonly files: { path: string; text: string }[];
  public readonly objects: any[];

  public constructor(
    define: (chart: Chart, app: Cdk8sApp) => void, props: KubernetesTargetProps = {}, chartProps: ChartProps = {}, external: string[] = [],
  ) {
    const app = new App({ report: false, targets: [new KubernetesTarget(props)] });
    define(new Chart(app, 'shop', chartProps), app);
    this.files = app.render();
    this.objects = this.files.flatMap(({ text }) => readYaml(text).documents.map(({ value }) => value));
    const everything = this.files.map(({ text }) => text).join('---\n');
    // What was experimental for longest became stable in 1.7.
    const experimental = props.gatewayApiChannel === GatewayApiChannel.EXPERIMENTAL || props.gatewayApiVersion === '1.7';
    expectNoProblems(validateManifests(everything, props.version ?? '1.33', { external, experimental }).filter((problem) => !isUnknown(problem)));
  }

  /** An object; without a name the only one of its kind. */
  public get(kind: string, name?: string): any {
    const found = this.objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
    if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind} called ${name ?? 'anything'}: there are ${this.names().join(', ')}`);
    return found[0];
  }

  /** The pod of the only Deployment, StatefulSet or CronJob, or of the one with this name. */
  public pod(name?: string): any {
    const [owner] = this.objects.filter(({ kind, metadata }) => ['Deployment', 'StatefulSet', 'CronJob'].includes(kind)
      && (name === undefined || metadata.name === name));
    return owner.kind === 'CronJob' ? owner.spec.jobTemplate.spec.template.spec : owner.spec.template.spec;
  }

  /** Kinds and names, in the order of the file. */
  public names(): string[] {
    return this.objects.map(({ kind, metadata: { name } }) => `${kind}/${name}`);
  }
}

/** There is no schema of Cilium's; and no label of a StatefulSet's single pod in a file, since its controller gives it. */
function isUnknown({ rule, object }: Problem): boolean {
  return object.startsWith('CiliumNetworkPolicy') || (rule === 'service-target' && /^Service\/.+-\d$/.test(object));
}

/** What validation says; a definition that is right says nothing. */
export function findings(define: (chart: Chart, app: Cdk8sApp) => void, props: KubernetesTargetProps = {}, chartProps: ChartProps = {}): string[] {
  const target = new KubernetesTarget(props);
  const app = new App({ report: false, targets: [target] });
  define(new Chart(app, 'shop', chartProps), app);
  return app.findings().map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`);
}
