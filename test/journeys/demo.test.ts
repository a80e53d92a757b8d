import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, bench } from '../cli/child.ts';
import { type DemoRun, readFiles, readJsonLines, startDemo } from '../support/demo.ts';
import { eachOf } from '../support/each-of.ts';
import { canHide, commandHiding } from '../support/hidden.ts';

describe('the demo', () => {
  let demo: DemoRun;
  let outsider: Bench;
  beforeAll(async () => {
    outsider = bench();
    demo = startDemo(['--json', '--out', '<out>']);
    await demo.ended;
  });
  afterAll(async () => {
    await outsider?.close();
    await demo?.clear();
  });

  it('plays the story to its end, with figures that agree with what was received', async () => {
    expect(await demo.ended, demo.errors.join('\n')).toBe(0);
    const lines = demo.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const evidence = readFiles(demo.out, 'evidence');
    const events = Object.values(evidence)
      .flatMap((text) => readJsonLines<{ payload: string }>(text))
      .map(
        ({ payload }) => JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { event: string },
      );
    const of = (event: string): number => events.filter((one) => one.event === event).length;
    const sealed = Object.keys(readFiles(demo.out, 'sealed')).length;
    const exported = { thread: threadOf(demo), verified: true, cosigned: true };

    expect(lines.at(-1)).toEqual({
      result: 'ok',
      messages: 5,
      deliveries: 13,
      acknowledged: 13,
      evidence: events.length,
      gateways: 2,
      exports: [
        { ...exported, by: 'kh' },
        { ...exported, by: 'id' },
      ],
    });
    expect(Object.keys(evidence)).toHaveLength(5);
    expect(of('SubmissionAcceptance')).toBe(5);
    expect(of('RelayAcceptance')).toBe(4);
    expect(of('ConsignmentAcceptance')).toBe(13);
    expect(sealed).toBe(13);
    expect(lines.filter((line) => 'delivery' in line)).toHaveLength(13);
    expect(lines.filter((line) => 'chapter' in line).length).toBeGreaterThan(5);
    expect(Object.keys(readFiles(demo.out, 'mail')).filter((name) => name.endsWith('.eml'))).toHaveLength(3);
    const packets = lines.filter((line) => line['place'] === 'email');
    expect(packets).toHaveLength(3);
    for (const { what } of eachOf(packets)) expect(what).toContain('packet.pdf');
    expect(demo.left()).toEqual([]);
  });

  const verify = (file: string, ...anchors: readonly string[]) =>
    outsider.amanat([
      ...['verify', file],
      ...anchors.flatMap((one) => ['--anchor', join(demo.out, 'anchors', one)]),
      '--json',
    ]);
  const exportOf = (): string => join(demo.out, 'export', `${threadOf(demo)}.amanat`);

  it('writes an export that verifies with both anchors, to the last piece of evidence', async () => {
    const { code, out, err } = await verify(exportOf(), 'ID.pem', 'KH.pem');
    expect(code, err).toBe(0);
    const verdict = JSON.parse(out);
    expect(verdict).toMatchObject({ verified: true, unrewritable: true, contents: true });
    expect(verdict.messages).toHaveLength(5);
  });

  it('writes an export that does not verify with one anchor alone', async () => {
    for (const anchor of ['ID.pem', 'KH.pem']) {
      const { code, out } = await verify(exportOf(), anchor);
      expect([code, JSON.parse(out).verified]).toEqual([1, false]);
    }
  });

  it('writes an export in which no bit may be changed', async () => {
    const bytes = readFileSync(exportOf());
    for (const share of [0.1, 0.5, 0.9]) {
      const changed = Buffer.from(bytes);
      const place = Math.floor(bytes.length * share);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      const file = outsider.file('changed.amanat');
      writeFileSync(file, changed);
      const { code, out } = await verify(file, 'ID.pem', 'KH.pem');
      expect([code, JSON.parse(out).verified]).toEqual([1, false]);
    }
  });
});

/** The story has one thread, and the export is named by it. */
const threadOf = (demo: DemoRun): string =>
  (Object.keys(readFiles(demo.out, 'export'))[0] ?? '').replace(/\.amanat$/, '');

describe('the demo, if it does not reach its end', () => {
  let run: DemoRun | undefined;
  const start = (...args: Parameters<typeof startDemo>): DemoRun => {
    run = startDemo(...args);
    return run;
  };
  afterEach(() => run?.clear());

  it('prints what failed, exits with 1 and leaves nothing behind', async () => {
    const demo = start(['--out', 'taken/by/a/file'], { NO_COLOR: '1' });
    writeFileSync(join(demo.out, '..', 'taken'), '');
    expect(await demo.ended).toBe(1);
    expect(demo.errors[0]).toMatch(/^The demo failed: /);
    expect(demo.lines.join('\n')).toContain('nobody can change it unnoticed');
    expect(demo.lines.join('\n')).not.toContain('\u001b');
    expect(demo.left()).toEqual([]);
  });

  it.skipIf(!canHide())('names the part that does not work, here letters', async () => {
    const fonts = fileURLToPath(new URL('../../node_modules/@expo-google-fonts', import.meta.url));
    const demo = start([], {}, commandHiding([fonts]));
    expect(await demo.ended).toBe(1);
    expect(demo.errors[0]).toMatch(/^The demo failed: .* parts that do not work: fonts, letters$/);
    expect(demo.left()).toEqual([]);
  });

  it.each([
    ['everything starts', '"chapter":"Everything starts'],
    ['the gateways start', '"place":"trust"'],
    ['the story is played', '"chapter":"A shelter'],
  ])('ends in order when it is interrupted while %s, even twice', async (_when, words) => {
    const demo = start(['--json']);
    await demo.line((line) => line.includes(words));
    // The terminal interrupts the whole group, and npm passes it on once more.
    demo.interrupt();
    setImmediate(() => demo.interrupt());
    expect(await demo.ended).toBe(130);
    expect(demo.left()).toEqual([]);
  });
});
