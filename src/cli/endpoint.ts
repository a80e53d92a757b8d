/** `amanat endpoint`: where a focal point is reached, and what may appear there. */
import { type Command, Option } from 'commander';
import { CHANNELS, SHOWS } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import { addEndpoint } from '../entry/enrolling/enrol.ts';
import { usage } from '../entry/failure.ts';
import { checkFree } from '../entry/new-file.ts';
import { readAddress } from './address-flag.ts';
import { addEndpointActs } from './endpoint-acts.ts';
import { addEndpointConfirming, WAITS, waitOf } from './endpoint-confirming.ts';
import { addEndpointReading } from './endpoint-reading.ts';
import { addEndpointSetting } from './endpoint-setting.ts';
import { checkFlags, draftOf, type EndpointFlags, type Settled, settle } from './endpoint-terms.ts';
import { keptOrShown } from './files.ts';
import { complete, flag, type Question, whole } from './flags.ts';
import { FURTHER, inviteToTelegram, type StartDocument, startLines } from './invitation.ts';
import { answerRequest, issueCertificate } from './mail-certificate.ts';
import { type Office, withOffice } from './office.ts';
import { answer, pairs, remark } from './output.ts';
import { readRecipientCertificate } from './recipient-flag.ts';
import { type Terminal, terminalOf } from './terminal.ts';

const QUESTIONS: readonly Question[] = [
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
      new Option('--shows <what>', 'what may appear there; the most that fits where left out').choices(SHOWS),
    )
    .addOption(flag('--rank <n>', 'lower is tried first', whole(1, 99)).default(1))
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
  const first = await complete<EndpointFlags>(command, terminal, QUESTIONS);
  const flags = await complete<EndpointFlags>(command, terminal, furtherQuestions(first)).then((more) => ({
    ...first,
    ...more,
  }));
  checkFlags(flags);
  checkFree('--secret-out', flags.secretOut);
  const { document, channels } = await withOffice(terminal, async (office) => ({
    document: await addTo(terminal, office, flags),
    channels: [...office.gateway.adapters.keys()],
  }));
  answer(terminal, document, () =>
    'start_page' in document
      ? [...startLines(document as StartDocument), ...FURTHER]
      : pairs(
          Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value ?? '–')]),
        ),
  );
  if ('waits_until' in document) remark(WAITS);
  if (!channels.includes(flags.channel))
    remark(`This gateway does not run ${flags.channel} yet: add it to AMANAT_CHANNELS with its secrets.`);
}

const furtherQuestions = ({ channel }: EndpointFlags): readonly Question[] => [
  ...(channel === 'telegram'
    ? []
    : [{ name: 'address', message: channel === 'email' ? 'Mail address' : 'URL' }]),
  ...(channel === 'webhook' ? [] : [{ name: 'officer', message: 'Which officer reads there? The id' }]),
];

function addTo(terminal: Terminal, office: Office, flags: EndpointFlags): Promise<Record<string, unknown>> {
  const add = { telegram: addTelegram, email: addMail, webhook: addWebhook }[flags.channel];
  return settle(office, flags).then((settled) => add(terminal, office, flags, settled));
}

const addTelegram = (_terminal: Terminal, office: Office, flags: EndpointFlags, settled: Settled) =>
  inviteToTelegram(office, flags, settled);

async function addWebhook(_terminal: Terminal, office: Office, flags: EndpointFlags, settled: Settled) {
  const address = await readAddress(office, 'webhook', flags.address ?? '');
  const { endpoint, secret, publicKey } = await addEndpoint(office.gateway, draftOf(flags, settled, address));
  const shown = secret === undefined ? {} : keptOrShown('secret', secret, '--secret-out', flags.secretOut);
  const { id, shows, rank } = endpoint;
  return {
    endpoint: id,
    channel: 'webhook',
    shows,
    rank,
    ...waitOf(endpoint),
    ...shown,
    public_key: publicKey,
  };
}

async function addMail(terminal: Terminal, office: Office, flags: EndpointFlags, settled: Settled) {
  const address = await readAddress(office, 'email', flags.address ?? '');
  const keep = async (certificate?: string) => {
    const draft = {
      ...draftOf(flags, settled, address),
      ...present({ certificate }),
    };
    const { endpoint } = await addEndpoint(office.gateway, draft);
    const { id, shows, rank } = endpoint;
    return { endpoint: id, channel: 'email', shows, rank, ...waitOf(endpoint) };
  };
  if (flags.issueCertificate !== undefined)
    return issueCertificate(terminal, flags, { settled, address, keep });
  if (flags.signRequest !== undefined) return answerRequest(terminal, flags, { settled, address, keep });
  if (flags.certificate === undefined && settled.shows === 'packet')
    throw usage(
      'missing: --certificate, --sign-request or --issue-certificate',
      'A packet is encrypted to the recipient’s certificate.',
    );
  const { country } = settled.desk;
  const owner = { address, country, home: office.home.path, now: terminal.now() };
  return keep(await readRecipientCertificate(flags.certificate, owner));
}
