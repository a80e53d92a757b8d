/**
 * Escalation at a real gateway: its steps, its limits, and what ends it. The deadline to acknowledge is two
 * hours.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { keepRoster } from '../../src/entry/enrolling/rosters.ts';
import { claimEscalations } from '../../src/flow/escalation.ts';
import { fetchClaims } from '../support/across.ts';
import { type EscalationHouse, makeEscalationHouse } from '../support/escalation-house.ts';
import { expectQuietLog, makeReportPost, postMessage } from '../support/story.ts';

let all: EscalationHouse;
const open = async (terms: object = {}): Promise<void> => {
  all = await makeEscalationHouse(terms);
};
afterEach(async () => {
  expectQuietLog(all.house);
  await all.close();
});

/** What the focal point's officers and the shelter were told, without the shelter's evidence of each step. */
const told = (): readonly string[] => all.news().filter((one) => !/^shelter (?:Co|Sender)/.test(one));

async function sent(over: object = {}): Promise<string> {
  const id = await postMessage(all.shelter, makeReportPost(['desk'], over));
  await all.house.drain();
  return id;
}

const acknowledge = (message: string) =>
  all.focalPoint.post('acknowledgements', { message, officer: 'clerk', decision: 'accepted' });

const remindersOf = async (id: string) =>
  (await fetchClaims(all.shelter, id)).flatMap(({ event, reminder }) => {
    return reminder === undefined
      ? []
      : [`${event} ${reminder.rung.split(':')[0]} ${reminder.officer ?? '-'}`];
  });

test('escalation goes from half time to the supervisors of both sides, each step once and with evidence', async () => {
  await open();
  const id = await sent();
  expect(told()).toEqual(['desk-phone received']);
  await all.wait(59);
  expect(told()).toEqual([]);
  await all.wait(1);
  expect(told()).toEqual(['desk-phone reminder']);
  await all.wait(60);
  expect(told().toSorted()).toEqual(['desk-phone reminder', 'shelter AcceptanceRejectionExpiry']);
  await all.wait(30);
  expect(told()).toEqual(['desk-spare received']);
  await all.wait(30);
  expect(told()).toEqual(['desk-deputy received']);
  await all.wait(60);
  expect(told().toSorted()).toEqual(['desk-chief reminder', 'shelter reminder']);
  await all.wait(24 * 60);
  expect(told()).toEqual([]);
  const steps = await remindersOf(id);
  expect(steps.slice(0, 4)).toEqual([
    'ConsignmentNotification half -',
    'ConsignmentNotification deadline -',
    'ContentConsignment failover -',
    'ContentConsignment deputy deputy',
  ]);
  expect(steps.slice(4).toSorted()).toEqual([
    'ConsignmentNotification supervisor chief',
    'SenderNotification supervisor chief',
  ]);
});

describe('an escalation stops at once', () => {
  test('when an officer acknowledges, whatever step was next', async () => {
    await open();
    const id = await sent();
    await all.wait(130);
    all.news();
    expect((await acknowledge(id)).status).toBe(201);
    await all.wait(7 * 24 * 60);
    expect(told()).toEqual([]);
  });

  test('and a reminder about to be sent is never sent', async () => {
    await open();
    const id = await sent();
    all.news();
    all.house.pass(3_600);
    for (const look of await claimEscalations(all.house.gateway, 10)) await look();
    const view = await all.house.gateway.store.messages.readMessage(id);
    expect(view?.deliveries.map((one) => [one.kind, one.state])).toEqual([
      ['message', 'delivered'],
      ['evidence', 'delivered'],
      ['reminder', 'queued'],
    ]);
    await acknowledge(id);
    await all.house.drain();
    expect(told()).toEqual([]);
    const after = await all.house.gateway.store.messages.readMessage(id);
    expect(after?.deliveries.find((one) => one.kind === 'reminder')).toMatchObject({
      state: 'superseded',
      tries: 0,
    });
  });

  test('when the focal point answers, or the thread’s originator closes it', async () => {
    await open();
    const [answered, closed] = [await sent(), await sent()];
    all.house.pass(3_600);
    for (const look of await claimEscalations(all.house.gateway, 10)) await look();
    all.news();
    const threadOf = async (id: string) => (await (await all.shelter.status(id)).json()).thid;
    const note = { urgency: 'urgent', handling: 'H1', lang: 'en', body: { text: 'Seen.' } };
    await postMessage(all.focalPoint, {
      ...note,
      type: 'text',
      to: ['shelter'],
      thid: await threadOf(answered),
      about: answered,
    });
    await postMessage(all.shelter, {
      ...note,
      type: 'closure',
      to: ['desk'],
      thid: await threadOf(closed),
      about: closed,
      body: { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Done.' },
    });
    await all.wait(0);
    expect(told().filter((one) => one.endsWith('reminder'))).toEqual([]);
  });
});

describe('the focal point whose turn it is gets the reminder', () => {
  test('about an answer: the focal point that accepted, beyond the expiry of the message', async () => {
    await open({ clocks: { routine: { acknowledge: 86_400, answer: 604_800 } } });
    const body = { kind: 'case-status', question: 'How does it stand?' };
    const id = await sent({ type: 'request', urgency: 'routine', body });
    await acknowledge(id);
    await all.wait(0);
    all.news();
    await all.wait(3.5 * 24 * 60);
    expect(told()).toEqual(['desk-phone reminder']);
    await all.wait(3.5 * 24 * 60 + 1);
    expect(told()).toEqual(['desk-phone reminder']);
    await all.wait(7 * 24 * 60);
    expect(told().toSorted()).toEqual([
      'desk-chief reminder',
      'desk-deputy reminder',
      'desk-spare reminder',
      'shelter reminder',
    ]);
  });

  test('about a declined message: its sender, and finally the supervisor on the other side', async () => {
    await open();
    const id = await sent();
    const decline = { message: id, officer: 'clerk', decision: 'declined', ground: 'not-competent' };
    expect((await all.focalPoint.post('acknowledgements', decline)).status).toBe(201);
    await all.wait(0);
    all.news();
    await all.wait(61);
    expect(told()).toEqual(['shelter reminder']);
    await all.wait(180);
    expect(told()).toContain('desk-chief reminder');
    const rungs = (await fetchClaims(all.shelter, id)).flatMap(({ reminder }) => reminder ?? []);
    expect(new Set(rungs.map((one) => one.act))).toEqual(new Set(['reassign']));
    expect(rungs.map((one) => one.rung)).toContain('supervisor:other');
  });
});

describe('reminders are never sent', () => {
  test.each([0, 1, 3, 5])('more often than the agreed %i', async (max) => {
    await open({ reminders: { max } });
    const id = await sent();
    all.news();
    for (let n = 0; n < 60; n += 1) await all.wait(7);
    const notices = all.news().filter((one) => /reminder|received/.test(one));
    expect(notices).toHaveLength(max);
    expect(await remindersOf(id)).toHaveLength(max);
  });

  test('in the quiet hours of their reader; immediate messages and evidence do not wait', async () => {
    const begun = Date.now();
    const clock = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString().slice(11, 16);
    const quiet = { from: clock(30), to: clock(310) };
    await open({
      calendars: { ID: { zone: 'UTC', quiet_hours: quiet } },
      clocks: { immediate: { acknowledge: 7_200, answer: 28_800 } },
    });
    await sent();
    await sent({ urgency: 'immediate' });
    all.news();
    await all.wait(60);
    expect(told()).toEqual(['desk-phone reminder']);
    await all.wait(245);
    const night = all.news().filter((one) => !/^shelter (?:Co|Sender)/.test(one));
    // For the immediate message every missed step; for the other one only what its sender waits for.
    expect(night.filter((one) => !one.startsWith('shelter')).toSorted()).toEqual(
      ['chief reminder', 'deputy received', 'phone reminder', 'spare received'].map((one) => `desk-${one}`),
    );
    expect(night.filter((one) => one === 'shelter AcceptanceRejectionExpiry')).toHaveLength(2);
    await all.wait(10);
    expect(told().toSorted()).toEqual(
      ['chief reminder', 'deputy received', 'phone reminder', 'spare received'].map((one) => `desk-${one}`),
    );
  });

  test('twice, if two processes look at the same time', async () => {
    await open();
    await sent();
    all.news();
    all.house.pass(3_600);
    const [first] = await claimEscalations(all.house.gateway, 10);
    await all.house.database.sql`update chase set due_at = now()`;
    const [second] = await claimEscalations(all.house.gateway, 10);
    expect([first, second]).toEqual([expect.any(Function), expect.any(Function)]);
    await Promise.all([first?.(), second?.()]);
    await all.house.drain();
    expect(told()).toEqual(['desk-phone reminder']);
  });
});

describe('one notice', () => {
  const listed = (): readonly unknown[] =>
    all.peer.received
      .map((one) => JSON.parse(one.body.toString()))
      .filter((one) => one.type === 'message.reminder')
      .map((one) => one.data.reminders.map((each: { id: string }) => each.id).toSorted());

  test('lists all acts that fall due for one person at once', async () => {
    await open();
    const ids = [await sent(), await sent(), await sent()].toSorted();
    await all.wait(61);
    expect(listed()).toEqual([ids]);
    expect(await remindersOf(ids[0] ?? '')).toEqual(['ConsignmentNotification half -']);
  });

  test('and acts that follow shortly after wait for the next', async () => {
    await open();
    const first = await sent();
    await all.wait(5);
    const second = await sent();
    await all.wait(3);
    const third = await sent();
    await all.wait(53);
    expect(listed()).toEqual([[first]]);
    await all.wait(9);
    expect(listed()).toEqual([[first]]);
    await all.wait(7);
    expect(listed()).toEqual([[first], [second, third].toSorted()]);
  });
});

describe('the addressee', () => {
  test('is whoever is on duty', async () => {
    await open();
    const always = { days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' };
    const roster = { weekly: [{ officer: 'deputy', ...always }] };
    await keepRoster(all.house.gateway, all.focalPoint.designation, roster);
    await sent();
    all.news();
    await all.wait(60);
    expect(told()).toEqual(['desk-deputy received']);
    await all.wait(60);
    expect(told()).toContain('desk-deputy reminder');
  });

  test('is reached by another endpoint of the same person if one is gone', async () => {
    await open();
    const id = await sent();
    all.peer.answer((response, { url }) => response.writeHead(url === '/desk-phone' ? 410 : 200).end());
    await all.wait(60);
    expect(told()).toContain('desk-spare reminder');
    expect(await remindersOf(id)).toEqual([
      'ConsignmentNotificationFailure half -',
      'ConsignmentNotification half -',
    ]);
  });

  test('that cannot be reached without an endpoint gives evidence, and the next step is taken', async () => {
    await open();
    await all.house.database.sql`update endpoint set enabled = false where address like '%chief'`;
    const id = await sent();
    await all.wait(241);
    expect(await remindersOf(id)).toContain('ConsignmentNotificationFailure supervisor chief');
    expect(all.house.lines.map((one) => one.event)).toContain('escalation.unreachable');
    expect(told()).toContain('shelter reminder');
  });
});

test('a thread is looked at when an act falls due, and not in between', async () => {
  await open();
  await sent();
  /** Minutes from acceptance to the next look. */
  const looks = async (): Promise<number> => {
    const [row] = await all.house.database.sql`
      select extract(epoch from c.due_at - m.accepted_at)::float as seconds from chase c join message m using (thread)`;
    return Number(row?.['seconds']) / 60;
  };
  expect(await looks()).toBe(60);
  all.house.pass(3_600);
  await all.house.drain();
  expect(await looks()).toBe(120);
});
