import { join } from 'node:path';
import { validateCompose, validateStack } from './compose-schema';

const COMPOSE = `
name: shop
services:
  web:
    image: nginx:1.29
    networks: [front]
    ports: ["127.0.0.1:8080:80"]
    configs: [{ source: site, target: /etc/nginx/nginx.conf }]
    secrets: [password]
    volumes:
      - data:/data
    depends_on:
      db: { condition: service_healthy }
  db:
    image: postgres:17.2
    networks: [back]
    healthcheck: { test: [CMD, pg_isready] }
networks:
  front: {}
  back: { internal: true }
volumes:
  data: {}
configs:
  site: { file: ./compose-schema.test.ts }
secrets:
  password: { file: "\${HOME_OF_SECRETS}/password" }
`;

const STACK = `
version: "3.9"
services:
  web:
    image: nginx:1.29
    networks: [front]
    ports: [{ target: 80, published: 8080, protocol: tcp, mode: ingress }]
    configs: [{ source: site-3f2a9c, target: /etc/nginx/nginx.conf, mode: 292 }]
    healthcheck: { test: [CMD, "true"], start_period: 5s }
    deploy:
      replicas: 2
      update_config: { order: start-first, failure_action: rollback }
      resources: { limits: { cpus: "0.5", memory: 64M, pids: 100 } }
networks:
  front: { driver: overlay, internal: true, ipam: { config: [{ subnet: 10.9.0.0/24 }] } }
configs:
  site-3f2a9c: { file: ./compose-schema.test.ts }
`;

/** One change that breaks a good file, and the rule that must notice. */
type Case = [rule: string, from: string, to: string];

function broken(text: string, [, from, to]: Case): string {
  if (!text.includes(from)) throw new Error(`the fixture has no ${from}`);
  return text.replace(from, to);
}

test('a good Compose file passes', () => {
  expect(validateCompose(COMPOSE, { folder: __dirname })).toEqual([]);
});

test.each<Case>([
  ['yaml', 'name: shop', 'name: shop\nname: shop'],
  ['yaml-1.1', 'image: nginx:1.29', 'image: nginx:1.29\n    labels: { enabled: on }'],
  ['schema', 'image: nginx:1.29', 'image: nginx:1.29\n    imgae: nginx'],
  ['undeclared', 'networks: [front]', 'networks: [frnt]'],
  ['undeclared', '- data:/data', '- date:/data'],
  ['undeclared', 'source: site', 'source: sight'],
  ['undeclared', 'secrets: [password]', 'secrets: [pasword]'],
  ['depends-on', 'db: { condition: service_healthy }', 'dbx: { condition: service_healthy }'],
  ['depends-on', 'healthcheck: { test: [CMD, pg_isready] }', 'restart: always'],
  ['copies', 'image: nginx:1.29', 'image: nginx:1.29\n    scale: 2'],
  ['copies', 'ports: ["127.0.0.1:8080:80"]', 'container_name: web\n    scale: 2'],
  ['host-port', 'image: postgres:17.2', 'image: postgres:17.2\n    ports: [{ target: 81, published: "8080" }]'],
  ['published-internal', 'front: {}', 'front: { internal: true }'],
  ['config-content', '{ file: ./compose-schema.test.ts }', '{ content: hello }'],
  ['version', 'name: shop', 'name: shop\nversion: "3.9"'],
  ['missing-file', './compose-schema.test.ts', './no-such-file'],
  ['missing-file', '- data:/data', '- data:/data\n      - ./no-such-folder:/x:ro'],
  ['missing-file', '- data:/data', '- data:/data\n      - ${UNSET:-./no-such-folder}:/x:ro'],
])('Compose: %s is noticed (case %#)', (...each) => {
  expect(validateCompose(broken(COMPOSE, each), { folder: __dirname }).map(({ rule }) => rule)).toContain(each[0]);
});

test('files are looked for in the given folder only', () => {
  expect(validateCompose(COMPOSE, { folder: join(__dirname, 'compose') }).map(({ rule }) => rule)).toEqual(['missing-file']);
  expect(validateCompose(COMPOSE)).toEqual([]);
});

test('copies may share a range of ports, and ports without a number of the host', () => {
  const many = broken(COMPOSE, ['', 'image: nginx:1.29', 'image: nginx:1.29\n    scale: 2']);
  expect(validateCompose(broken(many, ['', '127.0.0.1:8080:80', '8080-8081:80']))).toEqual([]);
  expect(validateCompose(broken(many, ['', '127.0.0.1:8080:80', '${ADDRESS:-127.0.0.1}:8080-8081:80']))).toEqual([]);
  expect(validateCompose(broken(many, ['', '127.0.0.1:8080:80', '80']))).toEqual([]);
});

test('a good stack passes', () => {
  expect(validateStack(STACK, { folder: __dirname })).toEqual([]);
});

const IN_SERVICE = 'image: nginx:1.29';
test.each<Case>([
  ['stack-unknown', 'version: "3.9"', 'version: "3.9"\nname: shop'],
  ['stack-version', 'version: "3.9"', 'x-note: none'],
  ['stack-version', 'version: "3.9"', 'version: "3.13"'],
  ...['build: .', 'container_name: web', 'cpus: 1', 'depends_on: [web]', 'devices: [/dev/null]', 'expose: ["80"]', 'extends: { service: a }',
    'mem_limit: 1g', 'network_mode: host', 'pids_limit: 9', 'privileged: true', 'profiles: [a]', 'restart: always',
    'security_opt: ["no-new-privileges:true"]', 'shm_size: 1g', 'tmpfs: [/tmp]', 'group_add: ["1"]', 'pull_policy: always', 'platform: linux/amd64'].map((line): Case => ['stack-service', IN_SERVICE, `${IN_SERVICE}\n    ${line}`]),
  ['stack-service', 'start_period: 5s', 'start_interval: 5s'],
  ['stack-service', 'cpus: "0.5"', 'cpus: 0.5'],
  ['stack-ports', 'published: 8080', 'published: "8080"'],
  ['stack-ports', 'mode: ingress', 'mode: ingress, host_ip: 127.0.0.1'],
  ['stack-ports', '{ target: 80, published: 8080, protocol: tcp, mode: ingress }', '"127.0.0.1:8080:80"'],
  ['stack-ports', 'mode: ingress', 'mode: host'],
  ['stack-resource', 'driver: overlay', 'driver: bridge'],
  ['stack-resource', 'driver: overlay', 'enable_ipv6: true'],
  ['stack-resource', 'subnet: 10.9.0.0/24', 'subnet: 10.9.0.0/24, gateway: 10.9.0.1'],
  ['config-content', '{ file: ./compose-schema.test.ts }', '{ content: hello }'],
  ['stack-attachment', 'networks: [front]', 'networks: { front: { ipv4_address: 10.9.0.7 } }'],
  ['stack-attachment', 'mode: 292', 'mode: "0444"'],
  ['stack-attachment', IN_SERVICE, `${IN_SERVICE}\n    volumes: ["./config:/config:ro"]`],
  ['undeclared', 'networks: [front]', 'networks: [frnt]'],
])('stack: %s is noticed (case %#)', (...each) => {
  expect(validateStack(broken(STACK, each)).map(({ rule }) => rule)).toContain(each[0]);
});
