/** `show`: what a statement says in plain words, who signed it, and whether it verifies. */
import type { Command } from 'commander';
import type { Agreement } from '../../domain/agreement.ts';
import type { GatewayDesignation } from '../../domain/gateway-designation.ts';
import type { Designation, PublicJwk } from '../../domain/party.ts';
import { thumbprint } from '../../seal/keys.ts';
import { EXIT } from './exit.ts';
import { answer, mark, pairs, plain } from './output.ts';
import { anchorOption, anchorsOf } from './signing-flags.ts';
import {
  readStatementFile,
  type StatementFile,
  signersOf,
  type Verdict,
  verdictOn,
} from './statement-file.ts';
import { terminalOf } from './terminal.ts';

/** Ends the program with an exit code although nothing was thrown. */
export type End = (code: number) => void;

export function addShow(group: Command, kind: StatementFile['kind'], end: End): void {
  group
    .command('show <file>')
    .description('Say in plain words what a draft or signed file says, and whether it verifies')
    .addOption(anchorOption())
    .action((file, _flags, command) => show(kind, file, command, end));
}

async function show(kind: StatementFile['kind'], file: string, command: Command, end: End): Promise<void> {
  const terminal = terminalOf(command);
  const anchors = await anchorsOf(terminal, command.opts<{ anchor?: readonly string[] }>().anchor);
  const read = await readStatementFile(kind, file);
  const verdict = await verdictOn(read, anchors, terminal.now());
  const signers = signersOf(read.statement);
  const said = await saidBy(read);
  answer(terminal, { ...verdict, signed_by: signers, [kind]: read.claims }, () => [
    ...said,
    '',
    ...pairs([
      ...signers.map((one) => ['signed by', `${one.country}  ${one.thumbprint}`] as const),
      ['verdict', wordsOf(verdict)],
    ]),
  ]);
  if (verdict.verified === false) end(EXIT.refused.code);
}

const wordsOf = ({ verified, signatures_hold: hold, problem }: Verdict): string => {
  if (verified === true) return 'verifies';
  if (verified === null) return `not verified: ${problem ?? ''}`;
  return `DOES NOT VERIFY: ${problem ?? ''}${hold === true ? ' (the signatures that are there hold)' : ''}`;
};

function saidBy({ kind, claims }: StatementFile): Promise<string[]> | string[] {
  if (kind === 'gateway') return gatewayWords(claims as GatewayDesignation);
  return kind === 'designation'
    ? designationWords(claims as Designation)
    : agreementWords(claims as Agreement);
}

const keyWords = async (use: string, key: PublicJwk) =>
  [`key to ${use}`, `${key.crv}  ${key.kid.split('#')[1] ?? ''}  ${await thumbprint(key)}`] as const;

async function gatewayWords(one: GatewayDesignation): Promise<string[]> {
  return pairs([
    ['designates', `the gateway ${one.name}`],
    ['reached at', one.url],
    ['DID', one.gateway],
    ['for', one.country],
    ['in force', `${one.from} to ${one.until}`],
    ...(await Promise.all(one.keys.signing.map((key) => keyWords('sign', key)))),
  ]);
}

async function designationWords(one: Designation): Promise<string[]> {
  const keys = await Promise.all([
    ...one.keys.signing.map((key) => keyWords('sign', key)),
    ...one.keys.agreement.map((key) => keyWords('open', key)),
  ]);
  return pairs([
    ['designates', `${one.name} (${one.slug})`],
    ['DID', one.focal_point],
    ['for', one.country],
    ['home gateway', one.gateway],
    ['in force', `${one.from} to ${one.until}`],
    ['keys held by', one.custody === 'own' ? 'the desk itself' : 'the gateway'],
    ...one.officers.map(
      (officer) => ['officer', `${officer.id}  ${officer.name} (${officer.role})`] as const,
    ),
    ...keys,
  ]);
}

/** An agreement in plain words: for whoever is asked to sign it, too. */
export function agreementWords(one: Agreement): string[] {
  const clocks = Object.entries(one.clocks).map(
    ([urgency, clock]) =>
      [
        `if ${urgency}`,
        `acknowledge within ${minutes(clock.acknowledge)}, answer within ${minutes(clock.answer)}`,
      ] as const,
  );
  return [
    ...pairs([
      ['agreement', `${one.id}, version ${one.version}: ${one.title}`],
      ['between', one.parties.join(' and ')],
      ['in force', `${one.from} to ${one.until}`],
      ['content kept', `${one.keep_days} days after a thread closes`],
      ...clocks,
    ]),
    mark('bold', 'who may say what to whom'),
    ...one.rules.map((rule) => `  ${plain(ruleWords(rule))}`),
  ];
}

export const ruleWords = (rule: Agreement['rules'][number]): string =>
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
