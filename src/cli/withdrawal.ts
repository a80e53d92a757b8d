/** `amanat keys withdraw`, and `amanat withdrawal` for an authority whose key is on another machine. */
import type { Command } from 'commander';
import type { Withdrawal } from '../domain/party/in-force.ts';
import { Refusal } from '../domain/words/error.ts';
import { hasAuthority } from '../entry/home/home.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { draftWithdrawal, keepWithdrawal } from '../flow/statements/withdrawing.ts';
import { signStatement } from '../seal/statement.ts';
import { askYes, completeFlags } from './flags.ts';
import { checkCanSign, checkOwnFocalPoint } from './keys-rotate.ts';
import { findFocalPoint, loadAuthorityKey, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
import { readStatementFile } from './statement-file.ts';
import { addStatementShow, type EndProgram } from './statement-show.ts';
import { addStatementSign } from './statement-sign.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface WithdrawFlags {
  readonly focalPoint: string;
  readonly as: string;
  readonly reason: Withdrawal['reason'];
  readonly out?: string;
  readonly yes?: true;
}

export function addWithdrawal(program: Command, end: EndProgram): void {
  const group = program
    .command('withdrawal')
    .description(
      'Withdraw a designation in steps: show and sign the draft where the authority’s key is, import it at a gateway',
    );
  addStatementSign(group, 'withdrawal', {
    refusal: 'only the authority of the focal point’s country can sign its withdrawal',
    question: ({ slug }) => `Withdraw ${slug} at once? This cannot be undone.`,
    shown: ({ focal_point: did }) => ({ did }),
    next: (file) => `at a gateway, which informs the others: amanat withdrawal import ${file}`,
  });
  addStatementShow(group, 'withdrawal', end);
  group
    .command('import <file>')
    .description(
      'Verify a signed withdrawal and keep it: it is in force at once, and the gateway informs every connected gateway',
    )
    .action((file, _flags, command) => importFile(file, command));
}

/** Runs `amanat keys withdraw`. */
export async function withdrawKeys(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<WithdrawFlags>(command, terminal, [
    { name: 'focalPoint', message: 'Slug of the focal point' },
    { name: 'as', message: 'Country whose authority signs', placeholder: 'ID' },
    { name: 'reason', message: 'Why?' },
  ]);
  const { as, out } = flags;
  checkFileFree('--out', out);
  checkCanSign(terminal, as, out);
  const { claims, isKept } = await withOpenedHome(terminal, async (opened) => {
    const { designation: focalPoint } = await findFocalPoint(opened, flags.focalPoint);
    checkOwnFocalPoint(focalPoint, as);
    const drafted = await draftWithdrawal(opened.gateway, focalPoint, flags.reason);
    if (!hasAuthority(terminal.home, as)) {
      if (out !== undefined) writeNewFile('--out', out, `${JSON.stringify(drafted, null, 2)}\n`, false);
      return { claims: drafted, isKept: false };
    }
    if (terminal.interactive && !flags.yes)
      await askYes(`Withdraw ${focalPoint.slug} at once? This cannot be undone.`);
    const signed = await signStatement('withdrawal', drafted, [await loadAuthorityKey(terminal.home, as)]);
    await keepWithdrawal(opened.gateway, signed);
    if (out !== undefined) writeNewFile('--out', out, `${JSON.stringify(signed)}\n`, false);
    return { claims: drafted, isKept: true };
  });
  report(terminal, claims, { isKept, out });
}

interface Result {
  readonly isKept: boolean;
  readonly out: string | undefined;
}

function report(terminal: Terminal, claims: Withdrawal, { isKept, out }: Result): void {
  const { focal_point: did, slug, reason, from } = claims;
  const document = { did, slug, reason, from, kept: isKept, out: out ?? null };
  printAnswer(terminal, document, () => [
    ...formatPairs([
      ['withdrawn', did],
      ['reason', reason],
      ['from', from],
      ['kept', isKept ? 'yes: it can no longer send or receive messages' : 'no: its authority must sign'],
      ...(out === undefined ? [] : [['written to', out] as const]),
    ]),
    '',
    isKept
      ? 'The running gateway informs every connected gateway. At any other gateway: amanat withdrawal import FILE'
      : `Next, on the machine with the authority’s key: amanat withdrawal sign ${out ?? ''} --key … --out …`,
  ]);
}

async function importFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { statement } = await readStatementFile('withdrawal', file);
  if (statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: its authority has not signed it');
  const kept = await withOpenedHome(terminal, ({ gateway }) => keepWithdrawal(gateway, statement));
  report(terminal, kept.withdrawal, { isKept: true, out: undefined });
}
