/** `amanat complaint`: lists evidence of other gateways that is not valid. It is not part of any case. */
import type { Command } from 'commander';
import { withOpenedHome } from './opened-home.ts';
import { formatTable, instantText, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

/** How many complaints are listed, newest first. */
const LISTED = 1_000;

export function addComplaint(program: Command): void {
  program
    .command('complaint')
    .description(
      'Show invalid evidence of other gateways; it is kept apart and answered with a signed complaint',
    )
    .command('list')
    .description('List the newest complaints; with --json also the evidence as the other gateway signed it')
    .action((_flags, command) => list(command));
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const found = await withOpenedHome(terminal, ({ gateway }) => gateway.store.messages.complaints(LISTED));
  const document = found.map(({ jws, at, ...one }) => ({
    ...one,
    at: at.toISOString(),
    signed: JSON.parse(jws) as unknown,
  }));
  printAnswer(terminal, { complaints: document }, () =>
    found.length === 0
      ? ['There are no complaints.']
      : formatTable(
          ['AT', 'GATEWAY', 'CODE', 'COMPLAINT'],
          document.map(({ at, gateway, code, evidence }) => [instantText(at), gateway, code, evidence]),
        ),
  );
}
