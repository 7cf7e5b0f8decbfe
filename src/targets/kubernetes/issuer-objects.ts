import { acmeIssuer, issuerName, localIssuer, localRoot, SELF_SIGNED, solverPolicy } from './certificates';
import { gatewayToSolverPolicy } from './cilium-policy';
import { certificateGrant } from './edges/gateway';
import { ObjectHanger } from './object-hanger';
import type { KubernetesOptions } from './options';
import { IssuerKind } from '../../model/certificate';
import type { IssuerSlot } from '../slots';

/** @internal Hangs the objects of an issuer into the tree. */
export function issuerObjects(slot: IssuerSlot, options: KubernetesOptions): void {
  const { name, facts } = slot;
  const { edge } = options;
  // The certificates of a Gateway that exists already are its owner's.
  if (!edge._hasCertificates) return;
  const hanger = ObjectHanger.of(slot, options);
  switch (facts.kind) {
    case IssuerKind.FILES: return grant(slot, hanger, options);
    case IssuerKind.LOCAL: {
      slot.scope.node.defaultChild = hanger.add('Issuer', name, localIssuer);
      hanger.add('Issuer', `${name}-self-signed`, () => SELF_SIGNED, { id: 'self-signed' });
      hanger.add('Certificate', `${name}-root`, localRoot);
      return;
    }
    case IssuerKind.ACME: {
      if (facts.clusterIssuer === undefined) slot.scope.node.defaultChild = hanger.add('Issuer', issuerName(facts), acmeIssuer);
      if (facts.dns01 !== undefined) return;
      hanger.add('NetworkPolicy', `${name}-http01-solver`, solverPolicy);
      if (edge._isCilium) hanger.add('CiliumNetworkPolicy', `${name}-http01-solver`, gatewayToSolverPolicy);
    }
  }
}

/** One's own certificate of another namespace is shown by leave. */
function grant({ name, chart, facts: { namespace } }: IssuerSlot, hanger: ObjectHanger, { edge }: KubernetesOptions): void {
  const own = chart.namespace;
  const crosses = namespace !== undefined && own !== undefined && namespace !== own && edge._isGateway;
  if (crosses) hanger.add('ReferenceGrant', `${name}-for-${own}`, certificateGrant, { namespace });
}
