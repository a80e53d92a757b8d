/** `amanat officer pin`: makes a start page where an officer sets a new PIN. Also tells the state of an officer's PIN. */
import type { Command } from 'commander';
import { findOfficer, type Officer } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { INVITATION_DAYS, inviteToSetPin, urlOfStartPage } from '../entry/enrolling/inviting.ts';
import { isPinOfOfficer } from '../flow/account/pin-check.ts';
import type { PinRow } from '../store/contracts/pins.ts';
import { completeFlags, type FlagQuestion } from './flags.ts';
import { linesOfInvitation } from './invitation.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface PinFlags {
  readonly focalPoint: string;
  readonly officer: string;
}

const QUESTIONS: readonly FlagQuestion[] = [
  { name: 'focalPoint', message: 'Slug of the officer’s focal point' },
  { name: 'officer', message: 'Id of the officer' },
];

/** @param command `pin`, with the flags that name an officer */
export const addOfficerPin = (command: Command): Command =>
  command
    .description(
      'Make a start page where an officer sets a PIN: a first one, or a new one for a forgotten or locked PIN',
    )
    .action((_flags, given) => pin(given));

async function pin(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<PinFlags>(command, terminal, QUESTIONS);
  const document = await withOpenedHome(terminal, async (opened) => {
    const { gateway } = opened;
    const { designation } = await findFocalPoint(opened, flags.focalPoint);
    const officer = findOfficer(designation, flags.officer);
    if (officer === undefined)
      throw new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id');
    const { focal_point: focalPoint, slug } = designation;
    const token = await inviteToSetPin(gateway, { focalPoint, officer: officer.id, lang: officer.lang });
    return {
      officer: officer.id,
      focal_point: slug,
      start_page: urlOfStartPage(gateway.url, token),
      good_for_days: INVITATION_DAYS,
    };
  });
  printAnswer(terminal, document, () => linesOfInvitation(document));
}

/** The state of an officer's PIN, from the kept PINs. */
export function stateOfPin(
  pins: readonly PinRow[],
  focalPoint: string,
  officer: Officer,
): 'set' | 'locked' | 'none' {
  const found = pins.find((one) => isPinOfOfficer(one, focalPoint, officer));
  if (found === undefined) return 'none';
  return found.lockedAt === undefined ? 'set' : 'locked';
}
