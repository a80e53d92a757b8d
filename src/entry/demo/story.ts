/** The story: three stranded people, from the first report to the closing of the case. */
import { chance } from '../chance.ts';
import { acknowledge, linkAccount, type Scene } from './acts.ts';
import { CAST, type Role, type SystemRole } from './cast.ts';
import type { Receipt, Status } from './partner.ts';
import { ANSWER, CLOSURE, type Line, QUESTION, REPORT, TIP } from './script.ts';
import { until } from './until.ts';

/** One message that was sent, and what became of it. */
export interface Sent {
  readonly from: SystemRole;
  readonly to: readonly Role[];
  readonly id: string;
  readonly status: Status;
}

interface Step {
  readonly chapter: string;
  readonly from: SystemRole;
  readonly to: readonly Role[];
  readonly line: Line;
  readonly says: string;
}

const STEPS: readonly Step[] = [
  {
    chapter: 'A shelter in Phnom Penh reports three stranded Indonesian citizens',
    from: 'shelter',
    to: ['attache', 'desk', 'post'],
    line: REPORT,
    says: 'posts a report about three people',
  },
  {
    chapter: 'The shelter tells the police, whose keys only the police has',
    from: 'shelter',
    to: ['police'],
    line: TIP,
    says: 'writes to the police',
  },
  {
    chapter: 'The police seals for itself and asks who they are',
    from: 'police',
    to: ['immigration', 'attache'],
    line: QUESTION,
    says: 'seals a nationality-verification request and posts the consignment',
  },
  {
    chapter: 'Jakarta answers',
    from: 'immigration',
    to: ['police', 'shelter'],
    line: ANSWER,
    says: 'replies: nationality confirmed',
  },
  {
    chapter: 'The case is closed',
    from: 'shelter',
    to: ['attache', 'desk', 'post', 'police', 'immigration'],
    line: CLOSURE,
    says: 'closes the thread',
  },
];

/** Plays the story to its end: every message acknowledged by everyone it was sent to. */
export async function play(scene: Scene): Promise<readonly Sent[]> {
  scene.timeline.chapter('Two officers link their Telegram accounts');
  await Promise.all([linkAccount(scene, 'desk'), linkAccount(scene, 'post')]);
  const sent: (Step & { readonly id: string })[] = [];
  let thread: string | undefined;
  for (const step of STEPS) {
    scene.timeline.chapter(step.chapter);
    const receipt = await send(scene, step, thread);
    thread = receipt.thid;
    await Promise.all(step.to.map((role) => acknowledge(scene, role, receipt.id)));
    await told(scene, step, receipt.id);
    sent.push({ ...step, id: receipt.id });
  }
  return Promise.all(sent.map(async (one) => ({ ...one, status: await settledStatus(scene, one, one.id) })));
}

async function send(
  { setting, timeline }: Scene,
  { from, to, line, says }: Step,
  thread: string | undefined,
): Promise<Receipt> {
  const key = chance.newId();
  const recipients = to.map((role) => CAST[role].slug);
  const receipt = await setting.partners[from].post(
    { ...line, to: recipients, ...(thread === undefined ? {} : { thid: thread }) },
    key,
  );
  timeline.tell({ place: 'webhook', who: CAST[from].name, what: says, message: receipt.id });
  timeline.tell({
    place: 'gateway',
    who: 'Amanat',
    what: 'accepts it and signs the receipt',
    message: receipt.id,
  });
  return receipt;
}

/** The sender is told of every acknowledgement, in its own system, without asking. */
async function told({ setting, signal }: Scene, { from, to }: Step, message: string): Promise<void> {
  const { inbox } = setting.partners[from];
  await until(
    'the sender to be told of every acknowledgement',
    () => {
      const words = inbox.evidence.filter(
        (one) => one.consignment === message && one.event === 'ConsignmentAcceptance',
      );
      return new Set(words.map((one) => one.recipient)).size === to.length ? true : undefined;
    },
    signal,
  );
}

/** What the gateway says of the message once all is acknowledged. */
const settledStatus = ({ setting, signal }: Scene, { from }: Step, id: string): Promise<Status> =>
  until(
    'the message to be acknowledged by all',
    async () => {
      const status = await setting.partners[from].status(id);
      return status.state === 'acknowledged' ? status : undefined;
    },
    signal,
  );
