import { Construct } from 'constructs';
import { Declarations } from './declarations';
import { checkExternalSecret } from './made-options';
import type { ExternalSecretSource, SecretModel } from '../model/secret';
import { SecretSlot } from '../targets/slots';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';

/**
 * Options of a secret.
 */
export interface SecretProps {
  /**
   * Kubernetes: name of the Secret object. Docker ignores it.
   *
   * @default - the construct's id, with `-VERSION` where there is one
   */
  readonly secretName?: string;
  /**
   * Kubernetes: key in the Secret object. Docker ignores it.
   *
   * @default 'value'
   */
  readonly key?: string;
  /**
   * Which value of it. A new version is a new value beside the old one: copies are replaced one release after the other,
   * each keeps the value that it was started with, and a rollback finds the old one.
   *
   * Compose: the file `NAME.VERSION`. Swarm: the secret `CHART_NAME_VERSION`. Kubernetes: the Secret `NAME-VERSION`,
   * unless `secretName` says another name.
   *
   * @default - one value that does not change
   */
  readonly version?: string;
  /**
   * Kubernetes: where the External Secrets operator takes it from, so that it makes the Secret object. Once an hour it takes a value
   * that was changed there: copies that start afterwards have it, those that run keep the one before. Another `version` replaces them.
   *
   * @default - the Secret object exists already: `kubectl create secret generic NAME --from-file=value=/dev/stdin`
   */
  readonly externalSecret?: ExternalSecretSource;
}

/**
 * A secret. Its value is given when the application is deployed; it stands in no file that synth writes, and neither
 * does a hash of it.
 *
 * Kubernetes: a Secret object that exists already, or that an ExternalSecret makes. Each is a file of its own, and a copy keeps the
 * value that it was started with: one that changes in place is seen by copies that start afterwards, and another `version` replaces
 * the copies.
 * Compose: the file `${CDK8S_HA_HOME}/CHART/secrets/NAME` of the host (`/var/lib/cdk8s-ha` by default).
 * Swarm: an external secret `CHART_NAME`.
 * On both `deploy.sh secrets set NAME` takes the value, or makes one up.
 */
export class Secret extends Construct {
  /**
   * Whether something is a secret.
   *
   * @param something anything
   */
  public static isSecret(something: any): boolean {
    return typeof something === 'object' && something !== null && SECRET in something;
  }

  /** @internal */
  public readonly _model: SecretModel;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: SecretProps = {}) {
    super(Declarations.roomIn(scope, id, 'Secret'), id);
    checkProps(this.node.path, id, props, PROPS);
    checkExternalSecret(this.node.path, id, props.externalSecret);
    Object.defineProperty(this, SECRET, { value: true });
    if (props.version !== undefined && !isVersion(props.version)) throw new Error(messages.badSecretVersion(this.node.path, id, props.version));
    const chart = Declarations.chartOf(this, 'Secret');
    chart.claimName('Secret', this, id);
    this._model = Object.freeze({
      path: this.node.path,
      chart: chart.name,
      name: id,
      file: `/run/secrets/${id}`,
      version: props.version,
      secretName: props.secretName ?? (props.version === undefined ? id : `${id}-${props.version}`),
      key: props.key ?? 'value',
      externalSecret: props.externalSecret,
    });
    chart.secrets.push(this._model);
    chart.bind((target) => target.bindSecret(new SecretSlot(this, chart.chart, id, this._model)));
  }

  /**
   * Where a container finds the value: `/run/secrets/NAME`, on every target.
   */
  public get path(): string {
    return this._model.file;
  }
}

const SECRET = Symbol.for('cdk8s-ha.Secret');

const PROPS: PropNames<SecretProps> = { secretName: true, key: true, version: true, externalSecret: true };

/** A part of names on every target. */
const isVersion = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/.test(text);
