import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeUnless, eventually, KUBERNETES } from './control-plane';
import { LoadBalancerBackend } from '../../src';
import { Release } from '../engine/deployment';
import { CALLS, Disruption, endure, WITH_COPIES } from '../engine/disruptions';
import { whyNoEngine } from '../engine/engine';
import { ClusterShop } from './node/cluster-shop';
import { Entrance, GatewayOfTraefik, ProxiesOfOurOwn } from './node/entrances';
import { RealCluster } from './node/real-cluster';
import { missingForNode, versionsOf } from './node/real-node';
import { LoadReport } from '../engine/load/load';
import { record, WHOLE } from '../engine/record';

/*
 * No deployment loses a request, on a real node: kubelet, kube-proxy, containerd, network plug-ins and CoreDNS, with the same
 * application under the same load as on Docker, behind proxies of our own or a Gateway.
 */

const LONGEST = 900_000;

type OnCluster = Disruption<ClusterShop>;

const LATEST: Release = { web: '2', settings: 'two', api: '2' };

/** WebSockets end with their Caddy, with a word of farewell. */
const CADDYS_REPLACED = { replacesWeb: true };

/** Others have no such word. The four end, and those that were opened anew since with the next proxy. */
const PROXIES_REPLACED = { may: { post: 0, long: 12 } };

/**
 * Each leaves behind what the next one finds.
 *
 * @param replaced what it costs that proxies are replaced
 */
const disruptionsWith = (replaced: Pick<OnCluster, 'may' | 'replacesWeb'>): readonly OnCluster[] => [
  { name: 'deploy a new image', run: (shop) => shop.deploy({ web: '2' }), replacesWeb: true },
  { name: 'deploy a new file', run: (shop) => shop.deploy({ web: '2', settings: 'two' }), replacesWeb: true },
  { name: 'deploy the callee', run: (shop) => shop.deploy(LATEST), path: CALLS },
  { name: '3 to 5 copies', run: (shop) => shop.deploy({ ...LATEST, copies: 5 }) },
  { name: '5 to 2 copies', run: (shop) => shop.deploy({ ...LATEST, copies: 2 }), replacesWeb: true },
  { name: 'add a service and a route', run: (shop) => shop.deploy({ ...LATEST, copies: 2, admin: true }), ...replaced },
  { name: 'remove them', run: (shop) => shop.deploy({ ...LATEST, copies: 2 }), ...replaced },
  { name: 'a version that never gets healthy', run: (shop) => fails(shop, 'bad') },
  { name: 'a version that crashes', run: (shop) => fails(shop, 'crash') },
  { name: 'rollback', run: (shop) => shop.deploy(), replacesWeb: true },
  { name: 'two copies deleted', run: (shop) => deleteCopies(shop, 'web', 2), replacesWeb: true },
  { name: 'a proxy deleted', run: (shop) => deleteCopies(shop, 'edge', 1), ...replaced },
  { name: 'two copies killed', run: (shop) => killCopies(shop, 'web', 2), may: WITH_COPIES, replacesWeb: true },
  { name: 'a copy hangs', run: hang, may: { ...WITH_COPIES, slowShare: 0.001 }, replacesWeb: true },
  { name: 'a proxy killed', run: (shop) => killCopies(shop, 'edge', 1), may: { perTenThousand: 500 } },
];

const OF_CADDY = disruptionsWith(CADDYS_REPLACED);
const OF_HAPROXY = disruptionsWith(PROXIES_REPLACED);

/** What tells how proxies stop. */
const OF_OTHERS = OF_HAPROXY.filter(({ name }) => ['deploy a new image', 'add a service and a route', 'remove them', 'a proxy deleted'].includes(name));

/** Its proxies stay whatever is deployed, and it tries no other copy when one has died. */
const OF_A_GATEWAY = disruptionsWith({}).filter(({ name }) => !/proxy|killed|hangs/.test(name));

interface Way {
  readonly title: string;
  readonly entrance: () => Entrance;
  readonly disruptions: readonly OnCluster[];
  /** Which pods, and which of them from outside, reach which. */
  readonly reached: readonly string[];
}

const OF_PROXIES = [
  // Declared by nobody: kube-router has both directions of a policy in one chain, so that what it lets in may also go out.
  'edge -> edge:10080', 'edge -> edge:10443',
  'edge -> web:8080', 'outside -> edge:10080', 'outside -> edge:10443', 'web -> api:8080',
];

const WAYS: readonly Way[] = [
  { title: 'Caddy', entrance: () => new ProxiesOfOurOwn(LoadBalancerBackend.caddy()), disruptions: WHOLE ? OF_CADDY : OF_CADDY.slice(0, 1), reached: OF_PROXIES },
  { title: 'HAProxy', entrance: () => new ProxiesOfOurOwn(LoadBalancerBackend.haproxy()), disruptions: WHOLE ? OF_HAPROXY : [], reached: OF_PROXIES },
  { title: 'nginx', entrance: () => new ProxiesOfOurOwn(LoadBalancerBackend.nginx()), disruptions: WHOLE ? OF_OTHERS : [], reached: OF_PROXIES },
  { title: 'Traefik', entrance: () => new ProxiesOfOurOwn(LoadBalancerBackend.traefik()), disruptions: WHOLE ? OF_OTHERS : [], reached: OF_PROXIES },
  // The machine's own address is that of the Gateway's proxies.
  { title: 'a Gateway of Traefik', entrance: () => new GatewayOfTraefik(), disruptions: WHOLE ? OF_A_GATEWAY : [], reached: ['outside -> web:8080', 'web -> api:8080'] },
];

describe.each(WAYS.filter(({ disruptions }) => disruptions.length > 0))('$title', ({ title: way, entrance, disruptions, reached }) => {
  const title = `Kubernetes with ${way}`;
  describeUnless(missingForNode() ?? whyNoEngine(), title, () => {
    const reports: Record<string, LoadReport> = {};
    let cluster: RealCluster;
    let shop: ClusterShop;

    beforeAll(async () => {
      cluster = await RealCluster.start(1);
      shop = new ClusterShop(cluster, entrance());
      await shop.start();
    }, LONGEST);

    afterAll(async () => {
      await shop?.stop();
      await cluster?.stop();
      const where = `Kubernetes ${KUBERNETES}, ${versionsOf()}, one node, ${cpus().length} processors that load, proxies and copies share`;
      await record(title, where, reports, disruptions.length);
    }, LONGEST);

    test('lets those reach each other who may', async () => {
      expect(await shop.reached([8080, 10080, 10443])).toEqual(reached);
    }, LONGEST);

    test.each(disruptions)('$name', async (disruption) => {
      reports[disruption.name] = await endure(shop, disruption);
    }, LONGEST);
  });
});

/** Nobody has to notice: the copies of before stay. */
async function fails(shop: ClusterShop, tag: string): Promise<void> {
  const before = (await shop.pods('web')).map(({ metadata }) => metadata.uid);
  await shop.apply({ ...LATEST, web: tag, copies: 2 });
  await eventually(`a copy of ${tag}`, async () => (await shop.pods('web')).length > before.length, 60);
  await sleep(20_000);
  const after = (await shop.pods('web')).map(({ metadata }) => metadata.uid);
  if (!before.every((uid) => after.includes(uid))) throw new Error('a copy of the version before is gone');
  await shop.deploy({ ...LATEST, copies: 2 });
}

async function deleteCopies(shop: ClusterShop, workload: string, count: number): Promise<void> {
  for (const pod of (await shop.pods(workload)).slice(0, count)) {
    await shop.delete(pod);
    await sleep(4_000);
  }
  await shop.settle();
}

async function killCopies(shop: ClusterShop, workload: string, count: number): Promise<void> {
  for (const pod of (await shop.pods(workload)).slice(0, count)) {
    await shop.kill(pod);
    await sleep(4_000);
  }
  await shop.settle();
}

/** Until it is started again, by its kubelet, and ready. */
async function hang(shop: ClusterShop): Promise<void> {
  const [copy] = await shop.pods('web');
  const restarts = async () => (await shop.pods('web')).reduce((sum, { status }) => sum + status.containerStatuses[0].restartCount, 0);
  const before = await restarts();
  await shop.hang(copy);
  await eventually('the copy that hangs to be started again', async () => await restarts() > before, 60);
  await shop.settle();
}
