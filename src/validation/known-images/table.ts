import type { KnownImage } from './known-image';

const TERM_WAITS = 'SIGTERM waits until every session has ended, and KILL ends what is left then';
const TERM_CUTS = 'SIGTERM ends it at once, and cuts off every request under way';

/** An s6-overlay says so and ends: `can only run as pid 1`. */
const S6_SOURCE = 'https://github.com/zoneminder-containers/zoneminder-base/issues/28';
const S6_OVERLAY = { user: 0, processOne: true };

/** Apache as Debian has it, under PHP. */
const APACHE_SOURCE = 'https://github.com/docker-library/php/blob/092d7bdebba2a4e204a349280e54a59f78cfc327/8.3/bookworm/apache/Dockerfile';
const APACHE = { scratch: ['/var/run/apache2'], exceptTags: ['fpm', 'cli'], stop: { signal: 'SIGWINCH', otherwise: TERM_CUTS } };

/**
 * The table, by the first name of each.
 *
 * @internal
 */
export const KNOWN_IMAGES: readonly KnownImage[] = [
  { names: ['alpine'], user: 0, sources: ['https://hub.docker.com/_/alpine'] },
  { names: ['busybox'], user: 0, sources: ['https://hub.docker.com/_/busybox'] },
  {
    // The program carries NET_BIND_SERVICE as a file capability: the kernel does not start it where that is dropped.
    names: ['caddy'],
    user: 0,
    data: [{ path: '/data' }],
    capabilities: ['NET_BIND_SERVICE'],
    sources: ['https://github.com/caddyserver/caddy-docker/blob/3e17a88077a37424d2db6f27034f0fc566e8b69b/2.8/alpine/Dockerfile'],
  },
  {
    // Its entrypoint edits cassandra.yaml in place.
    names: ['cassandra'],
    user: 0,
    data: [{ path: '/var/lib/cassandra' }],
    writableRoot: true,
    sources: ['https://github.com/docker-library/cassandra/blob/0e270a93b53119818f9c71fa273cda3a07d0bf5c/docker-entrypoint.sh'],
  },
  { names: ['debian'], user: 0, sources: ['https://hub.docker.com/_/debian'] },
  { names: ['eclipse-temurin'], user: 0, sources: ['https://github.com/adoptium/containers/blob/0327d46f70b892afeaa402a97507a1b103fb84f7/21/jre/ubuntu/jammy/Dockerfile'] },
  {
    names: ['elasticsearch', 'docker.elastic.co/elasticsearch/elasticsearch'],
    since: 8,
    user: 1000,
    group: 0,
    asThisUserOnly: true,
    data: [{ path: '/usr/share/elasticsearch/data' }],
    // It makes a key store in config, beside the files that the image has there.
    writableRoot: true,
    sources: [
      'https://github.com/elastic/dockerfiles/blob/000ec0794972a956614bdb904bafdb92cb84dfbe/elasticsearch/Dockerfile',
      'https://github.com/elastic/elasticsearch/issues/119341',
    ],
  },
  {
    names: ['ghost'],
    user: 0,
    stepsDownTo: 1000,
    data: [{ path: '/var/lib/ghost/content', variable: 'GHOST_CONTENT' }],
    sources: ['https://github.com/docker-library/ghost/blob/0020d7037237ef58c08978fe2dfb68f1560a544d/5/debian/Dockerfile'],
  },
  {
    names: ['gitea/gitea', 'docker.gitea.com/gitea'],
    exceptTags: ['rootless'],
    user: 0,
    stepsDownTo: 1000,
    asThisUserOnly: true,
    data: [{ path: '/data' }],
    sources: ['https://github.com/go-gitea/gitea/blob/main/Dockerfile'],
  },
  { names: ['golang'], user: 0, sources: ['https://github.com/docker-library/golang/blob/01abd89f7fda4586d2dc2d18c2ff70fd90199198/1.23/bookworm/Dockerfile'] },
  {
    names: ['grafana/grafana', 'grafana/grafana-enterprise', 'grafana/grafana-oss'],
    user: 472,
    group: 0,
    data: [{ path: '/var/lib/grafana', variable: 'GF_PATHS_DATA' }],
    sources: ['https://github.com/grafana/grafana/blob/main/Dockerfile'],
  },
  { names: ['grafana/loki'], user: 10001, data: [{ path: '/loki' }], sources: ['https://github.com/grafana/loki/blob/0230065a10abdce767a9c3b84a9e43cdf61a1b87/cmd/loki/Dockerfile'] },
  {
    names: ['haproxy'],
    user: 99,
    stop: { signal: 'SIGUSR1', otherwise: TERM_CUTS },
    sources: ['https://github.com/docker-library/haproxy/blob/04b2168ff76f90727c02f01cb719f655e768f6fd/3.2/Dockerfile'],
  },
  {
    names: ['hashicorp/consul', 'consul'],
    user: 0,
    asThisUserOnly: true,
    anyUserVariable: 'CONSUL_DISABLE_PERM_MGMT',
    data: [{ path: '/consul/data', variable: 'CONSUL_DATA_DIR' }],
    sources: ['https://github.com/hashicorp/consul/blob/9bce86134e0f9fbff0ec13d003b23544b88a7153/.release/docker/docker-entrypoint.sh'],
  },
  {
    // Its entrypoint gives the program a file capability, and ends where it may not.
    names: ['hashicorp/vault', 'vault'],
    user: 0,
    asThisUserOnly: true,
    anyUserVariable: 'SKIP_CHOWN',
    capabilities: ['SETFCAP'],
    noCapabilitiesVariable: 'SKIP_SETCAP',
    sources: ['https://github.com/hashicorp/vault/blob/1d04c5e2762f15a2d53e19836208adfb038abc14/.release/docker/docker-entrypoint.sh'],
  },
  {
    names: ['homeassistant/home-assistant', 'ghcr.io/home-assistant/home-assistant'],
    ...S6_OVERLAY,
    sources: [
      'https://github.com/home-assistant/docker-base/blob/0e5d2a9a088889b85aa5529c15615d26059f7895/alpine/Dockerfile',
      S6_SOURCE,
    ],
  },
  {
    names: ['httpd'],
    user: 0,
    scratch: ['/usr/local/apache2/logs'],
    settledBy: '/usr/local/apache2/conf/httpd.conf',
    stop: { signal: 'SIGWINCH', otherwise: TERM_CUTS },
    sources: [
      'https://github.com/docker-library/official-images/pull/7048',
      'https://github.com/docker-library/httpd/issues/166',
    ],
  },
  {
    names: ['influxdb'],
    since: 2,
    before: 3,
    user: 0,
    stepsDownTo: 1000,
    data: [{ path: '/var/lib/influxdb2' }, { path: '/etc/influxdb2' }],
    sources: ['https://github.com/influxdata/influxdata-docker/blob/046b771067f49927d5434889a0f128b5989681b6/influxdb/2.7/Dockerfile'],
  },
  {
    names: ['jc21/nginx-proxy-manager'],
    ...S6_OVERLAY,
    asThisUserOnly: true,
    data: [{ path: '/data' }, { path: '/etc/letsencrypt' }],
    sources: [
      'https://github.com/NginxProxyManager/nginx-proxy-manager/blob/1c522afa0480f021df0ed6a5c11dfecad7e9c9f8/docker/rootfs/etc/s6-overlay/s6-rc.d/prepare/00-all.sh',
      S6_SOURCE,
    ],
  },
  {
    names: ['jenkins/jenkins'],
    user: 1000,
    group: 1000,
    data: [{ path: '/var/jenkins_home', variable: 'JENKINS_HOME' }],
    sources: ['https://github.com/jenkinsci/docker/blob/0556428af89dc2c560031d8e2d4e8082f9f3479f/debian/bookworm/hotspot/Dockerfile'],
  },
  {
    names: ['kibana', 'docker.elastic.co/kibana/kibana'],
    user: 1000,
    scratch: ['/usr/share/kibana/data'],
    sources: [
      'https://github.com/elastic/dockerfiles/blob/000ec0794972a956614bdb904bafdb92cb84dfbe/kibana/Dockerfile',
      'https://github.com/elastic/kibana/issues/111915',
    ],
  },
  {
    names: ['linuxserver/*', 'lscr.io/linuxserver/*', 'ghcr.io/linuxserver/*'],
    ...S6_OVERLAY,
    sources: [
      'https://github.com/linuxserver/docker-baseimage-alpine/blob/00d175e3eecf7fb127f071fa04e795520ad169bb/Dockerfile',
      S6_SOURCE,
    ],
  },
  {
    names: ['mariadb'],
    user: 0,
    scratch: ['/run/mysqld'],
    data: [{ path: '/var/lib/mysql' }],
    sources: ['https://github.com/MariaDB/mariadb-docker/blob/0c710468e3fb2ccec6cdc14350ee0f1eaf668307/11.4/Dockerfile'],
  },
  { names: ['memcached'], sources: ['https://github.com/docker-library/memcached/blob/0215dbaa543d98b7e54eee9162906d31fcb8677e/1/debian/Dockerfile'] },
  { names: ['minio/minio', 'quay.io/minio/minio'], user: 0, sources: ['https://github.com/minio/minio/blob/0031b1205fe3af70a9d80465736fae5ed0ac9003/Dockerfile.release'] },
  {
    names: ['mongo'],
    user: 0,
    stepsDownTo: 999,
    data: [{ path: '/data/db' }],
    sources: ['https://github.com/docker-library/mongo/blob/0223203c85f9e026c05e4f34794f2f5dc719f9b3/8.0/Dockerfile'],
  },
  {
    names: ['mysql'],
    user: 0,
    stepsDownTo: 999,
    scratch: ['/var/run/mysqld'],
    data: [{ path: '/var/lib/mysql' }],
    sources: ['https://github.com/docker-library/mysql/blob/3447d2db9bc3084a226381b97ea852f8f9d96406/8.4/Dockerfile.oracle'],
  },
  {
    // It looks for its folder in the home of its user, and no other user has one.
    names: ['n8nio/n8n', 'docker.n8n.io/n8nio/n8n'],
    user: 1000,
    group: 1000,
    asThisUserOnly: true,
    anyUserVariable: 'N8N_USER_FOLDER',
    data: [{ path: '/home/node/.n8n', variable: 'N8N_USER_FOLDER' }],
    sources: [
      'https://github.com/n8n-io/n8n/blob/003abfdc4f53791ebe60fd579af8de28a2a782a6/docker/images/n8n/Dockerfile',
      'https://docs.n8n.io/deploy/host-n8n/configure-n8n/basic-configuration/configuration-examples/specify-user-folder-path',
    ],
  },
  { names: ['nats'], user: 0, sources: ['https://github.com/nats-io/nats-docker/blob/0a4bd1f99ee16f72afc60c1147f9e8be93f0e0d6/2.10.x/alpine3.20/Dockerfile'] },
  {
    ...APACHE,
    names: ['nextcloud'],
    user: 0,
    data: [{ path: '/var/www/html' }],
    sources: [
      'https://github.com/nextcloud/docker/blob/0043e856368b102f17ea6af715447f4158de4edb/30/apache/Dockerfile',
      APACHE_SOURCE,
    ],
  },
  {
    names: ['nginx'],
    user: 0,
    stepsDownTo: 101,
    // Not /var/run, its link: the engine might mount that over /run/secrets.
    scratch: ['/run', '/var/cache/nginx'],
    settledBy: '/etc/nginx/nginx.conf',
    stop: { signal: 'SIGQUIT', otherwise: TERM_CUTS },
    sources: ['https://hub.docker.com/_/nginx'],
  },
  {
    names: ['nginxinc/nginx-unprivileged'],
    stop: { signal: 'SIGQUIT', otherwise: TERM_CUTS },
    sources: ['https://github.com/nginx/docker-nginx/blob/58279a3ea9b5aa19a32b2c9c8b87f4d1f1aa6332/unprivileged/stable/debian/Dockerfile'],
  },
  { names: ['node'], user: 0, sources: ['https://github.com/nodejs/docker-node/blob/07bd7414c9eeb7a134951122e1105e8c849f770e/22/bookworm-slim/Dockerfile'] },
  {
    names: ['opensearchproject/opensearch'],
    user: 1000,
    group: 1000,
    asThisUserOnly: true,
    data: [{ path: '/usr/share/opensearch/data' }],
    sources: ['https://github.com/opensearch-project/opensearch-build/blob/176ece0786e54fbbd091ce4995995acf0f97e25e/docker/release/dockerfiles/opensearch.al2023.dockerfile'],
  },
  {
    names: ['postgres'],
    before: 18,
    user: 0,
    stepsDownTo: 999,
    scratch: ['/var/run/postgresql'],
    data: [{ path: '/var/lib/postgresql/data', variable: 'PGDATA', madeIn: '/var/lib/postgresql/data' }],
    stop: { signal: 'SIGINT', otherwise: TERM_WAITS },
    sources: ['https://github.com/docker-library/postgres/blob/03e18d66ddd00497a6a7f8365747fb31386ccba6/17/bookworm/Dockerfile'],
  },
  {
    names: ['postgres'],
    since: 18,
    user: 0,
    stepsDownTo: 999,
    scratch: ['/var/run/postgresql'],
    data: [{ path: '/var/lib/postgresql', variable: 'PGDATA', madeIn: '/var/lib/postgresql/18/docker' }],
    stop: { signal: 'SIGINT', otherwise: TERM_WAITS },
    sources: ['https://github.com/docker-library/postgres/blob/12eb5762e3cf3c44440ed078b59843b5dfbde570/18/bookworm/Dockerfile'],
  },
  { names: ['prom/prometheus', 'quay.io/prometheus/prometheus'], data: [{ path: '/prometheus' }], sources: ['https://github.com/prometheus/prometheus/blob/main/Dockerfile'] },
  { names: ['python'], user: 0, sources: ['https://github.com/docker-library/python/blob/00bfe6f247945a371ca25a63f0a50e370aa6efad/3.13/slim-bookworm/Dockerfile'] },
  {
    // It builds itself anew at each start with other options.
    names: ['quay.io/keycloak/keycloak', 'keycloak/keycloak'],
    user: 1000,
    group: 0,
    asThisUserOnly: true,
    writableRoot: true,
    sources: [
      'https://github.com/keycloak/keycloak/blob/0463815bc93acbe22cf0b347af7cbd11e5a56d65/quarkus/container/Dockerfile',
      'https://github.com/keycloak/keycloak/issues/44632',
    ],
  },
  {
    names: ['rabbitmq'],
    user: 0,
    stepsDownTo: 999,
    data: [{ path: '/var/lib/rabbitmq' }],
    sources: ['https://github.com/docker-library/rabbitmq/blob/00309be9729cd54aa525c35ac924fa026ee5e8a2/4.1/ubuntu/Dockerfile'],
  },
  { names: ['redis'], user: 0, data: [{ path: '/data' }], sources: ['https://github.com/redis/docker-library-redis/blob/0076c90a8028d29b25313f7272fa2d1245c3be76/debian/Dockerfile'] },
  { names: ['registry'], user: 0, data: [{ path: '/var/lib/registry' }], sources: ['https://github.com/distribution/distribution-library-image/blob/057436d4dd745cfb1f913e0fdae56e304bcb160c/Dockerfile'] },
  { names: ['traefik'], user: 0, sources: ['https://github.com/traefik/traefik-library-image/blob/10c579a8e3c43ef2a7d438aed4911091967b9fbc/v3.5/alpine/Dockerfile'] },
  { names: ['ubuntu'], user: 0, sources: ['https://hub.docker.com/_/ubuntu'] },
  {
    names: ['valkey/valkey'],
    user: 0,
    stepsDownTo: 999,
    data: [{ path: '/data' }],
    sources: ['https://github.com/valkey-io/valkey-container/blob/01966293522aeb5399521609cf673941a1ae61ef/8.0/debian/Dockerfile'],
  },
  {
    ...APACHE,
    names: ['wordpress'],
    user: 0,
    data: [{ path: '/var/www/html' }],
    sources: [
      'https://github.com/docker-library/wordpress/pull/660',
      APACHE_SOURCE,
    ],
  },
  {
    names: ['zookeeper'],
    user: 0,
    stepsDownTo: 1000,
    data: [{ path: '/data', variable: 'ZOO_DATA_DIR' }, { path: '/datalog', variable: 'ZOO_DATA_LOG_DIR' }],
    // Its entrypoint writes /conf/zoo.cfg, beside the files that the image has there.
    writableRoot: true,
    settledBy: '/conf/zoo.cfg',
    sources: ['https://github.com/31z4/zookeeper-docker/blob/1f3422846b2ed58039ec8222823251115f223091/3.9.3/docker-entrypoint.sh'],
  },
];
