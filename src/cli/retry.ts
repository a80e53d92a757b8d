/** `amanat retry`: what waits is sent at once, and what failed again, once its cause is mended. */
import type { Command } from 'commander';
import { hexId } from '../domain/message/message.ts';
import { resendMessage } from '../flow/carry/resending.ts';
import { makeOperatorAct } from '../flow/operator/operator-act.ts';
import { makeParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatTable, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addRetry(program: Command): void {
  program
    .command('retry')
    .description(
      'Send now what waits of a message, and again what failed, once its cause is mended; the gateway that serves does it',
    )
    .argument('<id>', 'id of the message', makeParser(hexId))
    .option(
      '--to <recipient>',
      'only to this recipient, by slug or DID; to all to whom it waits or failed where left out',
    )
    .action((id, _flags, command) => retry(id, command));
}

async function retry(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { to } = command.opts<{ readonly to?: string }>();
  const again = await withOpenedHome(terminal, async ({ gateway }) => {
    const sent = await resendMessage(gateway, id, to);
    await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act: 'message.retried', subject: id }));
    return sent;
  });
  printAnswer(terminal, { message: id, again }, () =>
    formatTable(
      ['DUE NOW TO', 'BY'],
      again.map((one) => [one.slug, one.channels.join(', ')]),
    ),
  );
}
