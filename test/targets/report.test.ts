import { Chart, JsonPatch } from 'cdk8s';
import {
  Acceptance, Answer, Answers, App, ComposeObjects, ComposeTarget, Egress, Guarantee, HAWebService, HealthCheck, KubernetesTarget, Placement,
  StatefulService,
  SwarmTarget, Target, Volume, type AllAnswers, type OutputFile, type WorkloadAnswers, type WorkloadModel,
} from '../../src';

/** A target that keeps one guarantee on a condition and drops all others. */
class FakeTarget extends Target {
  constructor(props = {}) {
    super('fake', props);
  }

  answerWorkload({ name }: WorkloadModel): WorkloadAnswers {
    return { ...Answers.allDropped('a fake runs nothing'), copyCrash: Answer.native('it never crashes', 'nobody starts it'), backup: Answer.degraded(`${name} is copied by hand`) };
  }

  answerNetwork(): AllAnswers {
    return Answers.allDropped('a fake has no networks');
  }

  answerLoadBalancer(): AllAnswers {
    return Answers.allDropped('a fake has no load balancers');
  }

  files(): OutputFile[] {
    return [];
  }
}

const declare = (...targets: Target[]) => {
  const app = new App({ targets });
  const shop = new Chart(app, 'shop');
  const web = new HAWebService(shop, 'web', { image: 'nginx:1.27.3', port: 80, healthCheck: HealthCheck.tcp(), egress: [Egress.internet()] });
  new StatefulService(shop, 'db', {
    image: 'postgres:17.2',
    port: 5432,
    healthCheck: HealthCheck.tcp(),
    volumes: [Volume.persistent('/data')],
    placement: Placement.onNode('storage-1'),
  });
  return { app, shop, web };
};

const report = (app: App) => {
  const files = app.render();
  const text = (path: string) => files.find((file) => file.path === path)!.text;
  return { markdown: text('report/report.md'), json: JSON.parse(text('report/report.json')) };
};

describe('the report', () => {
  test('says on its first screen what is not kept, one line for one reason', () => {
    const { markdown } = report(declare(new FakeTarget()).app);
    const [line] = markdown.split('\n').filter((candidate) => candidate.startsWith('- **dropped**'));
    expect(line).toMatch(/^- \*\*dropped\*\* .*node loss.* of db, web: a fake runs nothing$/);
    expect(markdown.split('\n').indexOf(line)).toBeLessThan(30);
  });

  test('says who has no way out', () => {
    const { markdown, json } = report(declare(new FakeTarget()).app);
    expect(json.withoutEgress).toEqual(['shop/db']);
    expect(markdown).toContain('## Without a way out\n\ndb: reach');
  });

  test('says what each database does on update, on node loss, and its backup', () => {
    const { markdown, json } = report(declare(new FakeTarget()).app);
    expect(json.databases).toEqual([{
      path: 'shop/db',
      name: 'db',
      target: 'fake',
      onUpdate: 'dropped: a fake runs nothing',
      onNodeLoss: 'dropped: a fake runs nothing',
      backup: 'degraded: db is copied by hand',
    }]);
    expect(markdown).toContain('| db | fake | dropped: a fake runs nothing | dropped: a fake runs nothing | degraded: db is copied by hand |');
  });

  test('says on which condition a guarantee is kept', () => {
    expect(report(declare(new FakeTarget()).app).markdown).toContain('- fake: nobody starts it — copy crash');
  });

  test('keeps what was agreed upon, with the reason', () => {
    const accepts = [Acceptance.at(Guarantee.BACKUP, 'shop/db', 'copied each night by the host')];
    const { markdown } = report(declare(new FakeTarget({ accepts })).app);
    expect(markdown).toContain('- `shop/db` on fake: backup is degraded (db is copied by hand); agreed: copied each night by the host');
    expect(markdown).toContain('**degraded** backup of web: web is copied by hand');
    expect(markdown).not.toContain('**degraded** backup of db');
  });

  test('marks what was changed by hand', () => {
    const { app, web } = declare(new ComposeTarget());
    ComposeObjects.of(web).service.addJsonPatch(JsonPatch.add('/cpu_shares', 10));
    const { markdown, json } = report(app);
    expect(json.patched).toEqual(['shop/web/compose-service']);
    expect(markdown).toContain('- `shop/web/compose-service` patched: not covered');
  });

  test('has an answer of every target for every guarantee', () => {
    const { json } = report(declare(new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()).app);
    const seen = new Set(json.answers.flatMap(({ guarantees }: any) => guarantees.map((one: any) => `${one.target} ${one.guarantee}`)));
    const ofWorkloads = Object.keys(Answers.allDropped('')).length - 6;
    expect(seen.size).toBeGreaterThanOrEqual(3 * (ofWorkloads - 2));
  });

  test('is left out on request', () => {
    expect(new App({ targets: [new FakeTarget()], report: false }).render()).toEqual([]);
  });
});

describe('a strict target', () => {
  test('fails for what is not kept, with the line to accept it', () => {
    const { app } = declare(new FakeTarget({ strict: true }));
    expect(() => app.render()).toThrow('fake cannot keep backup of db, which is degraded: db is copied by hand'
      + " — mend it, or accept it: Acceptance.at(Guarantee.BACKUP, 'shop/db', 'why') [shop/db]");
  });

  test('lets pass what is accepted', () => {
    const all = Object.values(Guarantee).map((guarantee) => Acceptance.of(guarantee, 'agreed'));
    expect(() => declare(new FakeTarget({ strict: true, accepts: all })).app.render()).not.toThrow();
  });
});
