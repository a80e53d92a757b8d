/** `amanat endpoint`: where a focal point is reached, and what may appear there. */
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
  { name: 'focalPoint', message: 'Whose endpoint? The slug of the focal point' },
  { name: 'channel', message: 'By which channel?' },
];

export function addEndpointCommand(program: Command): void {
  const group = program.command('endpoint').description('Where focal points are reached');
  addEndpointReading(group);
  group
    .command('add')
    .description('Add a way by which a focal point is reached')
    .option('--focal-point <slug>', 'whose endpoint')
    .addOption(new Option('--channel <channel>', 'how it is reached').choices(CHANNELS))
    .option('--address <address>', 'URL or mail address; telegram gets a start page in its place')
    .addOption(
      new Option('--shows <what>', 'what may appear there; the most that fits where left out').choices(
        SHOWN_CONTENT,
      ),
    )
    .addOption(makeFlag('--rank <n>', 'lower is tried first', makeWholeNumberParser(1, 99)).default(1))
    .addOption(new Option('--lang <lang>', 'language; the officer’s where left out').choices(LANGUAGES))
    .option('--officer <id>', 'the officer who reads there, by id; email and telegram need one')
    .option(
      '--certificate <file>',
      'email: the recipient’s S/MIME certificate, PEM, then any CA’s between it and one in certs/',
    )
    .addOption(
      new Option(
        '--issue-certificate <file>',
        'email: issue one, written as PKCS#12 to a new file',
      ).conflicts('certificate'),
    )
    .option('--password-file <file>', 'email: the password for that file, in place of asking')
    .addOption(
      new Option(
        '--sign-request <file>',
        'email: answer the recipient’s certification request (PKCS#10, PEM), whose key stays with them',
      ).conflicts(['certificate', 'issueCertificate']),
    )
    .option('--certificate-out <file>', 'email: the new file for the certificate that answers the request')
    .option('--secret-out <file>', 'webhook: write the signing secret to a new file in place of showing it')
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
  ...(channel === 'webhook' ? [] : [{ name: 'officer', message: 'Which officer reads there? The id' }]),
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
      'A packet is encrypted to the recipient’s certificate.',
    );
  const { country } = settled.designation;
  const owner = { address, country, home: opened.home.path, now: terminal.now() };
  return keep(await readRecipientCertificate(flags.certificate, owner));
}
