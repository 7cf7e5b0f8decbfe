import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  acmeRootCertificate, acmeServerCertificate, canConnect, compose, ComposeProject, describeWithEngine, docker, execIn,
  HTTP_PORT, httpFrom, httpFromHost, HTTPS_PORT, imageFor, startAcmeServer, substituteImages, waitUntil,
} from './engine';

const IMAGES = { 'ghcr.io/acme/shop:1.4.2': 'localhost/shop:1', 'postgres:*': 'localhost/postgres:17' };

describe('substituteImages', () => {
  test('replaces a tag that is named, and any tag where the entry says so', () => {
    expect(imageFor('ghcr.io/acme/shop:1.4.2', IMAGES)).toBe('localhost/shop:1');
    expect(imageFor('ghcr.io/acme/shop:1.4.3', IMAGES)).toBe('ghcr.io/acme/shop:1.4.3');
    expect(imageFor('postgres', IMAGES)).toBe('localhost/postgres:17');
    expect(imageFor('postgres:17.2@sha256:0123abcd', IMAGES)).toBe('localhost/postgres:17');
    expect(imageFor('registry:5000/postgres:17.2', IMAGES)).toBe('registry:5000/postgres:17.2');
  });

  test('touches nothing but values of image', () => {
    const text = [
      'services:',
      '  db:',
      '    image: postgres:17.2',
      '    environment: { DB: "postgres:5432" }',
      '  web: { "image": "ghcr.io/acme/shop:1.4.2", x-image: postgres:1 }',
    ].join('\n');
    expect(substituteImages(text, IMAGES)).toBe([
      'services:',
      '  db:',
      '    image: localhost/postgres:17',
      '    environment: { DB: "postgres:5432" }',
      '  web: { "image": "localhost/shop:1", x-image: postgres:1 }',
    ].join('\n'));
  });
});

// What the images promise: every other engine test stands on it.
describeWithEngine('the test images', () => {
  const file = `
name: cdk8s-ha-images
x-restricted: &restricted
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
services:
  db:
    <<: *restricted
    image: postgres:17.2
    user: "10001:10001"
    environment: { PGDATA: /var/lib/postgresql/data/pgdata, POSTGRES_PASSWORD: secret }
    tmpfs: [/tmp, /var/run/postgresql]
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck: { test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, postgres], interval: 500ms, retries: 60 }
    networks: [back]
  web:
    <<: *restricted
    image: ghcr.io/acme/shop:1.4.2
    environment: { DB_HOST: db, DB_PASSWORD: secret }
    tmpfs: ["/uploads:mode=1777"]
    healthcheck: { test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/healthz"], interval: 500ms, retries: 20 }
    networks: [front, back]
  edge:
    <<: *restricted
    image: caddy:2.10
    cap_add: [NET_BIND_SERVICE]
    tmpfs: [/tmp]
    ports: ["${HTTP_PORT}:80", "${HTTPS_PORT}:443"]
    volumes: ["./:/etc/caddy:ro", "edge-data:/data", "edge-config:/config"]
    networks: { front: { aliases: [shop.test] } }
networks: { front: {}, back: { internal: true } }
volumes: { data: {}, edge-data: {}, edge-config: {} }
`;
  const caddyfile = `
{
	acme_ca https://pebble:14000/dir
	acme_ca_root /etc/caddy/acme.pem
}
shop.test {
	reverse_proxy web:8080
}
`;
  let folder: string;
  let project: ComposeProject;
  let web: string;
  let pebble: string | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-engine-'));
    // Root without capabilities reads only what everybody may read.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'compose.yml'), substituteImages(file));
    writeFileSync(join(folder, 'Caddyfile'), caddyfile);
    writeFileSync(join(folder, 'acme.pem'), await acmeServerCertificate());
    project = compose(folder);
    await project.down();
    await project.up('db', 'web');
    web = (await project.container('web')).name;
  }, 120_000);

  afterAll(async () => {
    if (pebble) {
      await docker(['rm', '-f', '-v', pebble]);
    }
    await project.down();
    rmSync(folder, { recursive: true });
  }, 60_000);

  test('the database runs as any user, read-only, and keeps its data over a new container', async () => {
    expect((await httpFrom({ container: web }, 'http://localhost:8080/db')).body).toBe('1\n');
    await project.run(['up', '-d', '--wait', '--force-recreate', 'db']);
    const count = await waitUntil(async () => {
      const answer = await httpFrom({ network: 'cdk8s-ha-images_front' }, 'http://web:8080/db');
      return answer.status === 200 && Number(answer.body);
    });
    expect(count).toBe(2);
  }, 60_000);

  test('the shop answers with its name, version and method, and stores uploads', async () => {
    const answer = await httpFrom({ network: 'cdk8s-ha-images_front' }, 'http://web:8080/', { method: 'PUT', body: 'x' });
    const host = (await execIn(web, ['hostname'])).stdout.trim();
    expect(answer.body).toBe(`${host} 1 PUT\n`);
    expect(answer.headers).toMatchObject({ 'x-served-by': host, 'x-version': '1' });
    const stored = await httpFrom({ container: web }, 'http://localhost:8080/uploads/a.txt', { body: 'hello' });
    expect(stored.status).toBe(201);
    expect((await httpFrom({ container: web }, 'http://localhost:8080/uploads/a.txt')).body).toBe('hello');
  });

  test('a request from a place that cannot reach it has no answer', async () => {
    expect(await canConnect({ container: web }, 'db', 5432)).toBe(true);
    expect(await canConnect({ container: web }, 'db', 5433)).toBe(false);
    expect(await canConnect({ network: 'cdk8s-ha-images_front' }, 'db', 5432)).toBe(false);
    expect((await httpFrom({ network: 'cdk8s-ha-images_front' }, 'http://db:5432/')).status).toBe(0);
    await expect(canConnect({ network: 'no-such-network' }, 'db', 5432)).rejects.toThrow('docker run');
  });

  test('Caddy without capabilities but one gets a certificate from the ACME server', async () => {
    await project.run(['up', '--no-start', 'edge']);
    pebble = await startAcmeServer('cdk8s-ha-images_front');
    await project.run(['up', '-d', 'edge']);
    const ca = await acmeRootCertificate({ container: pebble });
    const answer = await waitUntil(async () => {
      const asked = await httpFromHost('https://shop.test/headers', { ca });
      return asked.status === 200 && asked;
    }, 30_000, 'https');
    expect(answer.body).toContain('X-Forwarded-Proto: https');
    const redirect = await httpFromHost('http://shop.test/');
    expect([redirect.status, redirect.headers.location]).toEqual([308, 'https://shop.test/']);
  }, 60_000);
});
