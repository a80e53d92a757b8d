/**
 * Rules for `about`: whether a message may refer to the message that it names. They use only the consignments of
 * the thread, so both gateways decide the same and neither reads sealed content.
 */
import { Refusal } from '../words/error.ts';
import { LIMITS, type MessageName } from './message.ts';
import { type AboutRule, PROTOCOL } from './protocol.ts';

/** A message of a thread, as far as its consignment describes it. */
export interface ConsignedMessage {
  readonly id: string;
  readonly type: MessageName;
  readonly from: string;
  /** All its recipients. */
  readonly to: readonly string[];
  readonly about?: string | undefined;
  /** By its sender's clock. */
  readonly createdAt: Date;
}

/** A message that is being added to a thread. */
export type IncomingMessage = Omit<ConsignedMessage, 'id'>;

/** The messages of a thread without recalled ones. */
const withoutRecalled = (thread: readonly ConsignedMessage[]): readonly ConsignedMessage[] => {
  const recalls = thread.filter((one) => one.type === 'recall');
  return thread.filter(
    (one) => !recalls.some((recall) => recall.about === one.id && recall.from === one.from),
  );
};

const isOnSide = (rule: AboutRule, known: ConsignedMessage, from: string): boolean => {
  if (rule.by === 'party') return true;
  return rule.by === 'originator' ? known.from === from : known.to.includes(from);
};

/**
 * An answer must go to the sender of the message that it answers. A correction or a recall goes only to recipients
 * of that message.
 */
const isAddressed = (rule: AboutRule, known: ConsignedMessage, to: readonly string[]): boolean => {
  if (rule.by === 'asked') return to.includes(known.from);
  return rule.by !== 'originator' || to.every((one) => known.to.includes(one));
};

/** Whether this focal point has already sent what completes the message for it. */
const isCompleted = (
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
    ? new Refusal('not-originator', `only the sender of the message may send ${name} about it`)
    : new Refusal('not-asked', `only a recipient of the message may send ${name} about it`);

const misaddressed = (rule: AboutRule, name: MessageName): Refusal =>
  new Refusal(
    'misaddressed',
    rule.by === 'originator'
      ? `${name} must go only to recipients of the message it is about`
      : `${name} must go to the sender of the message it is about`,
  );

const answered = (name: MessageName): Refusal =>
  new Refusal('already-answered', `this focal point has answered that message already; ${name} is too late`);

/**
 * Checks that hold for a message and the one it is about, whatever else the thread contains and in whatever order
 * it arrived.
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
 * Checks a message against all messages that its sender sent or received in the thread. A message that needs
 * `about` and has none passes here; {@link inferAbout} finds its subject.
 * @throws Refusal as {@link checkAboutRule}; `about-unknown` also if the subject is missing or recalled,
 * `already-answered`
 */
export function checkAboutThread(thread: readonly ConsignedMessage[], coming: IncomingMessage): void {
  const { about, from, type } = coming;
  if (about === undefined) return;
  const all = withoutRecalled(thread);
  const known = thread.find((one) => one.id === about);
  if (known === undefined)
    throw new Refusal(
      'about-unknown',
      'about names no message that the sender sent or received in this thread',
    );
  checkAboutRule(known, coming);
  const rule = PROTOCOL[type].about;
  // A second recall names a recalled message: it is refused as too late, not as unknown.
  if (rule !== undefined && isCompleted(all, rule, known, from)) throw answered(type);
  if (!all.includes(known)) throw new Refusal('about-unknown', 'the message it is about was recalled');
}

/**
 * For an answer, prefers messages that ask for one, answered or not, to messages that only allow one. No other type
 * is guessed.
 */
const likely = (rule: AboutRule, list: readonly ConsignedMessage[]): readonly ConsignedMessage[] => {
  const asking = list.filter((one) => PROTOCOL[one.type].asks !== 'acknowledge');
  return rule.by === 'asked' && rule.effect !== 'notes' && asking.length > 0 ? asking : list;
};

/**
 * Finds the message that this one is about: the one it names, else the only message of the thread that fits.
 * Undefined if the type needs none.
 * @throws Refusal `nothing-to-answer`, `not-asked`, `not-originator`, `already-answered`, `misaddressed` if nothing
 * fits, by the nearest candidate; `about-required` if several fit
 */
export function inferAbout(thread: readonly ConsignedMessage[], coming: IncomingMessage): string | undefined {
  const { from, to, type } = coming;
  const rule = PROTOCOL[type].about;
  if (coming.about !== undefined || rule?.needed !== true) return coming.about;
  const all = withoutRecalled(thread);
  const narrow = (
    list: readonly ConsignedMessage[],
    fits: (one: ConsignedMessage) => boolean,
    none: Refusal,
  ): readonly ConsignedMessage[] => {
    const left = list.filter(fits);
    if (left.length === 0) throw none;
    return left;
  };
  const nothing = new Refusal('nothing-to-answer', `the thread has no message that ${type} can be about`);
  const ofType = narrow(all, (one) => rule.of.includes(one.type), nothing);
  const onSide = narrow(ofType, (one) => isOnSide(rule, one, from), wrongSide(rule, type));
  const open = narrow(likely(rule, onSide), (one) => !isCompleted(all, rule, one, from), answered(type));
  const [only, ...more] = narrow(open, (one) => isAddressed(rule, one, to), misaddressed(rule, type));
  if (more.length > 0)
    throw new Refusal('about-required', 'several messages of the thread fit: name one in about');
  return only?.id;
}
