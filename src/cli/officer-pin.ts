/** `amanat officer pin`: a start page where an officer sets a new PIN, and how the PINs of officers are. */
import type { Command } from 'commander';
import { type Officer, officerOf } from '../domain/party/party.ts';
import { Refusal } from '../domain/words/error.ts';
import { CODE_DAYS, invitePin, startPageOf } from '../entry/enrolling/inviting.ts';
import { isPinFor } from '../flow/account/giving.ts';
import type { PinRow } from '../store/contracts/pins.ts';
import { complete, type Question } from './flags.ts';
import { startLines } from './invitation.ts';
import { focalPointOf, withOffice } from './office.ts';
import { answer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface PinFlags {
  readonly focalPoint: string;
  readonly officer: string;
}

const QUESTIONS: readonly Question[] = [
  { name: 'focalPoint', message: 'Whose officer? The slug of the focal point' },
  { name: 'officer', message: 'Which officer? The id' },
];

/** @param command `pin`, with the flags that name an officer */
export const addOfficerPin = (command: Command): Command =>
  command
    .description('Make a start page where an officer sets a PIN: the first, a forgotten or a locked one')
    .action((_flags, given) => pin(given));

async function pin(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<PinFlags>(command, terminal, QUESTIONS);
  const document = await withOffice(terminal, async (office) => {
    const { gateway } = office;
    const { desk } = await focalPointOf(office, flags.focalPoint);
    const officer = officerOf(desk, flags.officer);
    if (officer === undefined)
      throw new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id');
    const { focal_point: focalPoint, slug } = desk;
    const token = await invitePin(gateway, { focalPoint, officer: officer.id, lang: officer.lang });
    return {
      officer: officer.id,
      focal_point: slug,
      start_page: startPageOf(gateway.url, token),
      good_for_days: CODE_DAYS,
    };
  });
  answer(terminal, document, () => startLines(document));
}

/** How the PIN of an officer is, among those that are kept. */
export function pinState(
  pins: readonly PinRow[],
  focalPoint: string,
  officer: Officer,
): 'set' | 'locked' | 'none' {
  const found = pins.find((one) => isPinFor(one, focalPoint, officer));
  if (found === undefined) return 'none';
  return found.lockedAt === undefined ? 'set' : 'locked';
}
