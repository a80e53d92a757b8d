/** `amanat endpoint confirm`: confirms a waiting endpoint by the authority, where nobody of the focal point can confirm it. */
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

/** Tells the operator that the endpoint waits, and who can confirm it. */
export const WAITING_NOTICE =
  'It is not in use yet: its focal point must confirm it. The officers are notified and answer by Telegram or encrypted mail. The focal point’s own system answers by a signed call, unless the focal point holds its own keys. If nobody can answer: amanat endpoint confirm ID --draft FILE, for the authority to sign.';

/** Until when an endpoint waits for its confirmation, as a member of a command's answer. */
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
    .description('Confirm a waiting endpoint with a statement that the focal point’s authority signs')
    .argument('<id>', 'id of the endpoint, or at least its first 8 digits')
    .option('--draft <file>', 'write the statement for the authority to sign to a new file')
    .option('--statement <file>', 'import the statement that the authority signed')
    .addOption(
      makeFlag(
        '--as <cc>',
        'sign as this country’s authority, with its key in the home folder',
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
          `Next, on the machine with the authority’s key: amanat authority confirm-endpoint ${draft} --key … --out …`,
        ]),
  ]);
}
