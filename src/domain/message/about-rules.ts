/**
 * Answering: whether a message may be about the one that it names, from the messages of the thread as their
 * consignments tell of them. Both gateways judge by the same rules; neither needs to read what is sealed.
 */
import { Refusal } from '../words/error.ts';
import { LIMITS, type MessageName } from './message.ts';
import { type AboutRule, PROTOCOL } from './protocol.ts';

/** A message of a thread, as its consignment tells of it. */
export interface ConsignedMessage {
  readonly id: string;
  readonly type: MessageName;
  readonly from: string;
  /** All it was sent to. */
  readonly to: readonly string[];
  readonly about?: string | undefined;
  /** By its sender's clock. */
  readonly createdAt: Date;
}

/** A message that asks to be taken into the thread. */
export type IncomingMessage = Omit<ConsignedMessage, 'id'>;

/** What was taken back counts as never said. */
const standing = (thread: readonly ConsignedMessage[]): readonly ConsignedMessage[] => {
  const recalls = thread.filter((one) => one.type === 'recall');
  return thread.filter(
    (one) => !recalls.some((recall) => recall.about === one.id && recall.from === one.from),
  );
};

const isOnSide = (rule: AboutRule, known: ConsignedMessage, from: string): boolean => {
  if (rule.by === 'party') return true;
  return rule.by === 'originator' ? known.from === from : known.to.includes(from);
};

/** An answer goes back to whoever asked; what the originator puts right or takes back, to no stranger. */
const isAddressed = (rule: AboutRule, known: ConsignedMessage, to: readonly string[]): boolean => {
  if (rule.by === 'asked') return to.includes(known.from);
  return rule.by !== 'originator' || to.every((one) => known.to.includes(one));
};

/** Whether this desk has said already what ends the matter of the message for it. */
const isSettled = (
  thread: readonly ConsignedMessage[],
  rule: AboutRule,
  known: ConsignedMessage,
  from: string,
): boolean =>
  rule.effect !== 'notes' &&
  thread.some(
    (one) => one.about === known.id && one.from === from && PROTOCOL[one.type].about?.effect === 'settles',
  );

const wrongSide = (rule: AboutRule, name: MessageName): Refusal =>
  rule.by === 'originator'
    ? new Refusal('not-originator', `${name} is for whoever sent the message it is about`)
    : new Refusal('not-asked', `${name} is for those the message it is about was sent to`);

const misaddressed = (rule: AboutRule, name: MessageName): Refusal =>
  new Refusal(
    'misaddressed',
    rule.by === 'originator'
      ? `${name} goes only to recipients of the message it is about`
      : `${name} must go to the sender of the message it is about`,
  );

const answered = (name: MessageName): Refusal =>
  new Refusal('already-answered', `this focal point has answered that message; ${name} comes too late`);

/**
 * What holds of a message and the one that it is about whatever else was said, and in whatever order it came.
 * @throws Refusal `about-unknown`, `not-asked`, `not-originator`, `misaddressed`, `clock-skew`
 */
export function checkAboutRule(known: ConsignedMessage, coming: IncomingMessage): void {
  const rule = PROTOCOL[coming.type].about;
  if (rule === undefined || !rule.of.includes(known.type))
    throw new Refusal('about-unknown', `${coming.type} cannot be about ${known.type}`);
  if (!isOnSide(rule, known, coming.from)) throw wrongSide(rule, coming.type);
  if (!isAddressed(rule, known, coming.to)) throw misaddressed(rule, coming.type);
  if (coming.createdAt.getTime() < known.createdAt.getTime() - LIMITS.skew * 1_000)
    throw new Refusal('clock-skew', 'created_time is before that of the message it is about');
}

/**
 * Checks a message against those of its thread, all that the sender has sent and been sent there. What needs to be about
 * a message and names none is not judged here: {@link inferAbout} finds it.
 * @throws Refusal as {@link checkAboutRule}; `about-unknown` also where it is not there or was taken back, `already-answered`
 */
export function checkAboutThread(thread: readonly ConsignedMessage[], coming: IncomingMessage): void {
  const { about, from, type } = coming;
  if (about === undefined) return;
  const all = standing(thread);
  const known = thread.find((one) => one.id === about);
  if (known === undefined)
    throw new Refusal('about-unknown', 'about names no message of this thread that the sender has part in');
  checkAboutRule(known, coming);
  const rule = PROTOCOL[type].about;
  // A second recall names what was taken back; it comes too late rather than to nothing.
  if (rule !== undefined && isSettled(all, rule, known, from)) throw answered(type);
  if (!all.includes(known)) throw new Refusal('about-unknown', 'the message it is about was taken back');
}

/** An answer is to what asked for one, answered or not, before it is to what may be answered. Nothing else is guessed at. */
const likely = (rule: AboutRule, list: readonly ConsignedMessage[]): readonly ConsignedMessage[] => {
  const asking = list.filter((one) => PROTOCOL[one.type].asks !== 'acknowledge');
  return rule.by === 'asked' && rule.effect !== 'notes' && asking.length > 0 ? asking : list;
};

/**
 * What a message is about: what it names, else the one message of the thread that fits. Undefined where the type needs none.
 * @throws Refusal `nothing-to-answer`, `not-asked`, `not-originator`, `already-answered`, `misaddressed` where nothing
 *   fits, by what comes nearest; `about-required` where several do
 */
export function inferAbout(thread: readonly ConsignedMessage[], coming: IncomingMessage): string | undefined {
  const { from, to, type } = coming;
  const rule = PROTOCOL[type].about;
  if (coming.about !== undefined || rule?.needed !== true) return coming.about;
  const all = standing(thread);
  const narrow = (
    list: readonly ConsignedMessage[],
    fits: (one: ConsignedMessage) => boolean,
    none: Refusal,
  ): readonly ConsignedMessage[] => {
    const left = list.filter(fits);
    if (left.length === 0) throw none;
    return left;
  };
  const nothing = new Refusal('nothing-to-answer', `nothing in the thread that ${type} could be about`);
  const ofType = narrow(all, (one) => rule.of.includes(one.type), nothing);
  const onSide = narrow(ofType, (one) => isOnSide(rule, one, from), wrongSide(rule, type));
  const open = narrow(likely(rule, onSide), (one) => !isSettled(all, rule, one, from), answered(type));
  const [only, ...more] = narrow(open, (one) => isAddressed(rule, one, to), misaddressed(rule, type));
  if (more.length > 0)
    throw new Refusal('about-required', 'several messages of the thread fit: name one in about');
  return only?.id;
}
