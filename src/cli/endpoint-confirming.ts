/** `amanat endpoint confirm`: what waits for its desk, confirmed by the desk's authority where nobody of the desk can. */
import type { Command } from 'commander';
import type { Endpoint } from '../domain/party/channel.ts';
import { country } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { draftConfirmation } from '../entry/enrolling/confirming.ts';
import { findEndpoint } from '../entry/enrolling/endpoints.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { confirmByAuthority } from '../flow/endpoint/confirming.ts';
import { signStatement } from '../seal/statement.ts';
import { makeFlag, makeParser } from './flags.ts';
import { loadAuthorityKey, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
import { readStatementFile } from './statement-file.ts';
import { terminalOf } from './terminal.ts';

/** What an operator is told whose endpoint waits. */
export const WAITING_NOTICE =
  'It does not count yet: its desk has to confirm it. Its officers are told, and answer from Telegram or encrypted mail; its own system answers by a signed call, unless the desk holds its own keys. Where nobody can: amanat endpoint confirm ID --draft FILE, for the desk’s authority to sign.';

/** Until when an endpoint waits, as a command answers it. */
export const waitOfEndpoint = ({ waiting }: Endpoint): { readonly waits_until?: string } =>
  waiting === undefined ? {} : { waits_until: waiting.until.toISOString() };

interface ConfirmFlags {
  readonly statement?: string;
  readonly draft?: string;
  readonly as?: string;
}

export function addEndpointConfirming(group: Command): void {
  group
    .command('confirm')
    .description('Confirm an endpoint that waits for its desk, by a statement of the desk’s authority')
    .argument('<id>', 'its id, or 8 digits or more of its beginning')
    .option('--draft <file>', 'write what the authority is to sign to a new file')
    .option('--statement <file>', 'take the statement that the authority signed')
    .addOption(
      makeFlag(
        '--as <cc>',
        'sign as this country’s authority, by its key in the home folder',
        makeParser(country),
      ),
    )
    .action((id, _flags, command) => confirm(id, command));
}

async function confirm(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { statement: file, draft, as } = command.opts<ConfirmFlags>();
  if ([file, draft, as].filter((one) => one !== undefined).length !== 1)
    throw makeUsageFailure('give one of --draft, --statement and --as');
  checkFileFree('--draft', draft);
  const signed = file === undefined ? undefined : await readStatementFile('endpoint', file);
  if (signed !== undefined && signed.statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: the authority has not signed it');
  const document = await withOpenedHome(terminal, async ({ gateway }) => {
    const endpoint = await findEndpoint(gateway, id);
    if (draft !== undefined) {
      const claims = await draftConfirmation(gateway, endpoint);
      writeNewFile('--draft', draft, `${JSON.stringify(claims, null, 2)}\n`, false);
      return { endpoint: endpoint.id, confirmed: false, draft };
    }
    const jws =
      signed?.statement ??
      (await signStatement('endpoint', await draftConfirmation(gateway, endpoint), [
        await loadAuthorityKey(terminal.home, as ?? ''),
      ]));
    const made = await confirmByAuthority(gateway, endpoint, jws);
    return { endpoint: made.id, confirmed: true };
  });
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(document).map(([name, value]) => [name, String(value)])),
    ...(draft === undefined
      ? []
      : [
          '',
          `Next, where the authority’s key is: amanat authority confirm-endpoint ${draft} --key … --out …`,
        ]),
  ]);
}
