import { join } from 'node:path';
import { shop } from './edges-shop';
import { Manifests } from './manifests';
import { KubernetesEdge } from '../../../src';
import { expectGoldens } from '../../support/goldens';

const GOLDENS = join(__dirname, 'goldens', 'edges');

/** The same application, side by side: read two of the files next to each other. */
const EDGES: { [name: string]: KubernetesEdge } = {
  'gateway': KubernetesEdge.gateway(),
  'gateway-istio': KubernetesEdge.gateway({ className: 'istio' }),
  'gateway-nginx': KubernetesEdge.gateway({ className: 'nginx' }),
  'ingress': KubernetesEdge.ingress({ className: 'traefik' }),
  'own-proxies': KubernetesEdge.ownProxies(),
};

test('one application with every edge', () => {
  expectGoldens(GOLDENS, Object.entries(EDGES).map(([name, edge]) => {
    const { files: [{ text }] } = new Manifests((chart) => void shop(chart), { edge }, { namespace: 'shop' });
    return { path: `${name}.yaml`, text };
  }));
});
