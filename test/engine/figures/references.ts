/** A load balancer as somebody would write it by hand who wants nothing but speed: TLS in front, the copies behind. */

import { HOST } from '../deployment';

export interface Reference {
  readonly image: string;
  readonly command: string[];
  readonly files: { readonly [name: string]: string };
}

/** Each finds `certificate.pem`, `key.pem` and `both.pem` in /reference. */
export const REFERENCES: { readonly [backend: string]: (copies: readonly string[]) => Reference } = {
  caddy: (copies) => ({
    image: 'localhost/cdk8s-ha/caddy:2',
    command: ['caddy', 'run', '--config', '/reference/Caddyfile'],
    files: {
      Caddyfile: `{
\tadmin off
\tauto_https disable_redirects
}
https://${HOST} {
\ttls /reference/certificate.pem /reference/key.pem
\treverse_proxy ${copies.map((copy) => `${copy}:8080`).join(' ')} {
\t\tlb_policy least_conn
\t\ttransport http {
\t\t\tkeepalive_idle_conns_per_host 64
\t\t}
\t}
}
`,
    },
  }),
  haproxy: (copies) => ({
    image: 'localhost/cdk8s-ha/haproxy:3',
    command: ['haproxy', '-db', '-f', '/reference/haproxy.cfg'],
    files: {
      'haproxy.cfg': `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend https
  bind :443 ssl crt /reference/both.pem alpn h2,http/1.1
  default_backend web
backend web
  balance leastconn
${copies.map((copy, i) => `  server web${i} ${copy}:8080`).join('\n')}
`,
    },
  }),
  nginx: (copies) => ({
    image: 'localhost/cdk8s-ha/nginx:1',
    command: ['nginx', '-c', '/reference/nginx.conf', '-g', 'daemon off;'],
    files: {
      'nginx.conf': `user root root;
worker_processes auto;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  upstream web {
    least_conn;
${copies.map((copy) => `    server ${copy}:8080;`).join('\n')}
    keepalive 64;
  }
  server {
    listen 443 ssl;
    http2 on;
    server_name ${HOST};
    ssl_certificate /reference/certificate.pem;
    ssl_certificate_key /reference/key.pem;
    ssl_session_cache shared:tls:1m;
    keepalive_requests 1000000;
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`,
    },
  }),
  traefik: (copies) => ({
    image: 'localhost/cdk8s-ha/traefik:3',
    command: ['traefik', '--entrypoints.https.address=:443', '--providers.file.filename=/reference/routes.yml', '--log.level=ERROR'],
    files: {
      'routes.yml': JSON.stringify({
        http: {
          routers: { web: { rule: `Host(\`${HOST}\`)`, service: 'web', tls: {} } },
          services: { web: { loadBalancer: { servers: copies.map((copy) => ({ url: `http://${copy}:8080` })) } } },
        },
        tls: { certificates: [{ certFile: '/reference/certificate.pem', keyFile: '/reference/key.pem' }] },
      }),
    },
  }),
};
