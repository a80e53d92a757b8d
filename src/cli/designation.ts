/** `amanat designation`: designates a focal point where the authority's key is on another machine, by files that are carried between both. */
import type { Command } from 'commander';
import { type Designation, didOfFocalPoint, didOfGateway } from '../domain/party/designation.ts';
import { isEndedBy } from '../domain/party/in-force.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { claimsOfOwnKeys, draftDesignation, keepDesignation } from '../entry/enrolling/designating.ts';
import { findRenames } from '../entry/enrolling/renaming.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { findDesignation, readDirectory } from '../flow/directory/directory.ts';
import { readKeptDesignation } from '../flow/directory/kept-statements.ts';
import { addDesignationPending } from './designation-pending.ts';
import { completeFlags, type FlagQuestion, makeFlag } from './flags.ts';
import {
  addFocalPointFlags,
  FOCAL_POINT_QUESTIONS,
  type FocalPointFlags,
  readFocalPointDraft,
} from './focal-point-flags.ts';
import { readOrigin } from './init.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, printRemark } from './output.ts';
import { addPersonFlags, askAboutRenamed, type PersonFlags } from './person-flags.ts';
import { addStatementExport } from './statement-export.ts';
import { readStatementFile } from './statement-file.ts';
import { addStatementShow, type EndProgram } from './statement-show.ts';
import { addStatementSign } from './statement-sign.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface DraftFlags extends FocalPointFlags, PersonFlags {
  readonly gateway?: string;
  readonly out: string;
}

const QUESTIONS: readonly FlagQuestion[] = [
  ...FOCAL_POINT_QUESTIONS,
  { name: 'out', message: 'New file for the draft' },
];

export function addDesignation(program: Command, end: EndProgram): void {
  const group = program
    .command('designation')
    .description(
      'Designate a focal point in steps: draft here, sign where the authority’s key is, import here',
    );
  addPersonFlags(
    addFocalPointFlags(
      group
        .command('draft')
        .description(
          'Write a draft for the authority to sign; makes the keys here if the gateway holds them',
        ),
    ),
  )
    .addOption(
      makeFlag(
        '--gateway <url>',
        'home gateway of the focal point, if this machine has none; needs --jwks',
        readOrigin,
      ),
    )
    .option('--out <file>', 'write the draft to a new file')
    .action((_flags, command) => draft(command));
  addStatementSign(group, 'designation', {
    refusal: 'only the authority of the focal point’s country can sign its designation',
    question: ({ name, country: of, from, until }) => `Designate "${name}" for ${of}, ${from} to ${until}?`,
    shown: ({ focal_point: did, until }) => ({ did, until }),
    next: (file) => `at the gateway: amanat designation import ${file}`,
  });
  addDesignationPending(group);
  addStatementShow(group, 'designation', end);
  addStatementExport(group, 'designation', {
    description: 'Write a kept designation to a file, as it was signed, for another gateway to import',
    find: (gateway, { args: [party = ''] }) => readKeptDesignation(gateway, party),
    shown: ({ focal_point: did, slug: short, country: of, until }) => ({
      did,
      slug: short,
      country: of,
      until,
    }),
  }).argument('<focal-point>', 'slug or DID');
  addPersonFlags(
    group
      .command('import <file>')
      .description('Verify a signed designation and keep it; it replaces the earlier one'),
  ).action((file, _flags, command) => importFile(file, command));
}

async function draft(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<DraftFlags>(command, terminal, QUESTIONS);
  checkFileFree('--out', flags.out);
  const claims = await (flags.gateway === undefined
    ? draftHere(terminal, flags)
    : draftFor(terminal, didOfGateway(flags.gateway), flags));
  writeNewFile('--out', flags.out, `${JSON.stringify(claims, null, 2)}\n`, false);
  const { focal_point: did, custody, until } = claims;
  const document = { did, slug: claims.slug, country: claims.country, custody, until, out: flags.out };
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(document)),
    '',
    `Next, on the machine with the authority’s key: amanat designation sign ${flags.out} --key … --out …`,
  ]);
}

async function draftFor(terminal: Terminal, gateway: string, flags: DraftFlags): Promise<Designation> {
  if (flags.jwks === undefined)
    throw makeUsageFailure(
      'missing: --jwks',
      'The gateway makes the keys that it holds. Write the draft at that gateway.',
    );
  return claimsOfOwnKeys(gateway, await readFocalPointDraft(gateway, flags), terminal.now());
}

const draftHere = (terminal: Terminal, flags: DraftFlags): Promise<Designation> =>
  withOpenedHome(terminal, async ({ gateway }) => {
    const directory = await readDirectory(gateway, [flags.slug]);
    const last = findDesignation(directory, didOfFocalPoint(gateway.did, flags.slug));
    // The reason for a withdrawal may have been the keys, so a focal point that is designated again gets new ones.
    const isWithdrawn = directory.withdrawals.some((each) => last !== undefined && isEndedBy(each, last));
    const renews = isWithdrawn ? undefined : last;
    if (renews?.custody === 'own' && flags.jwks === undefined)
      throw makeUsageFailure(
        'missing: --jwks',
        'This focal point holds its own keys. Give their public halves, for its designation.',
      );
    const drafted = await readFocalPointDraft(gateway.did, flags);
    const claims = await draftDesignation(gateway, {
      ...drafted,
      ...present({ renews }),
    });
    await askAboutRenamed(terminal, flags, await findRenames(gateway, claims));
    return claims;
  });

async function importFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { claims, statement } = await readStatementFile('designation', file);
  if (statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: its authority has not signed it');
  const kept = await withOpenedHome(terminal, async ({ gateway }) => {
    const did = claims.focal_point;
    const before = findDesignation(await readDirectory(gateway, [did]), did);
    if (before !== undefined && Date.parse(before.from) > Date.parse(claims.from))
      throw new Refusal('already-exists', 'a newer designation of this focal point is already kept');
    const persons = await askAboutRenamed(terminal, command.opts(), await findRenames(gateway, claims));
    const one = await keepDesignation(gateway, statement, persons);
    return { one, replaced: before !== undefined, isAsked: persons.same.length > 0 };
  });
  if (kept.isAsked)
    printRemark(
      'Accounts and endpoints of a renamed officer are not in use yet: the focal point must confirm the new name. See amanat endpoint list.',
    );
  const { focal_point: did, slug: short, country: of, custody, until } = kept.one;
  const document = { did, slug: short, country: of, custody, until, replaced: kept.replaced };
  printAnswer(terminal, document, () =>
    formatPairs(Object.entries(document).map(([label, value]) => [label, String(value)])),
  );
}
