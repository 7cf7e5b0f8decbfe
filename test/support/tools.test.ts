import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from './problem';
import { caddyValidate, composeConfig, missingTools, nginxTest, shellcheck, stackConfig, testWith } from './tools';

const folder = mkdtempSync(join(tmpdir(), 'tools-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const messages = (problems: Problem[]) => problems.map(({ message }) => message).join('\n');

test('missing tools are told by name', () => {
  const known = [
    'docker compose', 'docker stack', 'caddy', 'nginx', 'nginx stream', 'traefik', 'haproxy', 'helm', 'kustomize', 'lego', 'pebble', 'shellcheck',
  ];
  expect(missingTools().every((tool) => known.includes(tool))).toBe(true);
});

testWith('docker compose', 'a good file passes, with its variables', () => {
  const file = write('good.yml', 'name: shop\nservices:\n  web:\n    image: ${IMAGE}\n');
  expect(composeConfig(file, { IMAGE: 'nginx:1.29' })).toEqual([]);
});

testWith('docker compose', 'a variable without a value is a problem', () => {
  const file = write('variable.yml', 'name: shop\nservices:\n  web:\n    image: nginx:1.29\n    user: "${NOBODY_SETS_THIS}"\n');
  expect(messages(composeConfig(file))).toContain('NOBODY_SETS_THIS');
});

testWith('docker compose', 'an undeclared network is a problem', () => {
  const file = write('network.yml', 'name: shop\nservices:\n  web:\n    image: nginx:1.29\n    networks: [nowhere]\n');
  expect(messages(composeConfig(file))).toContain('nowhere');
});

testWith('docker stack', 'a good file passes', () => {
  const file = write('stack.yml', 'version: "3.9"\nservices:\n  web:\n    image: nginx:1.29\n    deploy:\n      replicas: 2\n');
  expect(stackConfig(file)).toEqual([]);
});

testWith('docker stack', 'what is refused and what is warned about are problems', () => {
  expect(messages(stackConfig(write('name.yml', 'version: "3.9"\nname: shop\nservices:\n  web:\n    image: nginx:1.29\n')))).toContain('name');
  const ports = write('ports.yml', 'version: "3.9"\nservices:\n  web:\n    image: nginx:1.29\n    ports: ["127.0.0.1:80:80"]\n');
  expect(messages(stackConfig(ports))).toContain('ignoring IP-address');
});

testWith('caddy', 'a good Caddyfile passes, with its variables', () => {
  const file = write('Caddyfile', '{$HOST} {\n\treverse_proxy web:8080\n}\n');
  expect(caddyValidate(file, { HOST: 'http://shop.test' })).toEqual([]);
});

testWith('caddy', 'an unknown directive is a problem', () => {
  expect(messages(caddyValidate(write('Broken', ':80 {\n\treverse_poxy web:8080\n}\n')))).toContain('reverse_poxy');
});

testWith('caddy', 'JSON is read as such', () => {
  expect(caddyValidate(write('good.json', '{"apps":{"http":{"servers":{}}}}'))).toEqual([]);
  expect(caddyValidate(write('broken.json', '{"apps":{"nothing":{}}}'))).not.toEqual([]);
});

testWith('nginx', 'a good configuration passes, an unknown directive and a warning are problems', () => {
  const conf = (name: string, directive: string) => write(name, `pid ${folder}/nginx.pid;\nevents {}\nhttp {\n\tproxy_temp_path ${folder}/proxy;\n\t${directive};\n`
    + ['client_body', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `\t${one}_temp_path ${folder}/${one};\n`).join('') + '\taccess_log off;\n}\n');
  expect(nginxTest(conf('good.conf', 'server_tokens off'))).toEqual([]);
  expect(messages(nginxTest(conf('broken.conf', 'server_tocens off')))).toContain('server_tocens');
  expect(messages(nginxTest(conf('warned.conf', 'http2_max_field_size 16k')))).toContain('obsolete');
});

testWith('shellcheck', 'a good script passes, what it warns about is a problem', () => {
  expect(shellcheck(write('good.sh', '#!/bin/sh\necho "$1"\n'))).toEqual([]);
  expect(messages(shellcheck(write('bad.sh', '#!/bin/sh\nrm $(cat "$1")\n')))).toContain('SC2046');
});
