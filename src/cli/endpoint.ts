/** `amanat endpoint`: manages where a focal point is reached and what may be sent there. */
import { type Command, Option } from 'commander';
import { CHANNELS, SHOWN_CONTENT } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import { addEndpoint } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree } from '../entry/new-file.ts';
import { readAddress } from './address-flag.ts';
import { addEndpointActs } from './endpoint-acts.ts';
import { addEndpointConfirming, WAITING_NOTICE, waitOfEndpoint } from './endpoint-confirming.ts';
import { addEndpointReading } from './endpoint-reading.ts';
import { addEndpointSetting } from './endpoint-setting.ts';
import {
  checkEndpointFlags,
  type DecidedEndpoint,
  decideEndpoint,
  draftOfEndpoint,
  type EndpointFlags,
} from './endpoint-terms.ts';
import { writeOrShowSecret } from './files.ts';
import { completeFlags, type FlagQuestion, makeFlag, makeWholeNumberParser } from './flags.ts';
import {
  type InvitationDocument,
  inviteToTelegram,
  LINKING_NOTICE,
  linesOfInvitation,
} from './invitation.ts';
import { answerCertificateRequest, issueEndpointCertificate } from './mail-certificate.ts';
import { type OpenedHome, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, printRemark } from './output.ts';
import { readRecipientCertificate } from './recipient-flag.ts';
import { type Terminal, terminalOf } from './terminal.ts';

const QUESTIONS: readonly FlagQuestion[] = [
  { name: 'focalPoint', message: 'Slug of the focal point that gets the endpoint' },
  { name: 'channel', message: 'Channel' },
];

export function addEndpointCommand(program: Command): void {
  const group = program
    .command('endpoint')
    .description('Manage the endpoints at which focal points are reached');
  addEndpointReading(group);
  group
    .command('add')
    .description('Add an endpoint at which a focal point is reached')
    .option('--focal-point <slug>', 'the focal point')
    .addOption(new Option('--channel <channel>', 'channel of the endpoint').choices(CHANNELS))
    .option('--address <address>', 'URL or mail address; not for telegram, which gets a start page')
    .addOption(
      new Option('--shows <what>', 'what may be sent there (default: the most that is allowed)').choices(
        SHOWN_CONTENT,
      ),
    )
    .addOption(
      makeFlag('--rank <n>', 'rank; the lowest is used first', makeWholeNumberParser(1, 99)).default(1),
    )
    .addOption(new Option('--lang <lang>', 'language (default: the officer’s)').choices(LANGUAGES))
    .option('--officer <id>', 'id of the officer who reads there; email and telegram need one')
    .option(
      '--certificate <file>',
      'email: the recipient’s S/MIME certificate, PEM, followed by any intermediate CA certificates up to one in certs/',
    )
    .addOption(
      new Option(
        '--issue-certificate <file>',
        'email: issue a certificate with its key, and write both as PKCS#12 to a new file',
      ).conflicts('certificate'),
    )
    .option('--password-file <file>', 'email: file with the password for the PKCS#12 file, instead of asking')
    .addOption(
      new Option(
        '--sign-request <file>',
        'email: issue a certificate for the recipient’s certification request (PKCS#10, PEM); the key stays with the recipient',
      ).conflicts(['certificate', 'issueCertificate']),
    )
    .option('--certificate-out <file>', 'email: new file for the certificate that --sign-request issues')
    .option('--secret-out <file>', 'webhook: write the signing secret to a new file instead of showing it')
    .action((_flags, command) => add(command));
  addEndpointSetting(group);
  addEndpointActs(group);
  addEndpointConfirming(group);
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const first = await completeFlags<EndpointFlags>(command, terminal, QUESTIONS);
  const flags = await completeFlags<EndpointFlags>(command, terminal, furtherQuestions(first)).then(
    (more) => ({
      ...first,
      ...more,
    }),
  );
  checkEndpointFlags(flags);
  checkFileFree('--secret-out', flags.secretOut);
  const { document, channels } = await withOpenedHome(terminal, async (opened) => ({
    document: await addTo(terminal, opened, flags),
    channels: [...opened.gateway.adapters.keys()],
  }));
  printAnswer(terminal, document, () =>
    'start_page' in document
      ? [...linesOfInvitation(document as InvitationDocument), ...LINKING_NOTICE]
      : formatPairs(
          Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value ?? '–')]),
        ),
  );
  if ('waits_until' in document) printRemark(WAITING_NOTICE);
  if (!channels.includes(flags.channel))
    printRemark(
      `This gateway does not run ${flags.channel} yet: add it to AMANAT_CHANNELS with its secrets.`,
    );
}

const furtherQuestions = ({ channel }: EndpointFlags): readonly FlagQuestion[] => [
  ...(channel === 'telegram'
    ? []
    : [{ name: 'address', message: channel === 'email' ? 'Mail address' : 'URL' }]),
  ...(channel === 'webhook' ? [] : [{ name: 'officer', message: 'Id of the officer who reads there' }]),
];

function addTo(
  terminal: Terminal,
  opened: OpenedHome,
  flags: EndpointFlags,
): Promise<Record<string, unknown>> {
  const add = { telegram: addTelegram, email: addMail, webhook: addWebhook }[flags.channel];
  return decideEndpoint(opened, flags).then((settled) => add(terminal, opened, flags, settled));
}

const addTelegram = (
  _terminal: Terminal,
  opened: OpenedHome,
  flags: EndpointFlags,
  settled: DecidedEndpoint,
) => inviteToTelegram(opened, flags, settled);

async function addWebhook(
  _terminal: Terminal,
  opened: OpenedHome,
  flags: EndpointFlags,
  settled: DecidedEndpoint,
) {
  const address = await readAddress(opened, 'webhook', flags.address ?? '');
  const { endpoint, secret, publicKey } = await addEndpoint(
    opened.gateway,
    draftOfEndpoint(flags, settled, address),
  );
  const shown =
    secret === undefined ? {} : writeOrShowSecret('secret', secret, '--secret-out', flags.secretOut);
  const { id, shows, rank } = endpoint;
  return {
    endpoint: id,
    channel: 'webhook',
    shows,
    rank,
    ...waitOfEndpoint(endpoint),
    ...shown,
    public_key: publicKey,
  };
}

async function addMail(
  terminal: Terminal,
  opened: OpenedHome,
  flags: EndpointFlags,
  settled: DecidedEndpoint,
) {
  const address = await readAddress(opened, 'email', flags.address ?? '');
  const keep = async (certificate?: string) => {
    const draft = {
      ...draftOfEndpoint(flags, settled, address),
      ...present({ certificate }),
    };
    const { endpoint } = await addEndpoint(opened.gateway, draft);
    const { id, shows, rank } = endpoint;
    return { endpoint: id, channel: 'email', shows, rank, ...waitOfEndpoint(endpoint) };
  };
  if (flags.issueCertificate !== undefined)
    return issueEndpointCertificate(terminal, flags, { decided: settled, address, keep });
  if (flags.signRequest !== undefined)
    return answerCertificateRequest(terminal, flags, { decided: settled, address, keep });
  if (flags.certificate === undefined && settled.shows === 'packet')
    throw makeUsageFailure(
      'missing: --certificate, --sign-request or --issue-certificate',
      'A packet must be encrypted to the recipient’s certificate.',
    );
  const { country } = settled.designation;
  const owner = { address, country, home: opened.home.path, now: terminal.now() };
  return keep(await readRecipientCertificate(flags.certificate, owner));
}
