/**
 * A random walk over two gateways: partners write and answer, officers contradict each other, the links get faults,
 * time passes, processes die. The same seed plans the same walk; the timing of the machine is real.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '../../src/entry/chance.ts';
import { askUntilAnswered, type BroughtPost, type Correspondent, createInbox } from './correspondents.ts';
import { WEATHERS, type Weather } from './link.ts';
import type { ObservedMessage } from './observer.ts';
import { makeReportPost } from './story.ts';
import type { ProcessSide, TwoProcesses } from './two-processes.ts';

/** Seconds that may pass in one step. */
const SPANS = [7, 40, 150, 700, 4_000] as const;
/** Seconds until the message of a hurried sender expires. */
const HURRY = 1_800;
/** Milliseconds in which a process may die while a message is brought to it. */
const MOMENT = 60;
/** Messages of one walk: more of them test no more, and cost a look each at every step. */
const MOST = 10;

export interface RandomWalk {
  readonly sent: readonly ObservedMessage[];
  /** What was done, in words for whoever replays it. */
  readonly story: readonly string[];
  /** All that partners' servers were brought in this walk. */
  readonly brought: readonly BroughtPost[];
  /** Everybody writes, in good weather. */
  begin(): Promise<void>;
  step(): Promise<void>;
  /** Good weather, both gateways up, and every call that was begun has its answer. */
  heal(): Promise<void>;
  /** Has the first officer of each desk accept what was brought to it and nobody answered. @returns how many */
  answerAll(): Promise<number>;
  /** What partners' servers were brought since this was last asked. */
  fetch(): readonly BroughtPost[];
}

export function createRandomWalk(
  both: TwoProcesses,
  correspondents: readonly Correspondent[],
  random: () => number,
): RandomWalk {
  const sides: readonly ProcessSide[] = [both.kh, both.id];
  const nameOf = (side: ProcessSide): string => (side === both.kh ? 'KH' : 'ID');
  const drawn = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const sent: ObservedMessage[] = [];
  const story: string[] = [];
  const brought: BroughtPost[] = [];
  const answered = new Set<string>();
  const underWay: Promise<unknown>[] = [];
  const inbox = createInbox(both);

  /** Whoever heals the walk hears how it ended; nobody does where the walk has failed before. */
  const follow = (work: Promise<unknown>): void => {
    work.catch(() => {});
    underWay.push(work);
  };

  const fetchBrought = (): readonly BroughtPost[] => {
    const more = inbox();
    brought.push(...more);
    return more;
  };

  /** Begins to bring a message to its gateway; what is under way when that dies is brought again, as the same. */
  function write(from: Correspondent): void {
    const others = correspondents.filter((one) => one !== from);
    const far = drawn(others.filter((one) => one.side !== from.side));
    const to = random() < 0.6 ? [far] : [far, drawn(others.filter((one) => one !== far))];
    const seconds = Math.floor(from.side.house.gateway.now().getTime() / 1_000);
    const hurried = random() < 0.2;
    const over = hurried ? { expires_time: seconds + HURRY } : {};
    const body = makeReportPost(
      to.map((one) => one.slug),
      over,
    );
    const id = chance.newId();
    story.push(
      `${from.slug} ${hurried ? 'hurriedly ' : ''}writes to ${to.map((one) => one.slug).join(', ')}`,
    );
    const posting = askUntilAnswered('a receipt', () => from.partner.post('messages', body, { id }));
    follow(
      posting.then(async (answer) => {
        const text = await answer.text();
        // Whoever insists on what has expired meanwhile is told so.
        if (answer.status === 422 && hurried) return;
        if (answer.status !== 202 && answer.status !== 200)
          throw new Error(`a post was answered ${answer.status} ${text.slice(0, 300)}`);
        sent.push({ id: JSON.parse(text).id, from, to, hurried });
      }),
    );
  }

  /** Begins to bring an officer's word about a message that came to the desk. */
  function say(to: string, message: string, decision: 'accepted' | 'declined', officer: string): void {
    const focalPoint = correspondents.find((one) => one.slug === to);
    if (focalPoint === undefined) throw new Error('a message came to no desk');
    story.push(`${to} ${officer} says ${decision}`);
    answered.add(`${to} ${message}`);
    const ground = decision === 'declined' ? { ground: 'incomplete' } : {};
    const word = { message, decision, officer, ...ground };
    const saying = askUntilAnswered('a word to be taken', () =>
      focalPoint.partner.post('acknowledgements', word),
    );
    follow(
      saying.then((answer) => {
        if (answer.status !== 201 && answer.status !== 200)
          throw new Error(`a word was answered ${answer.status}`);
      }),
    );
  }

  const messagesBrought = (): readonly BroughtPost[] => brought.filter((one) => one.evidence === undefined);

  function answerOne(): void {
    const some = messagesBrought();
    if (some.length === 0) return;
    const { to, message } = drawn(some);
    const decision = random() < 0.75 ? 'accepted' : 'declined';
    say(to, message, decision, drawn(['o1', 'o2']));
    // Now and then two officers speak at once, and do not agree.
    if (random() < 0.25) say(to, message, decision === 'accepted' ? 'declined' : 'accepted', 'o2');
  }

  async function rise(): Promise<void> {
    const down = sides.filter((one) => !one.isUp());
    for (const side of down) story.push(`${nameOf(side)} is started`);
    await Promise.all(down.map((side) => side.start()));
  }

  /** The process dies over a message that is brought to it, and over whatever else it is at. */
  async function fall(): Promise<void> {
    await rise();
    const side = drawn(sides);
    write(drawn(correspondents.filter((one) => one.side === side)));
    await sleep(random() * MOMENT);
    story.push(`${nameOf(side)} is killed`);
    await side.kill();
  }

  function changeWeather(): void {
    const side = drawn(sides);
    const weather = drawn(Object.keys(WEATHERS) as Weather[]);
    story.push(`${weather} to ${nameOf(side)}`);
    side.link.set(weather);
  }

  async function letPass(): Promise<void> {
    const seconds = drawn(SPANS);
    story.push(`${seconds} s pass`);
    await both.pass(seconds);
  }

  async function act(): Promise<void> {
    const draw = random();
    const isDown = sides.some((one) => !one.isUp());
    if (isDown && draw < 0.4) return rise();
    if (draw < 0.3 && sent.length < MOST) return write(drawn(correspondents));
    if (draw < 0.5) return answerOne();
    if (draw < 0.7) return changeWeather();
    if (draw < 0.94 || isDown) return letPass();
    return fall();
  }

  async function heal(): Promise<void> {
    story.push('healed');
    await rise();
    for (const { link } of sides) link.set('clear');
    await Promise.all(underWay);
  }

  return {
    sent,
    story,
    brought,
    fetch: fetchBrought,
    begin: async () => {
      await heal();
      correspondents.forEach(write);
      await Promise.all(underWay);
    },
    step: async () => {
      fetchBrought();
      await act();
      await sleep(random() * MOMENT);
    },
    heal,
    answerAll: async () => {
      fetchBrought();
      const open = messagesBrought().filter(({ to, message }) => !answered.has(`${to} ${message}`));
      for (const { to, message } of open)
        if (!answered.has(`${to} ${message}`)) say(to, message, 'accepted', 'o1');
      await Promise.all(underWay);
      return open.length;
    },
  };
}
