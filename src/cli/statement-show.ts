/** `show`: prints a statement in plain words, with its signers and whether it verifies. */
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

/** Ends the program with an exit code, without an error. */
export type EndProgram = (code: number) => void;

export function addStatementShow(
  group: Command,
  kind: StatementFile['kind'],
  end: EndProgram,
  name = 'show',
): void {
  group
    .command(`${name} <file>`)
    .description('Show a draft or signed file in plain words, and whether it verifies')
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
  return `DOES NOT VERIFY: ${problem ?? ''}${hold === true ? ' (the existing signatures are valid)' : ''}`;
};

function saidBy({ kind, claims }: StatementFile): Promise<string[]> | string[] {
  if (kind === 'gateway') return linesOfGateway(claims as GatewayDesignation);
  if (kind === 'withdrawal') return linesOfWithdrawal(claims as Withdrawal);
  if (kind === 'endpoint') return linesOfEndpoint(claims as EndpointStatement);
  return kind === 'designation'
    ? linesOfDesignation(claims as Designation)
    : linesOfAgreement(claims as Agreement);
}

async function keyRow(use: string, key: PublicJwk, retires?: Designation['retires']) {
  const until = retires?.[key.kid];
  const ending = until === undefined ? '' : `  until ${until}`;
  const described = `${key.crv}  ${key.kid.split('#')[1] ?? ''}  ${await thumbprintOf(key)}${ending}`;
  return [use, described] as const;
}

export const linesOfWithdrawal = (one: Withdrawal): string[] =>
  formatPairs([
    ['withdrawn by', `the authority of ${one.authority}`],
    ['withdraws', one.slug],
    ['DID', one.focal_point],
    ['for', one.country],
    ['reason', one.reason],
    ['from', one.from],
    ['ends', `every designation of it that begins at ${one.through} or earlier`],
  ]);

const certificateWords = (pem: string | null): (readonly [string, string])[] =>
  pem === null
    ? [['certificate', 'none']]
    : [
        ['certificate, SHA-256', fingerprintOfCertificate(pem) ?? 'cannot be read'],
        ['certificate until', certificateEndOf(pem)?.toISOString() ?? 'unknown'],
      ];

/** Lines of what an authority confirms, with everything that its digest covers. */
export const linesOfEndpoint = (one: EndpointStatement): string[] =>
  formatPairs([
    ['confirmed by', `the authority of ${one.authority}`],
    ['endpoint', one.endpoint],
    ['of', `${one.slug}  ${one.focal_point}`],
    ['at', one.gateway],
    ['channel', one.channel],
    ['address', one.address],
    ['officer', one.officer ?? 'none: the focal point’s own system'],
    ...(one.known_as ?? []).map((name) => ['called', name] as const),
    ['shows', one.shows],
    ...certificateWords(one.certificate),
    ['requested by entry', one.asked],
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
    ...(await Promise.all(one.keys.signing.map((key) => keyRow('signing key', key)))),
  ]);
}

export async function linesOfDesignation(one: Designation): Promise<string[]> {
  const keys = await Promise.all([
    ...one.keys.signing.map((key) => keyRow('signing key', key, one.retires)),
    ...one.keys.agreement.map((key) => keyRow('key agreement key', key, one.retires)),
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
    ['keys held by', one.custody === 'own' ? 'the focal point itself' : 'the gateway'],
    ['opens', one.enc.join(', ')],
    ...one.officers.map(
      (officer) =>
        ['officer', `${officer.id}  ${officer.name} (${officer.role}, reads ${officer.lang})`] as const,
    ),
    ...keys,
    ...retired.map(([kid, until]) => ['key retired', `${kid}  until ${until}`] as const),
  ]);
}

/** Lines of an agreement in plain words; also shown before signing. */
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
      ['revocation lists', `are accepted for ${one.revocation_grace_hours} hours after they expire`],
      ...clocks,
      ...timeWords(one),
      ...groupWords(one),
    ]),
    colourText('bold', 'who may send what to whom'),
    ...one.rules.map((rule) => `  ${plainTextOf(linesOfRule(rule))}`),
  ];
}

/** The members of each group, and the permitted types of executable files. */
const groupWords = ({ groups = {}, runnable_media_types: types }: Agreement) => [
  ...Object.entries(groups).map(([name, focalPoints]) => [`group ${name}`, focalPoints.join(', ')] as const),
  ...(types === undefined ? [] : [['executable files', types.join(', ')] as const]),
];

/** The agreement's terms on working time, reminders and figures. */
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
  const termRow = <T>(name: string, value: T | undefined, describe: (value: T) => string) =>
    value === undefined ? [] : [[name, describe(value)] as const];
  return [
    ...time,
    ...termRow('permission', permission, (seconds) => `given within ${minutes(seconds)}`),
    ...termRow(
      'reminders',
      reminders,
      (one) => `${one.max} at most, together within ${one.digest_minutes} minutes`,
    ),
    ...termRow(
      'reminded at',
      chase,
      ({ half, failover, deputy, supervisor }) =>
        `${half} %, 100 %, ${failover} % (next endpoint), ${deputy} % (deputy), ${supervisor} % (supervisors) of the clock`,
    ),
    ...termRow('figures', suppress_under, (least) => `counts below ${least} are left out`),
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
