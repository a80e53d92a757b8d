/**
 * Purging deletes a message's content at this gateway. The gateway signs that it did, and names the copies
 * out of its reach. Each recipient homed here gets its own evidence. The sender's home signs one more,
 * without a recipient, for its own copies: they tell nothing about copies at other gateways.
 */
import { advanceDelivery, type Delivery } from '../../domain/carriage/delivery.ts';
import { unpurgedCopiesOf } from '../../domain/carriage/unpurged-copies.ts';
import type { PurgeCause, PurgeClaim, PurgedPart } from '../../domain/message/purging.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import type { HeldContent, PurgeChange } from '../../store/contracts/content.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation, readDirectory } from '../directory/directory.ts';
import { issueEvidence, nameStatements, stepAbout } from '../evidence/issue.ts';
import { tellSender } from '../evidence/tell.ts';

/** Why content is deleted: this recall, or the end of its retention period. */
type PurgeReason =
  | { readonly cause: 'retention' }
  | {
      readonly cause: 'recall';
      readonly recall: MessageRow;
      /** True if the recall was carried out before the message arrived. */
      readonly isLate?: boolean;
    };

interface Purging {
  readonly gateway: Naming;
  readonly directory: Directory;
  readonly at: Date;
  readonly cause: PurgeReason;
}

/**
 * Purges one message, once. If it was recalled, its deliveries stop, and what was shown of it is revised.
 * @returns whether this call did anything
 */
export async function purgeContent(gateway: Issuing, message: string, cause: PurgeReason): Promise<boolean> {
  const view = await gateway.store.messages.readMessage(message);
  const recall = cause.cause === 'recall' ? cause.recall : undefined;
  const parties = [view?.message, recall].flatMap((one) => (one ? [one.sender, ...one.addressees] : []));
  const directory = await readDirectory(gateway, [...new Set(parties)]);
  const at = gateway.now();
  const going: Purging = { gateway, directory, at, cause };
  const isOpen = recall !== undefined && cause.cause === 'recall' && cause.isLate !== true;
  const done = await gateway.store.content.purge(
    { message, ...present({ recall: isOpen ? recall.id : undefined }) },
    async (held) => {
      if (held === undefined) return planEmptyPurge(going, message);
      // A recall may arrive before its message. Only the originator's recall is valid, so its sender is
      // compared now.
      const isOthers = recall !== undefined && recall.sender !== held.message.sender;
      return isOthers ? undefined : planPurge(going, held);
    },
    at,
  );
  if (done) gateway.log.info('content.purged', { message, cause: cause.cause });
  return done;
}

const isHere = ({ gateway, directory }: Purging, did: string): boolean =>
  findDesignation(directory, did)?.gateway === gateway.did;

async function planPurge(going: Purging, held: HeldContent): Promise<PurgeChange> {
  const { gateway, directory, at, cause } = going;
  const { message, recipients } = held;
  const ofRecipients = await Promise.all(
    recipients
      .filter(({ to }) => isHere(going, to))
      .map((recipient) =>
        issueEvidence(gateway, {
          ...stepAbout(directory, message, recipient),
          event: 'ContentPurge',
          purge: claimOf(going, held, recipient.to),
          at,
        }),
      ),
  );
  const ofSender = isHere(going, message.sender) ? [await issueOriginPurge(going, held)] : [];
  const isRecall = cause.cause === 'recall';
  return {
    evidence: [...ofRecipients, ...ofSender],
    deliveries: isRecall ? stopped(held.deliveries, at) : [],
    // After a recall the sender waits for this evidence. Nobody waits for the end of retention: both sides
    // know it by the agreement.
    created: isRecall ? tellSender(gateway, directory, { message, evidence: ofRecipients, at }) : [],
  };
}

const stopped = (deliveries: readonly Delivery[], at: Date): readonly Delivery[] =>
  deliveries.map((one) => advanceDelivery(one, { kind: 'recalled' }, at).delivery);

/** The evidence about the copies at the sender's home. */
const issueOriginPurge = (going: Purging, held: HeldContent): Promise<EvidenceRow> => {
  const { gateway, directory, at } = going;
  const { message, recipients } = held;
  return issueEvidence(gateway, {
    rests_on: nameStatements(recipients, [findDesignation(directory, message.sender)]),
    event: 'ContentPurge',
    consignment: message.id,
    thid: message.thread,
    sender: message.sender,
    digest: message.digest,
    purge: claimOf(going, held),
    at,
  });
};

function claimOf({ cause, at }: Purging, held: HeldContent, to?: string): PurgeClaim {
  const { message, parties, deliveries } = held;
  const isOwn = (party: string): boolean => party === message.sender;
  const holds: Readonly<Record<PurgedPart, boolean>> = {
    'sealed-message': parties.some((one) => (to === undefined ? !isOwn(one) : one === to)),
    'own-copy': to === undefined && parties.some(isOwn),
    consignment: held.consignment,
  };
  return claim(cause, {
    gone: (Object.keys(holds) as PurgedPart[]).filter((one) => holds[one]),
    unpurged: unpurgedCopiesOf(deliveries, at).filter((one) => to === undefined || one.to === to),
  });
}

const claim = (cause: PurgeReason, what: Pick<PurgeClaim, 'gone' | 'unpurged'>): PurgeClaim => ({
  cause: cause.cause satisfies PurgeCause,
  ...present({ recall: cause.cause === 'recall' ? cause.recall.id : undefined }),
  ...what,
});

/**
 * A recall of a message that never arrived. Its sender waits for evidence, so that is signed too. It is kept
 * with the recall, since the message has no row.
 */
async function planEmptyPurge(going: Purging, message: string): Promise<PurgeChange> {
  const { gateway, directory, at, cause } = going;
  if (cause.cause !== 'recall') return { evidence: [], deliveries: [], created: [] };
  const { recall } = cause;
  const evidence = await Promise.all(
    recall.addressees
      .filter((to) => isHere(going, to))
      .map(async (recipient) => {
        const row = await issueEvidence(gateway, {
          rests_on: nameStatements(
            [],
            [findDesignation(directory, recall.sender), findDesignation(directory, recipient)],
          ),
          event: 'ContentPurge',
          consignment: message,
          thid: recall.thread,
          sender: recall.sender,
          recipient,
          purge: claim(cause, { gone: [], unpurged: [] }),
          at,
        });
        return { ...row, message: recall.id };
      }),
  );
  return {
    evidence,
    deliveries: [],
    created: tellSender(gateway, directory, { message: recall, evidence, at }),
  };
}
