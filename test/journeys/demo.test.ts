import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoRun, filesOf, jsonLines, startDemo } from '../support/demo.ts';

let run: DemoRun | undefined;
const start = (...args: Parameters<typeof startDemo>): DemoRun => {
  run = startDemo(...args);
  return run;
};
afterEach(() => run?.clear());

const TIME = 120_000;

describe('amanat demo', () => {
  it('plays the story to its end, with figures that agree with what was received', {
    timeout: TIME,
  }, async () => {
    const demo = start(['--json', '--out', '<out>']);
    expect(await demo.ended, demo.errors.join('\n')).toBe(0);
    const lines = demo.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const evidence = filesOf(demo.out, 'evidence');
    const events = Object.values(evidence)
      .flatMap((text) => jsonLines<{ payload: string }>(text))
      .map(
        ({ payload }) => JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { event: string },
      );
    const of = (event: string): number => events.filter((one) => one.event === event).length;
    const sealed = Object.keys(filesOf(demo.out, 'sealed')).length;

    expect(lines.at(-1)).toEqual({
      result: 'ok',
      messages: 5,
      deliveries: 13,
      acknowledged: 13,
      evidence: events.length,
    });
    expect(Object.keys(evidence)).toHaveLength(5);
    expect(of('SubmissionAcceptance')).toBe(5);
    expect(of('ConsignmentAcceptance')).toBe(13);
    expect(sealed).toBe(13);
    expect(lines.filter((line) => 'delivery' in line)).toHaveLength(13);
    expect(lines.filter((line) => 'chapter' in line).length).toBeGreaterThan(5);
    expect(Object.keys(filesOf(demo.out, 'mail')).filter((name) => name.endsWith('.eml'))).toHaveLength(3);
    expect(demo.left()).toEqual([]);
  });

  it('says what failed, exits 1 and leaves nothing behind', { timeout: TIME }, async () => {
    const demo = start(['--out', 'taken/by/a/file'], { NO_COLOR: '1' });
    writeFileSync(join(demo.out, '..', 'taken'), '');
    expect(await demo.ended).toBe(1);
    expect(demo.errors[0]).toMatch(/^The demo failed: /);
    expect(demo.lines.join('\n')).toContain('The case is closed');
    expect(demo.lines.join('\n')).not.toContain('\u001b');
    expect(demo.left()).toEqual([]);
  });

  it('comes down in the middle of starting when it is interrupted', { timeout: TIME }, async () => {
    const demo = start(['--json']);
    await demo.line((line) => line.includes('chapter'));
    demo.interrupt();
    expect(await demo.ended).toBe(130);
    expect(demo.left()).toEqual([]);
  });
});
