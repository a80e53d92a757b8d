/** `amanat init`: makes a home folder with every key that a gateway needs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { country, didOfGateway } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { type InitOptions, initHome, listChannels } from '../entry/home/init.ts';
import { readText } from './files.ts';
import { completeFlags, type FlagQuestion, makeFlag, makeParser, makeRepeatedFlag } from './flags.ts';
import { formatPairs, printAnswer, showProgress } from './output.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface Flags {
  readonly url: string;
  readonly plainHttp?: true;
  readonly country?: readonly string[];
  readonly mailFrom?: string;
  readonly telegramToken?: string;
  readonly telegramTokenFile?: string;
  readonly smtpUrl?: string;
  readonly smtpUrlFile?: string;
}

const QUESTIONS: readonly FlagQuestion[] = [
  {
    name: 'url',
    message: 'Public address of the gateway',
    placeholder: 'https://gateway.example',
  },
  {
    name: 'country',
    message: 'Countries to make a demo authority for, separated by ;. Empty for none.',
    placeholder: 'ID; KH',
    optional: true,
  },
  { name: 'mailFrom', message: 'Sender address of the gateway’s mail. Empty for none.', optional: true },
];
const SECRETS: readonly FlagQuestion[] = [
  {
    name: 'telegramToken',
    message: 'Bot token from BotFather. Empty for none.',
    secret: true,
    optional: true,
  },
  {
    name: 'smtpUrl',
    message: 'Mail relay, as smtps://user:password@host. Empty for none.',
    secret: true,
    optional: true,
  },
];

export function addInit(program: Command): void {
  program
    .command('init')
    .description(
      'Make the home folder with its keys and configuration, and demo authorities if you want them',
    )
    .addOption(makeFlag('--url <url>', 'public address of the gateway', readOrigin))
    .option(
      '--plain-http',
      'allow an http:// address beyond this machine; everything is then sent unprotected',
    )
    .addOption(
      makeRepeatedFlag(
        '--country <cc>',
        'make a demo authority for this country, ISO 3166-1; leave out where the authorities keep their keys elsewhere',
        makeParser(country),
      ),
    )
    .addOption(
      makeFlag(
        '--mail-from <address>',
        'sender address of the gateway’s mail; also makes a mail authority',
        readMailbox,
      ),
    )
    .addOption(
      new Option('--telegram-token <token>', 'bot token; other users of this machine may see it').env(
        'AMANAT_TELEGRAM_TOKEN',
      ),
    )
    .addOption(
      new Option('--telegram-token-file <file>', 'file with the bot token').conflicts('telegramToken'),
    )
    .addOption(
      new Option('--smtp-url <url>', 'URL of the mail relay, smtp:// or smtps://').env('AMANAT_SMTP_URL'),
    )
    .addOption(
      new Option('--smtp-url-file <file>', 'file with the URL of the mail relay').conflicts('smtpUrl'),
    )
    .action((_flags, command) => init(command));
}

async function init(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  // Checked before the questions, so that nobody answers them in vain.
  if (existsSync(join(terminal.home, 'config.json')))
    throw new Refusal('already-exists', 'the home folder already has a gateway');
  const options = { ...(await readOptions(command, terminal)), madeBy: terminal.operator };
  const make = () => initHome(terminal.home, options, terminal.now(), terminal.chance);
  await showProgress(terminal, 'Making keys', make);
  const made = {
    home: terminal.home,
    url: new URL(options.url).origin,
    did: didOfGateway(options.url),
    countries: options.countries,
    channels: listChannels(options),
  };
  printAnswer(terminal, made, () => [
    ...formatPairs([
      ['home', made.home],
      ['address', made.url],
      ['DID', made.did],
      ['authorities', authoritiesOf(made.countries)],
      ['channels', made.channels.join(', ')],
    ]),
    '',
    ...nextSteps(made.countries),
  ]);
}

const authoritiesOf = (countries: readonly string[]): string =>
  countries.length === 0
    ? 'none here'
    : `${countries.join(', ')} (keys in authority/, certificates in certs/)`;

const nextSteps = (countries: readonly string[]): readonly string[] =>
  countries.length === 0
    ? [
        'Next: put each authority’s certificate into certs/<country>/ of the home folder,',
        'then run "amanat designation draft" for each focal point.',
        'Keep a copy of secrets/ in a safe: without it no sealed message can be opened.',
      ]
    : [
        'Next: run "amanat focal-point add" for each focal point.',
        'Keep a copy of secrets/ and authority/ in a safe: without them no sealed message can be opened.',
      ];

async function readOptions(command: Command, terminal: Terminal): Promise<InitOptions> {
  const asked = SECRETS.filter((one) => command.opts()[`${one.name}File`] === undefined);
  const flags = await completeFlags<Flags>(command, terminal, [...QUESTIONS, ...asked]);
  checkScheme(flags);
  const telegramToken = await secretOf(flags.telegramToken, '--telegram-token-file', flags.telegramTokenFile);
  const smtpUrl = await secretOf(flags.smtpUrl, '--smtp-url-file', flags.smtpUrlFile);
  if (telegramToken !== undefined && !/^\d{1,20}:[A-Za-z0-9_-]{1,128}$/.test(telegramToken))
    throw makeUsageFailure('--telegram-token: not a bot token as BotFather gives it');
  if (smtpUrl !== undefined && !/^smtps?:$/.test(URL.parse(smtpUrl)?.protocol ?? ''))
    throw makeUsageFailure('--smtp-url: must begin with smtp:// or smtps://');
  if (smtpUrl !== undefined && flags.mailFrom === undefined)
    throw makeUsageFailure('missing: --mail-from', 'The email channel needs a sender address.');
  return {
    url: flags.url,
    countries: [...new Set(flags.country ?? [])],
    ...present({ mailFrom: flags.mailFrom, telegramToken, smtpUrl }),
  };
}

const secretOf = async (
  given: string | undefined,
  flagName: string,
  file: string | undefined,
): Promise<string | undefined> => (file === undefined ? given : readText(flagName, file, 4_096));

/** Reads an origin. @throws InvalidArgumentError */
export function readOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '')
    throw new InvalidArgumentError('must be an origin such as https://gateway.example');
  return url.origin;
}

/** Names and addresses of this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
const LOOPBACK = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Refuses plain HTTP beyond this machine: sessions, links and content would be readable in transit. @throws Failure `usage` */
function checkScheme({ url, plainHttp }: Flags): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || LOOPBACK.test(hostname) || plainHttp === true) return;
  throw makeUsageFailure(
    '--url: must begin with https:// beyond this machine',
    'Put a proxy with a certificate in front and give its https address. To use plain http, add --plain-http.',
  );
}

function readMailbox(text: string): string {
  if (!/^[^\s<>,;:"@]+@[^\s<>,;:"@]+$/.test(text))
    throw new InvalidArgumentError('must be one bare mail address');
  return text;
}
