/** `show`: what a statement says in plain words, who signed it, and whether it verifies. */
import type { Command } from 'commander';
import type { Designation, PublicJwk } from '../domain/party/designation.ts';
import type { GatewayDesignation } from '../domain/party/gateway-designation.ts';
import type { Withdrawal } from '../domain/party/in-force.ts';
import type { Agreement } from '../domain/terms/agreement.ts';
import type { EndpointStatement } from '../domain/terms/endpoint-statement.ts';
import { EXIT } from '../entry/exit.ts';
import { certificateEndOf, fingerprintOfCertificate } from '../seal/certificate-end.ts';
import { thumbprintOf } from '../seal/keys.ts';
import { colourText, formatPairs, plainTextOf, printAnswer } from './output.ts';
import { loadAnchors, makeAnchorOption } from './signing-flags.ts';
import {
  judgeStatement,
  readStatementFile,
  type StatementFile,
  type StatementVerdict,
  signersOfStatement,
} from './statement-file.ts';
import { terminalOf } from './terminal.ts';

/** Ends the program with an exit code although nothing was thrown. */
export type EndProgram = (code: number) => void;

export function addStatementShow(
  group: Command,
  kind: StatementFile['kind'],
  end: EndProgram,
  name = 'show',
): void {
  group
    .command(`${name} <file>`)
    .description('Say in plain words what a draft or signed file says, and whether it verifies')
    .addOption(makeAnchorOption())
    .action((file, _flags, command) => show(kind, file, command, end));
}

async function show(
  kind: StatementFile['kind'],
  file: string,
  command: Command,
  end: EndProgram,
): Promise<void> {
  const terminal = terminalOf(command);
  const anchors = await loadAnchors(terminal, command.opts<{ anchor?: readonly string[] }>().anchor);
  const read = await readStatementFile(kind, file);
  const verdict = await judgeStatement(read, anchors, terminal.now());
  const signers = signersOfStatement(read.statement);
  const said = await saidBy(read);
  printAnswer(terminal, { ...verdict, signed_by: signers, [kind]: read.claims }, () => [
    ...said,
    '',
    ...formatPairs([
      ...signers.map((one) => ['signed by', `${one.country}  ${one.thumbprint}`] as const),
      ['verdict', wordsOf(verdict)],
    ]),
  ]);
  if (verdict.verified === false) end(EXIT.refused.code);
}

const wordsOf = ({ verified, signatures_hold: hold, problem }: StatementVerdict): string => {
  if (verified === true) return 'verifies';
  if (verified === null) return `not verified: ${problem ?? ''}`;
  return `DOES NOT VERIFY: ${problem ?? ''}${hold === true ? ' (the signatures that are there hold)' : ''}`;
};

function saidBy({ kind, claims }: StatementFile): Promise<string[]> | string[] {
  if (kind === 'gateway') return linesOfGateway(claims as GatewayDesignation);
  if (kind === 'withdrawal') return linesOfWithdrawal(claims as Withdrawal);
  if (kind === 'endpoint') return linesOfEndpoint(claims as EndpointStatement);
  return kind === 'designation'
    ? linesOfDesignation(claims as Designation)
    : linesOfAgreement(claims as Agreement);
}

async function keyWords(use: string, key: PublicJwk, retires?: Designation['retires']) {
  const until = retires?.[key.kid];
  const ending = until === undefined ? '' : `  until ${until}`;
  const words = `${key.crv}  ${key.kid.split('#')[1] ?? ''}  ${await thumbprintOf(key)}${ending}`;
  return [`key to ${use}`, words] as const;
}

export const linesOfWithdrawal = (one: Withdrawal): string[] =>
  formatPairs([
    ['withdrawn by', `the authority of ${one.authority}`],
    ['withdraws', one.slug],
    ['DID', one.focal_point],
    ['for', one.country],
    ['reason', one.reason],
    ['from', one.from],
    ['ends', `every designation of it that begins by ${one.through}`],
  ]);

const certificateWords = (pem: string | null): (readonly [string, string])[] =>
  pem === null
    ? [['certificate', 'none']]
    : [
        ['certificate, SHA-256', fingerprintOfCertificate(pem) ?? 'cannot be read'],
        ['certificate until', certificateEndOf(pem)?.toISOString() ?? 'unknown'],
      ];

/** What an authority confirms, with all that its digest stands for. */
export const linesOfEndpoint = (one: EndpointStatement): string[] =>
  formatPairs([
    ['confirmed by', `the authority of ${one.authority}`],
    ['endpoint', one.endpoint],
    ['of', `${one.slug}  ${one.focal_point}`],
    ['at', one.gateway],
    ['channel', one.channel],
    ['address', one.address],
    ['officer', one.officer ?? 'none: the desk’s own system'],
    ...(one.known_as ?? []).map((name) => ['called', name] as const),
    ['shows', one.shows],
    ...certificateWords(one.certificate),
    ['asked by entry', one.asked],
    ['digest of all that', one.grants],
    ['in force', `${one.from} to ${one.until}`],
  ]);

export async function linesOfGateway(one: GatewayDesignation): Promise<string[]> {
  return formatPairs([
    ['designated by', `the authority of ${one.authority}`],
    ['designates', `the gateway ${one.name}`],
    ['reached at', one.url],
    ['DID', one.gateway],
    ['for', one.country],
    ['in force', `${one.from} to ${one.until}`],
    ...(await Promise.all(one.keys.signing.map((key) => keyWords('sign', key)))),
  ]);
}

export async function linesOfDesignation(one: Designation): Promise<string[]> {
  const keys = await Promise.all([
    ...one.keys.signing.map((key) => keyWords('sign', key, one.retires)),
    ...one.keys.agreement.map((key) => keyWords('open', key, one.retires)),
  ]);
  const listed = [...one.keys.signing, ...one.keys.agreement].map(({ kid }) => kid);
  const retired = Object.entries(one.retires ?? {}).filter(([kid]) => !listed.includes(kid));
  return formatPairs([
    ['designated by', `the authority of ${one.authority}`],
    ['designates', `${one.name} (${one.slug})`],
    ['DID', one.focal_point],
    ['for', one.country],
    ['home gateway', one.gateway],
    ['in force', `${one.from} to ${one.until}`],
    ['keys held by', one.custody === 'own' ? 'the desk itself' : 'the gateway'],
    ['opens', one.enc.join(', ')],
    ...one.officers.map(
      (officer) =>
        ['officer', `${officer.id}  ${officer.name} (${officer.role}, reads ${officer.lang})`] as const,
    ),
    ...keys,
    ...retired.map(([kid, until]) => ['key retired', `${kid}  until ${until}`] as const),
  ]);
}

/** An agreement in plain words: for whoever is asked to sign it, too. */
export function linesOfAgreement(one: Agreement): string[] {
  const clocks = Object.entries(one.clocks).map(
    ([urgency, clock]) =>
      [
        `if ${urgency}`,
        `acknowledge within ${minutes(clock.acknowledge)}, answer within ${minutes(clock.answer)}`,
      ] as const,
  );
  return [
    ...formatPairs([
      ['agreement', `${one.id}, version ${one.version}: ${one.title}`],
      ['between', one.parties.join(' and ')],
      ['in force', `${one.from} to ${one.until}`],
      ['content kept', `${one.keep_days} days after a thread closes`],
      ['revocation lists', `count ${one.revocation_grace_hours} hours longer than they say`],
      ...clocks,
      ...timeWords(one),
      ...groupWords(one),
    ]),
    colourText('bold', 'who may say what to whom'),
    ...one.rules.map((rule) => `  ${plainTextOf(linesOfRule(rule))}`),
  ];
}

/** Whom a group stands for, and which files that can run may be sent. */
const groupWords = ({ groups = {}, runnable_media_types: types }: Agreement) => [
  ...Object.entries(groups).map(([name, focalPoints]) => [`group ${name}`, focalPoints.join(', ')] as const),
  ...(types === undefined ? [] : [['files that can run', types.join(', ')] as const]),
];

/** What an agreement says about working time, reminding and figures. */
function timeWords({ calendars = {}, permission, reminders, chase, suppress_under }: Agreement) {
  const time = Object.entries(calendars).map(
    ([country, { zone, hours, desks: focalPoints = {}, quiet_hours }]) => {
      const works =
        hours === '24x7'
          ? 'round the clock'
          : `weekdays ${hours.days.join(' ')}, ${hours.from} to ${hours.to}, closed on ${hours.holidays.join(' ') || 'no date'}`;
      const quiet = quiet_hours === undefined ? '' : `, quiet from ${quiet_hours.from} to ${quiet_hours.to}`;
      const elsewhere = Object.entries(focalPoints).map(([focalPoint, own]) => `; ${focalPoint} in ${own}`);
      return [`time of ${country}`, `${zone}, ${works}${quiet}${elsewhere.join('')}`] as const;
    },
  );
  const said = <T>(name: string, value: T | undefined, translate: (value: T) => string) =>
    value === undefined ? [] : [[name, translate(value)] as const];
  return [
    ...time,
    ...said('permission', permission, (seconds) => `said within ${minutes(seconds)}`),
    ...said(
      'reminders',
      reminders,
      (one) => `${one.max} at most, together within ${one.digest_minutes} minutes`,
    ),
    ...said(
      'reminded at',
      chase,
      ({ half, failover, deputy, supervisor }) =>
        `${half} %, 100 %, ${failover} % (next endpoint), ${deputy} % (deputy), ${supervisor} % (supervisors) of the clock`,
    ),
    ...said('figures', suppress_under, (least) => `counts below ${least} are left out`),
  ];
}

export const linesOfRule = (rule: Agreement['rules'][number]): string =>
  `${rule.from.join(', ')} → ${rule.to.join(', ')}: ${rule.types.join(', ')} (${rule.handling.join(' ')}) by ${rule.channels.join(', ')}`;

const minutes = (seconds: number): string => {
  const units = [
    ['days', 86_400],
    ['hours', 3_600],
    ['minutes', 60],
  ] as const;
  const [unit, length] = units.find(([, one]) => seconds >= one * 2 && seconds % one === 0) ?? ['seconds', 1];
  return `${seconds / length} ${unit}`;
};
