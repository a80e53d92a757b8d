/** Answers: which message each type may be about, who may send it, and which message is chosen without `about`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConsignedMessage,
  checkAboutRule,
  checkAboutThread,
  type IncomingMessage,
  inferAbout,
} from '../../../src/domain/message/about-rules.ts';
import { MESSAGE_NAMES, type MessageName } from '../../../src/domain/message/message.ts';
import { PROTOCOL } from '../../../src/domain/message/protocol.ts';
import { catchRefusal } from '../../support/people.ts';
import { assertProperty } from '../../support/property.ts';

const [SHELTER, DESK, EMBASSY] = ['shelter', 'desk', 'embassy'].map(
  (one) => `did:web:gateway.test:fp:${one}`,
) as [string, string, string];
const at = (minutes: number): Date => new Date(Date.UTC(2026, 10, 20, 8, minutes));

let count = 0;
const told = (type: MessageName, from: string, to: readonly string[], about?: string): ConsignedMessage => {
  count += 1;
  return { id: String(count).padStart(32, '0'), type, from, to, about, createdAt: at(count) };
};
const coming = (type: MessageName, from: string, to: readonly string[], about?: string): IncomingMessage => ({
  type,
  from,
  to,
  about,
  createdAt: at(count + 1),
});

const request = told('request', SHELTER, [DESK, EMBASSY]);
const report = told('report', SHELTER, [DESK]);
const handover = told('handover', SHELTER, [DESK]);
const asking = told('permission-request', DESK, [SHELTER], report.id);
const thread: readonly ConsignedMessage[] = [request, report, handover, asking];
const judged = (more: readonly ConsignedMessage[], one: IncomingMessage): Promise<string> =>
  catchRefusal(() => checkAboutThread([...thread, ...more], one));

describe('an answer', () => {
  test.each<[string, IncomingMessage]>([
    ['a reply', coming('reply', DESK, [SHELTER], request.id)],
    ['the other recipient’s', coming('reply', EMBASSY, [SHELTER, DESK], request.id)],
    ['a refusal', coming('refusal', DESK, [SHELTER], request.id)],
    ['a question back', coming('clarification', DESK, [SHELTER], report.id)],
    ['an acceptance', coming('acceptance', DESK, [SHELTER], handover.id)],
    ['a permission', coming('permission', SHELTER, [DESK], asking.id)],
    ['the sender’s correction', coming('correction', SHELTER, [DESK], request.id)],
    ['the sender’s recall', coming('recall', SHELTER, [DESK, EMBASSY], request.id)],
  ])('%s fits', (_name, one) => {
    expect(() => checkAboutThread(thread, one)).not.toThrow();
  });

  test.each<[string, string, IncomingMessage]>([
    ['an answer to nothing', 'about-unknown', coming('reply', DESK, [SHELTER], '9'.repeat(32))],
    ['an answer to what it does not answer', 'about-unknown', coming('reply', DESK, [SHELTER], handover.id)],
    ['a grant never asked for', 'about-unknown', coming('permission', SHELTER, [DESK], report.id)],
    ['a drill about something', 'about-unknown', coming('drill', DESK, [SHELTER], report.id)],
    ['an answer from the wrong side', 'not-asked', coming('reply', SHELTER, [DESK], request.id)],
    ['an answer by a third', 'not-asked', coming('reply', EMBASSY, [SHELTER], report.id)],
    ['a recall by someone else', 'not-originator', coming('recall', DESK, [SHELTER], request.id)],
    ['a correction by someone else', 'not-originator', coming('correction', EMBASSY, [DESK], request.id)],
    ['an answer past whoever asked', 'misaddressed', coming('reply', DESK, [EMBASSY], request.id)],
    ['a recall at a stranger’s', 'misaddressed', coming('recall', SHELTER, [EMBASSY], report.id)],
    [
      'a clock that runs backwards',
      'clock-skew',
      { ...coming('reply', DESK, [SHELTER], request.id), createdAt: at(-5) },
    ],
  ])('%s is refused: %s', async (_name, code, one) => {
    expect(await judged([], one)).toBe(code);
  });

  test('is given once by each focal point, whatever its type; later news is a follow-up', async () => {
    const reply = told('reply', DESK, [SHELTER], request.id);
    for (const type of ['reply', 'refusal', 'clarification'] as const)
      expect(await judged([reply], coming(type, DESK, [SHELTER], request.id))).toBe('already-answered');
    checkAboutThread([...thread, reply], coming('reply', EMBASSY, [SHELTER], request.id));
    checkAboutThread([...thread, reply], coming('followup', DESK, [SHELTER], request.id));
    checkAboutThread([...thread, reply], coming('clarification', SHELTER, [DESK], reply.id));
  });

  test('that was recalled counts as never given; a recalled message cannot be answered', async () => {
    const reply = told('reply', DESK, [SHELTER], request.id);
    const recall = told('recall', DESK, [SHELTER], reply.id);
    checkAboutThread([...thread, reply, recall], coming('reply', DESK, [SHELTER], request.id));
    const gone = told('recall', SHELTER, [DESK, EMBASSY], request.id);
    expect(await judged([gone], coming('reply', DESK, [SHELTER], request.id))).toBe('about-unknown');
    expect(await judged([gone], coming('recall', SHELTER, [DESK], request.id))).toBe('already-answered');
    // Somebody else's recall takes nothing back.
    const forged = told('recall', EMBASSY, [SHELTER], request.id);
    checkAboutThread([...thread, forged], coming('reply', DESK, [SHELTER], request.id));
  });
});

describe('without about', () => {
  test('a message that asks for an answer is chosen before one that may be answered', () => {
    expect(inferAbout(thread, coming('reply', DESK, [SHELTER]))).toBe(request.id);
    expect(inferAbout([report, handover], coming('reply', DESK, [SHELTER]))).toBe(report.id);
    expect(inferAbout(thread, coming('acceptance', DESK, [SHELTER]))).toBe(handover.id);
    expect(inferAbout(thread, coming('text', DESK, [SHELTER]))).toBeUndefined();
    expect(inferAbout([report], coming('recall', SHELTER, [DESK]))).toBe(report.id);
  });

  test.each<[string, string, readonly ConsignedMessage[], IncomingMessage]>([
    ['nothing that it answers', 'nothing-to-answer', [report], coming('acceptance', DESK, [SHELTER])],
    ['nothing that was sent to it', 'not-asked', [report], coming('reply', EMBASSY, [SHELTER])],
    ['nothing of its own', 'not-originator', [report], coming('recall', DESK, [SHELTER])],
    ['nobody who asked among its recipients', 'misaddressed', [report], coming('reply', DESK, [EMBASSY])],
    [
      'two that fit',
      'about-required',
      [request, told('request', SHELTER, [DESK])],
      coming('reply', DESK, [SHELTER]),
    ],
    [
      'two that it could take back, though only one asks for an answer',
      'about-required',
      [report, request],
      coming('recall', SHELTER, [DESK]),
    ],
    [
      'what it has answered beside a report',
      'already-answered',
      [report, request, told('reply', DESK, [SHELTER], request.id)],
      coming('reply', DESK, [SHELTER]),
    ],
    [
      'what it has answered',
      'already-answered',
      [request, told('reply', DESK, [SHELTER], request.id)],
      coming('reply', DESK, [SHELTER]),
    ],
  ])('and %s is in the thread: %s', async (_name, code, list, one) => {
    expect(await catchRefusal(() => inferAbout(list, one))).toBe(code);
  });
});

describe('in any thread', () => {
  const party = fc.constantFrom(SHELTER, DESK, EMBASSY);
  const others = (from: string) =>
    fc.subarray(
      [SHELTER, DESK, EMBASSY].filter((one) => one !== from),
      { minLength: 1 },
    );
  const drawn = fc
    .record({
      type: fc.constantFrom(...MESSAGE_NAMES),
      from: party,
      about: fc.option(fc.nat(7), { nil: undefined }),
    })
    .chain((one) => others(one.from).map((to) => ({ ...one, to })));
  const threads = fc.array(drawn, { maxLength: 8 }).map((list) =>
    list.map(
      (one, n): ConsignedMessage => ({
        ...one,
        id: String(n).padStart(32, '0'),
        about: one.about === undefined ? undefined : String(one.about).padStart(32, '0'),
        createdAt: at(n),
      }),
    ),
  );

  test('the chosen message fits, whatever the order of the thread', () => {
    const property = fc.property(threads, drawn, fc.infiniteStream(fc.nat()), (list, one, order) => {
      const next: IncomingMessage = { ...one, about: undefined, createdAt: at(59) };
      const found = (messages: readonly ConsignedMessage[]): string | undefined => {
        try {
          return inferAbout(messages, next) ?? 'none';
        } catch (fault) {
          return String((fault as { code?: string }).code);
        }
      };
      const shuffled = list
        .map((each) => ({ each, key: order.next().value }))
        .toSorted((a, b) => a.key - b.key);
      const id = found(list);
      expect(found(shuffled.map(({ each }) => each))).toBe(id);
      const known = list.find((each) => each.id === id);
      if (known === undefined) return;
      checkAboutRule(known, next);
      checkAboutThread(list, { ...next, about: id });
      expect(PROTOCOL[next.type].about?.needed).toBe(true);
    });
    assertProperty(property);
  });
});
