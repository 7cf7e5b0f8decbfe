import { isProvedOverHttp, ownCertificates, plainHosts, uncheckedCopies } from './edge-answers';
import { LEFT_TO_THE_CLUSTER } from './failed-copies';
import { Answer, type LoadBalancerAnswers } from '../../../model/answer';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import type { KubernetesOptions } from '../options';

/** @internal What an Ingress keeps: its controller is somebody else's. */
export function ingressAnswers(model: LoadBalancerModel, { edge }: KubernetesOptions): LoadBalancerAnswers {
  const unknown = Answer.degraded(`not known: how many proxies the controller of IngressClass ${edge.className} runs, and where, is set in its installation`);
  const issued = model.hosts.filter(({ issuer }) => issuer !== undefined);
  return {
    copyCrash: unknown,
    nodeLoss: unknown,
    plannedDisruption: unknown,
    rollingUpdate: unknown,
    healthGatedIngress: uncheckedCopies(model) ?? Answer.native(`the controller sends to ready copies only; ${LEFT_TO_THE_CLUSTER}`,
      `the controller of IngressClass ${edge.className} watches endpoints, and does not go by the Service's address`),
    balancingAlgorithm: model.routes.length === 0 ? Answer.notNeeded('no routes')
      : Answer.dropped(`an Ingress has no field for ${model.balancing.algorithm}: the controller picks a copy as it likes; use KubernetesEdge.gateway() or .ownProxies()`),
    encryptionAtEdge: plainHosts(model) ?? Answer.native('Ingress: a certificate for each host', `the controller of IngressClass ${edge.className} refuses TLS below 1.2`),
    certificateRenewal: certificateRenewal(model),
    redirectAndHsts: issued.length === 0 ? Answer.notNeeded('no routes with certificates')
      : Answer.dropped('an Ingress has no field for redirects and headers: whether plain HTTP is sent to HTTPS is the controller\'s to say, and browsers are not told to remember;'
        + ' give its annotations to KubernetesEdge.ingress(), or use KubernetesEdge.gateway() or .ownProxies()'),
  };
}

function certificateRenewal(model: LoadBalancerModel): Answer {
  return ownCertificates(model) ?? Answer.native('cert-manager: after two thirds of a certificate\'s life',
    isProvedOverHttp(model) ? 'cert-manager is installed, and port 80 can be reached by the authority' : 'cert-manager is installed');
}
