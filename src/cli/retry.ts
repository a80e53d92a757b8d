/** `amanat retry`: sends waiting deliveries at once, and failed ones again after their cause is fixed. */
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
      'Have the running gateway send the waiting deliveries of a message now, and retry the failed ones after their cause is fixed',
    )
    .argument('<id>', 'id of the message', makeParser(hexId))
    .option(
      '--to <recipient>',
      'only to this recipient, slug or DID (default: every recipient with a waiting or failed delivery)',
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
