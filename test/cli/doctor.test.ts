/** `amanat doctor` checks real parts (a database, a mail server, a Bot API) and says what to do if one does not work. */
import { chmodSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificates } from '../adapters/email/rig.ts';
import { makeHome } from '../support/cli-home.ts';
import { valuesOfMail } from '../support/mail-house.ts';
import { startBotApi } from '../support/outside/bot-api.ts';
import { startMailServer } from '../support/outside/mail-server.ts';
import { type Bench, bench, benchOnServer, freePort } from './child.ts';

interface Found {
  readonly check: string;
  readonly verdict: string;
  readonly detail: string;
  readonly todo?: string;
}

type Values = Readonly<Record<string, string>>;

async function examined(at: Bench, env: Values = {}) {
  const { code, document } = await at.json(['doctor'], { env });
  const findings = document.findings as readonly Found[];
  for (const one of findings)
    if (one.verdict !== 'ok' && one.verdict !== 'skipped') expect(one.todo).toBeTruthy();
  expect(code).toBe(document.verdict === 'ok' ? 0 : 1);
  return {
    code,
    of: (check: string) =>
      findings.filter((one) => one.check === check).map(({ verdict, detail }) => `${verdict}: ${detail}`),
  };
}

async function begun(at: Bench): Promise<Bench> {
  const url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url);
  return at;
}

describe('a gateway with its own database', () => {
  let at: Bench;
  beforeAll(async () => {
    at = await begun(bench());
  });
  afterAll(() => at.close());

  test('is well, and parts that are not used are skipped', async () => {
    const { code, of } = await examined(at);
    expect(code).toBe(0);
    expect(of('database')).toEqual([
      expect.stringMatching(/^ok: PostgreSQL 18\.\d+; committed data is on disk/),
    ]);
    expect(of('letters')).toEqual(['ok: a test page was set in every script']);
    expect(of('home')).toEqual([expect.stringMatching(/^ok: /)]);
    expect(of('keys')).toEqual(['ok: the current master key opens every secret']);
    expect(of('email')).toEqual(['skipped: the channel is not switched on']);
    expect(of('telegram')).toEqual(['skipped: the channel is not switched on']);
    expect(of('serving')).toEqual([expect.stringMatching(/^warning: the gateway does not run here/)]);
    expect(of('statements').join()).toContain('the authority trusted for ID is a DEMO (not real)');
  });

  test('is served: the doctor says so, and names the parts that do not work', async () => {
    const served = await at.serve({ AMANAT_CHANNELS: 'webhook,telegram' });
    expect(served.ready).toMatchObject({ not_working: [], findings: [] });
    const { code, of } = await examined(at);
    await served.end('SIGTERM');
    expect(code).toBe(1);
    expect(of('serving')).toEqual([expect.stringMatching(/^failed: .*these parts do not work: telegram$/)]);
  });

  test('names files with secrets that others can read, and a wrong master key', async () => {
    await at.json([
      'focal-point',
      'add',
      '--slug',
      'desk',
      '--name',
      'Desk',
      '--country',
      'ID',
      '--officer',
      'id=o1,name=Wira Invented,role=officer,lang=id',
    ]);
    const file = at.file('home/secrets/AMANAT_MASTER_KEY');
    const own = readFileSync(file, 'utf8');
    writeFileSync(file, Buffer.alloc(32, 7).toString('base64url'));
    expect((await examined(at)).of('gateway')).toEqual([
      expect.stringMatching(/^failed: AMANAT_MASTER_KEY is not the master key of this database/),
    ]);
    writeFileSync(file, own);
    writeFileSync(at.file('home/secrets/AMANAT_NOTE'), 'x');
    chmodSync(at.file('home/secrets/AMANAT_NOTE'), 0o644);
    chmodSync(at.file('home/secrets'), 0o755);
    expect((await examined(at)).of('home')).toEqual([
      expect.stringMatching(/^failed: other users .* secrets\/$/),
    ]);
    chmodSync(at.file('home/secrets'), 0o700);
    rmSync(at.file('home/secrets/AMANAT_NOTE'));
  });

  test('names settings without effect, and a gateway without a channel', async () => {
    const found = await examined(at, { AMANAT_ALOW: '127.0.0.1', AMANAT_CHANNELS: '' });
    expect(found.of('settings')).toEqual([
      'warning: AMANAT_ALOW is not a setting and has no effect',
      'warning: no channel is switched on: no message reaches a focal point',
    ]);
  });

  test('names the file of the home folder that cannot be used', async () => {
    const config = at.file('home/config.json');
    const own = readFileSync(config, 'utf8');
    for (const [text, said] of [
      ['["x"]', 'config.json in the home folder cannot be used: it must be one object in JSON'],
      ['{', 'config.json in the home folder cannot be used: it must be one object in JSON'],
      [
        '{"AMANAT_URL":5}',
        'config.json in the home folder cannot be used: AMANAT_URL must be a text in quotes',
      ],
    ] as const) {
      writeFileSync(config, text);
      const { code, err } = await at.amanat(['doctor']);
      expect([code, err]).toEqual([4, expect.stringContaining(said)]);
    }
    writeFileSync(config, own);
    for (const place of ['secrets/AMANAT_TELEGRAM_TOKEN', 'certs/ID/folder.pem']) {
      mkdirSync(at.file(`home/${place}`));
      const { code, err } = await at.amanat(['doctor']);
      expect([code, err]).toEqual([4, expect.stringContaining(`${place} in the home folder cannot be read`)]);
      rmdirSync(at.file(`home/${place}`));
    }
    writeFileSync(at.file('home/certs/ID/other.pem'), 'no certificate');
    expect((await examined(at)).of('gateway')).toEqual([
      expect.stringMatching(/^failed: a file in certs\/ID\//),
    ]);
    rmSync(at.file('home/certs/ID/other.pem'));
  });

  test('really connects to the mail server and the Bot API', async () => {
    const [mail, bot, known] = await Promise.all([
      startMailServer(),
      startBotApi({ token: '4712:invented' }),
      certificates(),
    ]);
    const values = {
      AMANAT_CHANNELS: 'email,telegram',
      ...valuesOfMail(mail, known),
      AMANAT_TELEGRAM_API: bot.root,
      AMANAT_TELEGRAM_TOKEN: '4712:invented',
      AMANAT_TELEGRAM_SECRET: 'invented-secret',
    };
    const before = await examined(at, values);
    expect(before.of('email')).toEqual([
      'ok: the signing certificate is valid now and names the From address',
      'ok: the relay answers over TLS and accepts the login',
    ]);
    expect(before.of('telegram')).toEqual([
      'ok: the Bot API knows the bot',
      'failed: it sends updates nowhere',
    ]);
    const served = await at.serve(values);
    expect((await examined(at, values)).of('telegram')).toEqual([
      'ok: the Bot API knows the bot',
      'ok: it sends updates to this gateway',
    ]);
    await served.end('SIGTERM');
    expect(mail.received).toEqual([]);
    await Promise.all([mail.close(), bot.close()]);
    const after = await examined(at, { ...values, AMANAT_SMTP_CA: known.authority.certificate });
    expect([after.code, after.of('email')[1]]).toEqual([
      1,
      'failed: the relay does not accept the connection: connection-refused',
    ]);
    expect(after.of('telegram')).toEqual(['failed: telegram: the Bot API does not answer']);
    const { AMANAT_MAIL_KEY: _, AMANAT_TELEGRAM_TOKEN: __, ...half } = values;
    const lacking = await examined(at, half);
    expect(lacking.of('email')).toEqual(['failed: AMANAT_MAIL_KEY is not set']);
    expect(lacking.of('telegram')).toEqual(['failed: AMANAT_TELEGRAM_TOKEN is not set']);
  });

  test('a database that does not answer is named, and the other checks go on', async () => {
    const nowhere = `postgres://amanat@127.0.0.1:${await freePort()}/amanat`;
    const { code, of } = await examined(at, { DATABASE_URL: nowhere });
    expect(code).toBe(1);
    expect(of('gateway')).toEqual(['failed: the database does not answer (ECONNREFUSED)']);
    expect(of('letters')).toEqual(['ok: a test page was set in every script']);
  });

  test('prints the same as text, with what to do', async () => {
    const { out, code } = await at.amanat(['doctor'], { env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {7}database {8}PostgreSQL 18/m);
    expect(out).toMatch(/→ start it: amanat serve$/m);
    expect(out).toMatch(/Nothing failed\.\n$/);
  });
});

test('a database that can lose acknowledged writes in a power cut is not fit for a gateway', async () => {
  const at = await begun(await benchOnServer());
  const { code, of } = await examined(at);
  expect(code).toBe(1);
  expect(of('database')).toContain(
    'failed: fsync is off: a power failure can lose messages for which receipts were given',
  );
  const served = await at.serve({}, 'warn');
  expect(served.ready.findings[0]).toMatchObject({ check: 'database', verdict: 'failed' });
  const { err } = await served.end('SIGTERM');
  expect(err).toContain('"event":"doctor.finding"');
  await at.close();
});
