import { readsRenewed } from './certificate-reload';
import { isProvedOverHttp, ownCertificates, plainHosts, redirectAndHsts, uncheckedCopies } from './edge-answers';
import { ExternalTrafficPolicy } from '../load-balancer-service';
import type { KubernetesOptions } from '../options';
import { proxiesOf } from './proxies';
import { waitingOnLostHosts } from '../../../loadbalancers/lost-hosts';
import { Answer, type LoadBalancerAnswers } from '../../../model/answer';
import { destinationsOf, type LoadBalancerModel } from '../../../model/load-balancer';

/** @internal What proxies of our own keep. */
export function ownProxiesAnswers(model: LoadBalancerModel, options: KubernetesOptions): LoadBalancerAnswers {
  const { edge } = options;
  const { backend } = model;
  const alone = edge.proxies < 2 ? Answer.degraded('one proxy: nobody comes in while it is away; give the edge two proxies or more') : undefined;
  const local = edge._service.externalTrafficPolicy === ExternalTrafficPolicy.LOCAL;
  const balancer = 'the cluster gives Services of type LoadBalancer an address';
  return {
    copyCrash: alone ?? Answer.native('Deployment: a proxy that ended or hangs is started again by the kubelet, and the others go on'),
    nodeLoss: alone ?? Answer.native(`Deployment: ${edge.proxies} proxies on different nodes; ${waitingOnLostHosts(backend)}`, `there are at least two nodes, and ${balancer}`),
    plannedDisruption: alone ?? Answer.native('PodDisruptionBudget: one proxy goes at a time'),
    rollingUpdate: Answer.native('Deployment: maxUnavailable 0; a changed route is another ConfigMap, and so new proxies; one that stops is left alone for'
      + ` ${edge._ofProxies().deregistrationSeconds} s and drains for ${model.drainSeconds} s`,
    local ? 'the cluster\'s load balancer notices within that time that a node has no proxy any more' : undefined),
    healthGatedIngress: healthGatedIngress(model, options),
    balancingAlgorithm: destinationsOf(model).length === 0 ? Answer.notNeeded('no routes') : backend.answerBalancing(proxiesOf(model, options).model, proxiesOf(model, options).traits),
    encryptionAtEdge: plainHosts(model) ?? Answer.emulated(`${backend.name}: TLS 1.2 at least, with certificates from Secrets`),
    certificateRenewal: certificateRenewal(model, options),
    redirectAndHsts: redirectAndHsts(model, backend.name, `${backend.name}: redirects from HTTP, sends Strict-Transport-Security`),
  };
}

function healthGatedIngress(model: LoadBalancerModel, { edge }: KubernetesOptions): Answer {
  return uncheckedCopies(model) ?? Answer.emulated(`${model.backend.name} sends to the copies that a headless Service resolves to, which are the ready ones; one that stops waits`
    + ` ${edge.deregistrationSeconds} s for its address to be forgotten, and a refused connection goes to another copy at once`,
  'the cluster\'s name server is up and answers are no older than ten seconds');
}

function certificateRenewal(model: LoadBalancerModel, options: KubernetesOptions): Answer {
  const own = ownCertificates(model);
  if (own !== undefined) return own;
  if (!readsRenewed(proxiesOf(model, options).lowered)) return Answer.degraded(`cert-manager renews them, but ${model.backend.name} is not told: restart the proxies`);
  return Answer.emulated('cert-manager: after two thirds of a certificate\'s life; the proxies read it again within two minutes',
    isProvedOverHttp(model) ? 'cert-manager is installed, and port 80 can be reached by the authority' : 'cert-manager is installed');
}
