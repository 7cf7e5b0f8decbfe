import { JsonPatch } from 'cdk8s';
import { Bound, chart, shop, workload } from './models';
import { Volume } from '../../../src/model/volume';
import { WorkloadKind } from '../../../src/model/workload';
import { ComposeObject, ComposeObjects } from '../../../src/targets/compose/compose-objects';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import type { Fragment } from '../../../src/targets/fragment';
import { SwarmObject, SwarmObjects } from '../../../src/targets/swarm/swarm-objects';
import { SwarmTarget } from '../../../src/targets/swarm/swarm-target';
import { readYaml } from '../../support/yaml-documents';

/** What both have in common, for tests side by side. */
interface Objects {
  readonly service: Fragment;
  readonly network: Fragment;
  readonly file: Fragment;
  readonly companions: Fragment;
  readonly secret: Fragment;
  readonly sharedVolume: Fragment;
  serviceOf(copy: number): Fragment;
  volume(name: string): Fragment;
  volumeOf(name: string, copy: number): Fragment;
  config(path: string): Fragment;
}

describe.each([
  ['Compose', () => new ComposeTarget(), (bound: Bound, path: string): Objects => ComposeObjects.of(bound.at(path)), 'compose/shop/compose.yml', ComposeObject],
  ['Swarm', () => new SwarmTarget(), (bound: Bound, path: string): Objects => SwarmObjects.of(bound.at(path)), 'swarm/shop/stack.yml', SwarmObject],
] as const)('%s objects', (name, target, of, file, UserObject) => {
  const bindShop = () => new Bound(target(), [shop()]);
  const written = (bound: Bound): any => readYaml(bound.text(file)).documents[0].value;

  test('a service is patched last', () => {
    const bound = bindShop();
    of(bound, 'shop/web').service.addJsonPatch(JsonPatch.replace('/image', 'other:${TAG}'), JsonPatch.add('/shm_size', '128m'));
    expect(written(bound).services.web).toMatchObject({ image: 'other:${TAG}', shm_size: '128m' });
    expect(of(bound, 'shop/web').service.patched).toBe(true);
  });

  test('every object can be patched', () => {
    const bound = bindShop();
    of(bound, 'shop/db').serviceOf(1).addJsonPatch(JsonPatch.add('/labels', { copy: 'one' }));
    of(bound, 'shop/backend').network.addJsonPatch(JsonPatch.add('/labels', { team: 'shop' }));
    of(bound, 'shop/db').volumeOf('var-lib-postgresql-data', 1).addJsonPatch(JsonPatch.add('/labels', { copy: 'one' }));
    of(bound, 'shop/web').config('/etc/shop/shop.conf').addJsonPatch(JsonPatch.replace('/file', './own.conf'));
    of(bound, 'shop/web').companions.addJsonPatch(JsonPatch.replace('/web-exporter/image', 'exporter:2'));
    of(bound, 'shop/edge').service.addJsonPatch(JsonPatch.replace('/image', 'caddy:2.11.1'));
    of(bound, 'shop/uploads').sharedVolume.addJsonPatch(JsonPatch.add('/labels', { team: 'shop' }));
    of(bound, 'shop/db-password').secret.addJsonPatch(JsonPatch.add('/x-owner', 'shop'));
    of(bound, 'shop').file.addJsonPatch(JsonPatch.add('/x-team', 'shop'));
    expect(written(bound)).toMatchObject({
      'services': { 'db-1': { labels: { copy: 'one' } }, 'web-exporter': { image: 'exporter:2' }, 'edge': { image: 'caddy:2.11.1' } },
      'networks': { backend: { labels: { team: 'shop' } } },
      'configs': { 'web-etc-shop-shop.conf': { file: './own.conf' } },
      'secrets': { 'db-password': { 'x-owner': 'shop' } },
      'volumes': { 'db-1-var-lib-postgresql-data': { labels: { copy: 'one' } }, 'uploads': { labels: { team: 'shop' } } },
      'x-team': 'shop',
    });
  });

  test('what is not there says what is', () => {
    const bound = bindShop();
    expect(() => of(bound, 'shop/alone').network)
      .toThrow(`alone has no network in ${name}: it has service, companions [shop/alone]`);
    expect(() => of(bound, 'shop/db').volume('logs')).toThrow(/^db has no volume 'logs' in .* volume-var-lib-postgresql-data, .* \[shop\/db\]$/);
    expect(() => of(bound, 'shop/db').serviceOf(7)).toThrow(/^db has no service of copy 7/);
  });

  test('objects of the user\'s own are written as they are', () => {
    const bound = bindShop();
    new UserObject(bound.at('shop') as any, 'mailhog', { section: 'services', body: { image: 'mailhog:${TAG}' } });
    expect(written(bound).services.mailhog).toEqual({ image: 'mailhog:${TAG}' });
  });

  test('fails for a section that does not exist', () => {
    const bound = bindShop();
    expect(() => new UserObject(bound.at('shop') as any, 'mailhog', { section: 'service', body: {} }))
      .toThrow(/cannot stand in the section 'service': it is one of services, networks, configs, secrets, volumes \[shop\/mailhog\]$/);
  });

  test.each<[any, RegExp]>([
    [{ section: 'services', name: 'mail', body: {} }, /'mailhog' has no prop 'name': remove it, the props are body, section \[shop\/mailhog\]$/],
    [{ section: 'services' }, /'mailhog' cannot take undefined for body: give an object of names and values such as \{ image: 'mailhog\/mailhog:v1.0.1' \} \[shop\/mailhog\]$/],
    [null, /'mailhog' cannot be made of null/],
  ])('fails for props %j, of which nothing would be written', (props, message) => {
    const bound = bindShop();
    expect(() => new UserObject(bound.at('shop') as any, 'mailhog', props)).toThrow(message);
  });

  test('fails for a patch whose path begins with no slash, which the library would write elsewhere', () => {
    const bound = bindShop();
    of(bound, 'shop/web').service.addJsonPatch(JsonPatch.add('deploy/replicas', 9));
    expect(() => written(bound)).toThrow("the path deploy/replicas does not begin with '/': write /deploy/replicas [shop/web/");
  });

  test('fails for two objects of one name', () => {
    const bound = bindShop();
    new UserObject(bound.at('shop') as any, 'db-0', { section: 'services', body: {} });
    expect(() => bound.files()).toThrow(/cannot have two services called 'db-0': .* made one already, give one of them another id \[/);
  });

  test('a volume whose name ends like a copy\'s is another one', () => {
    const volumes = [Volume.persistent('/a', { name: 'data' }), Volume.persistent('/b', { name: 'data-1' })];
    const db = workload('db', { kind: WorkloadKind.STATEFUL, replicas: 2 });
    const bound = new Bound(target(), [chart({ workloads: [{ ...db, container: { ...db.container, volumes } }] })]);
    expect(of(bound, 'shop/db').volume('data-1').key).toBe('db-0-data-1');
    expect(of(bound, 'shop/db').volumeOf('data', 1).key).toBe('db-1-data');
  });
});
