import * as https from 'node:https';

/** An answer of the API server. */
export interface Answer {
  readonly status: number;

  /** The texts of its `Warning` headers. */
  readonly warnings: string[];
  readonly body: any;
}

/** An event of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: any;
}

const FIELD_MANAGER = 'cdk8s-ha';

/** As much of a client as the tests need. */
export class Api {
  private readonly agent: https.Agent;
  private readonly watches = new Set<{ close(): void }>();
  private readonly paths = new Map<string, Promise<{ plural: string; namespaced: boolean }>>();

  public constructor(public readonly url: string, private readonly token: string, ca: string) {
    this.agent = new https.Agent({ ca, keepAlive: true });
  }

  /** An answer of any status. */
  public ask(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    // By itself Node gives the body of a DELETE no length.
    const headers = { ...this.headers(), 'content-type': type, 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const request = https.request(`${this.url}${path}`, { agent: this.agent, method, headers }, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part) => { answer += part; }).on('end', () => {
          const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
          resolve({ status: response.statusCode!, warnings: warningsIn(response.rawHeaders), body: isJson ? JSON.parse(answer) : answer });
        });
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // While a test waits for another program, the server closes connections that were idle for long.
        if (request.reusedSocket && error.code === 'ECONNRESET') this.ask(method, path, body, type).then(resolve, reject);
        else reject(error);
      });
      request.end(text);
    });
  }

  /** The body of an answer that is no error. */
  public async get(path: string): Promise<any> {
    return checked(await this.ask('GET', path), path).body;
  }

  public async create(path: string, object: object): Promise<any> {
    return checked(await this.ask('POST', path, object), path).body;
  }

  /** Changes the fields that are given; `path` may end with `/status`. */
  public async merge(path: string, object: object): Promise<Answer> {
    return this.ask('PATCH', path, object, 'application/merge-patch+json');
  }

  /** Server-side apply, as `kubectl apply --server-side --validate=strict` sends it. */
  public async apply(object: any, namespace: string): Promise<Answer> {
    const path = await this.pathOf(object, namespace);
    return this.ask('PATCH', `${path}?fieldManager=${FIELD_MANAGER}&fieldValidation=Strict`, object, 'application/apply-patch+yaml');
  }

  /** Where an object lies: its kind's name in addresses is what the server says. */
  public async pathOf({ apiVersion, kind, metadata }: any, namespace: string): Promise<string> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const key = `${apiVersion}/${kind}`;
    if (!this.paths.has(key)) {
      this.paths.set(key, this.get(root).then(({ resources }) => {
        const found = resources.find((resource: any) => resource.kind === kind && !resource.name.includes('/'));
        if (found === undefined) throw new Error(`the API server has no ${key}`);
        return { plural: found.name, namespaced: found.namespaced };
      }));
    }
    const { plural, namespaced } = await this.paths.get(key)!;
    return namespaced ? `${root}/namespaces/${metadata.namespace ?? namespace}/${plural}/${metadata.name}` : `${root}/${plural}/${metadata.name}`;
  }

  /** All objects of a path, now and as they change, until `close`. */
  public async watch(path: string, on: (event: WatchEvent) => void): Promise<void> {
    const { items, metadata } = await this.get(path);
    for (const object of items) on({ type: 'ADDED', object });
    const separator = path.includes('?') ? '&' : '?';
    const url = `${this.url}${path}${separator}watch=1&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=3600`;
    const request = https.request(url, { agent: this.agent, headers: this.headers() }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        const lines = (rest + part).split('\n');
        rest = lines.pop()!;
        for (const line of lines) on(JSON.parse(line));
      });
    });
    request.on('error', () => undefined).end();
    this.watches.add({ close: () => request.destroy() });
  }

  public close(): void {
    for (const watch of this.watches) watch.close();
    this.agent.destroy();
  }

  private headers() {
    return { accept: 'application/json', authorization: `Bearer ${this.token}` };
  }
}

/** `299 - "text"`, as often as there are warnings. */
function warningsIn(headers: string[]): string[] {
  return headers.flatMap((value, i) => i % 2 === 1 && headers[i - 1].toLowerCase() === 'warning' ? [value.replace(/^\d+ \S+ "(.*)"$/, '$1')] : []);
}

function checked(answer: Answer, path: string): Answer {
  if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.body?.message ?? answer.body}`);
  return answer;
}
