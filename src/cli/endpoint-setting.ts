/** `amanat endpoint set`: changes an endpoint in place; its old certificate or secret stays valid for an overlap. */
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
    .description(
      'Change an endpoint; after a new certificate or secret the old one stays valid for some days',
    )
    .argument('<id>', 'id of the endpoint, or at least its first 8 digits')
    .option('--address <address>', 'new URL or mail address')
    .addOption(new Option('--shows <what>', 'what may be sent there').choices(SHOWN_CONTENT))
    .addOption(makeFlag('--rank <n>', 'rank; the lowest is used first', makeWholeNumberParser(1, 99)))
    .addOption(new Option('--lang <lang>', 'language').choices(LANGUAGES))
    .option(
      '--certificate <file>',
      'email: the new S/MIME certificate, PEM, followed by any intermediate CA certificates',
    )
    .option('--secret', 'webhook: make a new secret and key pair that sign the calls')
    .option('--secret-out <file>', 'webhook: write the new secret to a new file instead of showing it')
    .addOption(
      makeFlag(
        '--overlap-days <n>',
        'days that the old certificate or secret stays valid; 0 ends it now',
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
    throw makeUsageFailure('nothing to set', 'Give at least one flag with a new value.');
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

/** Refuses flags of another channel. */
function checkFits({ channel }: Endpoint, flags: SetFlags, isRenewed: boolean): void {
  if (isRenewed && channel !== 'webhook')
    throw makeUsageFailure('--secret: only a webhook endpoint has a secret');
  if (flags.certificate !== undefined && channel !== 'email')
    throw makeUsageFailure('--certificate: only an email endpoint has a certificate');
  if (flags.address !== undefined && channel === 'telegram')
    throw makeUsageFailure('--address: the officer links the Telegram account; see "amanat officer link"');
}

async function changeOf(opened: OpenedHome, endpoint: Endpoint, flags: SetFlags): Promise<EndpointChange> {
  const { designation: focalPoint } = await findFocalPoint(opened, endpoint.focalPoint);
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
    throw makeUsageFailure(
      'missing: --certificate',
      'The certificate of this endpoint names another mailbox.',
    );
  if (endpoint.channel === 'email' && (shows ?? endpoint.shows) === 'packet' && used === undefined)
    throw makeUsageFailure(
      'missing: --certificate',
      'A packet must be encrypted to the recipient’s certificate.',
    );
  const change = { address, shows, rank, lang, certificate };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
