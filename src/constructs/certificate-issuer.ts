import { Construct } from 'constructs';
import { Declarations, type ChartDeclarations } from './declarations';
import type { IssuerModel } from '../model/certificate';
import { IssuerSlot } from '../targets/slots';

/**
 * Issues certificates for the hosts of load balancers. Use `LetsEncrypt`, `AcmeIssuer`, `LocalCertificates` or
 * `CertificateFiles`.
 */
export abstract class CertificateIssuer extends Construct {
  /** @internal */
  public readonly _chart: ChartDeclarations;
  /** @internal */
  public readonly _model: IssuerModel;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param model what a subclass settles
   * @internal
   */
  protected constructor(scope: Construct, id: string, model: any) {
    super(Declarations.roomIn(scope, id, new.target.name), id);
    const chart = Declarations.chartOf(this, this.constructor.name);
    chart.claimName(this.constructor.name, this, id, 63, 'issuer');
    this._chart = chart;
    this._model = Object.freeze({ path: this.node.path, chart: chart.name, name: id, ...model });
    const { certificate, privateKey, dns01 } = this._model;
    for (const secret of [certificate, privateKey, ...Object.values(dns01?.credentials ?? {})]) {
      if (secret !== undefined) chart.checkSecret(this.node.path, `'${id}'`, secret);
    }
    chart.issuers.push(this);
    chart.bind((target) => target.bindIssuer(new IssuerSlot(this, chart.chart, id, this._model, {
      produce: () => chart.loadBalancers.map((balancer) => chart.app.view(target).loadBalancer(balancer))
        .filter((balancer) => balancer.hosts.some(({ issuer }) => issuer?.name === id)),
    })));
  }
}
