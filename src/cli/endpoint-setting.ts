/** `amanat endpoint set`: changing an endpoint where it is, its certificate and secret with overlap. */
import { type Command, Option } from 'commander';
import { readRecipient } from '../../adapters/email/recipient.ts';
import { type Endpoint, SHOWN_CONTENT, type Shows } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import {
  changeEndpoint,
  type EndpointChange,
  findEndpoint,
  renewEndpointSecret,
} from '../entry/enrolling/endpoints.ts';
import { OVERLAP_DAYS } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree } from '../entry/new-file.ts';
import { readAddress } from './address-flag.ts';
import { WAITING_NOTICE } from './endpoint-confirming.ts';
import { checkEndpointShows } from './endpoint-terms.ts';
import { writeOrShowSecret } from './files.ts';
import { makeFlag, makeWholeNumberParser } from './flags.ts';
import { findFocalPoint, type OpenedHome, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, printRemark } from './output.ts';
import { readRecipientCertificate } from './recipient-flag.ts';
import { terminalOf } from './terminal.ts';

interface SetFlags {
  readonly address?: string;
  readonly shows?: Shows;
  readonly rank?: number;
  readonly lang?: string;
  readonly certificate?: string;
  readonly secret?: true;
  readonly secretOut?: string;
  readonly overlapDays: number;
}

export function addEndpointSetting(group: Command): void {
  group
    .command('set')
    .description('Change an endpoint; a new certificate or secret overlaps with the old one')
    .argument('<id>', 'its id, or 8 digits or more of its beginning')
    .option('--address <address>', 'another URL or mail address in place of the old one')
    .addOption(new Option('--shows <what>', 'what may appear there').choices(SHOWN_CONTENT))
    .addOption(makeFlag('--rank <n>', 'lower is tried first', makeWholeNumberParser(1, 99)))
    .addOption(new Option('--lang <lang>', 'language').choices(LANGUAGES))
    .option('--certificate <file>', 'email: the new S/MIME certificate, PEM, then any CA’s that lead from it')
    .option('--secret', 'webhook: a new secret and key pair to sign calls with')
    .option('--secret-out <file>', 'webhook: write the new secret to a new file in place of showing it')
    .addOption(
      makeFlag(
        '--overlap-days <n>',
        'days that the old certificate or secret counts as well; 0 ends it now',
        makeWholeNumberParser(0, 90),
      ).default(OVERLAP_DAYS),
    )
    .action((id, _flags, command) => set(id, command));
}

async function set(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<SetFlags>();
  const { address, shows, rank, lang, certificate, secret, secretOut, overlapDays } = flags;
  const isRenewed = secret === true || secretOut !== undefined;
  if (!isRenewed && [address, shows, rank, lang, certificate].every((one) => one === undefined))
    throw makeUsageFailure('nothing to set', 'Give at least one flag that says what is to change.');
  checkFileFree('--secret-out', secretOut);
  const document = await withOpenedHome(terminal, async (opened) => {
    const endpoint = await findEndpoint(opened.gateway, id);
    checkFits(endpoint, flags, isRenewed);
    const change = await changeOf(opened, endpoint, flags);
    const isChanged = Object.keys(change).length > 0;
    const made = isChanged ? await changeEndpoint(opened.gateway, endpoint, change, overlapDays) : endpoint;
    const keys = isRenewed ? await renewEndpointSecret(opened.gateway, endpoint, overlapDays) : undefined;
    return {
      endpoint: endpoint.id,
      changed: [...Object.keys(change), ...(keys === undefined ? [] : ['secret'])],
      ...present({ waits_until: made.waiting?.until.toISOString() }),
      ...(keys === undefined
        ? {}
        : {
            ...writeOrShowSecret('secret', keys.secret, '--secret-out', secretOut),
            public_key: keys.publicKey,
          }),
      ...present({
        overlap_days: keys !== undefined || change.certificate !== undefined ? overlapDays : undefined,
      }),
    };
  });
  if ('waits_until' in document) printRemark(WAITING_NOTICE);
  printAnswer(terminal, document, () =>
    formatPairs(Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value)])),
  );
}

/** Flags of one channel mean nothing to another. */
function checkFits({ channel }: Endpoint, flags: SetFlags, isRenewed: boolean): void {
  if (isRenewed && channel !== 'webhook') throw makeUsageFailure('--secret: only a webhook has one');
  if (flags.certificate !== undefined && channel !== 'email')
    throw makeUsageFailure('--certificate: only a mailbox has one');
  if (flags.address !== undefined && channel === 'telegram')
    throw makeUsageFailure('--address: an account is linked by its officer; see "amanat officer link"');
}

async function changeOf(opened: OpenedHome, endpoint: Endpoint, flags: SetFlags): Promise<EndpointChange> {
  const { desk: focalPoint } = await findFocalPoint(opened, endpoint.focalPoint);
  const { shows, rank, lang } = flags;
  if (shows !== undefined) checkEndpointShows(focalPoint, endpoint.channel, shows);
  const address =
    flags.address === undefined
      ? undefined
      : await readAddress(opened, endpoint.channel === 'email' ? 'email' : 'webhook', flags.address);
  const owner = {
    address: address ?? endpoint.address,
    country: focalPoint.country,
    home: opened.home.path,
    now: opened.gateway.now(),
  };
  const certificate = await readRecipientCertificate(flags.certificate, owner);
  const used = certificate ?? endpoint.certificate;
  if (address !== undefined && used !== undefined && !readRecipient(used, address, owner.now))
    throw makeUsageFailure('missing: --certificate', 'The certificate that is kept names another mailbox.');
  if (endpoint.channel === 'email' && (shows ?? endpoint.shows) === 'packet' && used === undefined)
    throw makeUsageFailure('missing: --certificate', 'A packet is encrypted to the recipient’s certificate.');
  const change = { address, shows, rank, lang, certificate };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
