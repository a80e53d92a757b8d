/**
 * Drills. A drill goes all the way to an officer's acknowledgement, and comes back to its sender, so that an
 * officer on each side has acknowledged. It is carried like any message, but its type shows on every surface
 * that it is a drill.
 */

import type { Submission } from '../../domain/message/submission.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Language, Urgency } from '../../domain/words/vocabulary.ts';
import type { Posting } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { openForParty } from '../content/opening.ts';
import { findDesignation, findHomedDesignation, readDirectory } from '../directory/directory.ts';
import { acceptSubmission, type SubmissionArrival } from '../intake/assisted.ts';
import type { AcceptedMessage } from '../intake/receipt.ts';

/** A drill to start. */
export interface DrillWanted {
  /** A focal point homed here whose keys are in custody here, by slug or DID. */
  readonly from: string;
  /** Any focal point to which an agreement lets it send drills, by slug or DID. */
  readonly to: string;
  /** The name of the exercise; shown to officers. */
  readonly name: string;
  readonly urgency: Urgency;
}

/** The text is in the language of the focal point that reads it. */
const langOf = (designation: Designation | undefined): Language => designation?.officers[0]?.lang ?? 'en';

/**
 * Sends a drill from one focal point to another.
 * @throws Refusal as `acceptSubmission`; `unknown-sender`, `unknown-recipient`
 */
export async function startDrill(gateway: Posting, wanted: DrillWanted): Promise<AcceptedMessage> {
  const directory = await readDirectory(gateway, [wanted.from, wanted.to]);
  const from = findHomedDesignation(directory, wanted.from);
  const to = findDesignation(directory, wanted.to);
  if (from === undefined) throw new Refusal('unknown-sender', 'no focal point homed here has this name');
  if (to === undefined) throw new Refusal('unknown-recipient', 'no focal point has this name');
  const lang = langOf(to);
  const submission: Submission = {
    to: [to.focal_point],
    type: 'drill',
    urgency: wanted.urgency,
    handling: 'H0',
    lang,
    body: { exercise: wanted.name, text: gateway.translate(lang, 'drill-text') },
  };
  const key = gateway.newId();
  const digest = digestOf(JSON.stringify(submission));
  const arrival = { kind: 'submission', focalPoint: from.focal_point, key, digest, submission } as const;
  return acceptSubmission(gateway, arrival, 'gateway');
}

/**
 * Sends a drill back to its sender after an officer has acknowledged it. It is sent once, however often this
 * is called: the submission key is derived from the drill. A focal point that holds its own keys sends it
 * back itself. A refusal is logged and not thrown: the acknowledgement is valid all the same.
 */
export async function returnDrill(gateway: Posting, drill: MessageRow, by: string): Promise<void> {
  if (drill.type !== 'drill' || drill.about !== undefined) return;
  try {
    const directory = await readDirectory(gateway, [by, drill.sender]);
    if (findHomedDesignation(directory, by)?.custody !== 'gateway') return;
    const opened = await openForParty(gateway, drill, by);
    const lang = langOf(findDesignation(directory, drill.sender));
    const arrival: SubmissionArrival = {
      kind: 'submission',
      focalPoint: by,
      key: `drill-return:${drill.id}`,
      digest: drill.digest,
      submission: {
        to: [drill.sender],
        type: 'drill',
        urgency: drill.urgency,
        handling: 'H0',
        lang,
        thid: drill.thread,
        about: drill.id,
        body: {
          exercise: String(opened?.message.body['exercise'] ?? ''),
          text: gateway.translate(lang, 'drill-return-text'),
        },
      },
    };
    await acceptSubmission(gateway, arrival, 'gateway');
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    gateway.log.warn('drill.not-returned', { message: drill.id, code: fault.code });
  }
}
