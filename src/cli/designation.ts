/** `amanat designation`: designating where the authority’s key is on another machine; plain files go to and fro. */
import type { Command } from 'commander';
import { ends } from '../domain/party/key-life.ts';
import { type Designation, focalPointDid, gatewayDid } from '../domain/party/party.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { draftDesignation, keepDesignation, ownClaims } from '../entry/enrolling/designating.ts';
import { renamesBy } from '../entry/enrolling/renaming.ts';
import { usage } from '../entry/failure.ts';
import { checkFree, writeNew } from '../entry/new-file.ts';
import { directoryOf, find } from '../flow/directory/directory.ts';
import { keptDesignation } from '../flow/directory/kept-statements.ts';
import { addPending } from './designation-pending.ts';
import { addDeskFlags, DESK_QUESTIONS, type DeskFlags, deskOf } from './desk-flags.ts';
import { complete, flag, type Question } from './flags.ts';
import { readUrl } from './init.ts';
import { withOffice } from './office.ts';
import { answer, pairs, remark } from './output.ts';
import { addPersonFlags, type PersonFlags, personsOf } from './person-flags.ts';
import { addStatementExport } from './statement-export.ts';
import { readStatementFile } from './statement-file.ts';
import { addShow, type End } from './statement-show.ts';
import { addSign } from './statement-sign.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface DraftFlags extends DeskFlags, PersonFlags {
  readonly gateway?: string;
  readonly out: string;
}

const QUESTIONS: readonly Question[] = [
  ...DESK_QUESTIONS,
  { name: 'out', message: 'New file for the draft' },
];

export function addDesignation(program: Command, end: End): void {
  const group = program
    .command('designation')
    .description(
      'Designating a focal point in steps: draft here, sign where the authority’s key is, import here',
    );
  addPersonFlags(
    addDeskFlags(
      group
        .command('draft')
        .description(
          'Write what the authority is asked to sign; keys in the gateway’s custody are made here',
        ),
    ),
  )
    .addOption(
      flag('--gateway <url>', 'its home gateway, where this machine has none; needs --jwks', readUrl),
    )
    .option('--out <file>', 'write the draft to a new file')
    .action((_flags, command) => draft(command));
  addSign(group, 'designation', {
    refusal: 'a designation is signed by the one authority of its own country',
    question: ({ name, country: of, from, until }) => `Designate "${name}" for ${of}, ${from} to ${until}?`,
    shown: ({ focal_point: did, until }) => ({ did, until }),
    next: (file) => `at the gateway: amanat designation import ${file}`,
  });
  addPending(group);
  addShow(group, 'designation', end);
  addStatementExport(group, 'designation', {
    description: 'Write a signed designation that is kept, for another gateway to import',
    find: (gateway, { args: [party = ''] }) => keptDesignation(gateway, party),
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
      .description('Verify a signed designation and keep it; it replaces an earlier one'),
  ).action((file, _flags, command) => importFile(file, command));
}

async function draft(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<DraftFlags>(command, terminal, QUESTIONS);
  checkFree('--out', flags.out);
  const claims = await (flags.gateway === undefined
    ? draftHere(terminal, flags)
    : draftFor(terminal, gatewayDid(flags.gateway), flags));
  writeNew('--out', flags.out, `${JSON.stringify(claims, null, 2)}\n`, false);
  const { focal_point: did, custody, until } = claims;
  const document = { did, slug: claims.slug, country: claims.country, custody, until, out: flags.out };
  answer(terminal, document, () => [
    ...pairs(Object.entries(document)),
    '',
    `Next, where the authority’s key is: amanat designation sign ${flags.out} --key … --out …`,
  ]);
}

async function draftFor(terminal: Terminal, gateway: string, flags: DraftFlags): Promise<Designation> {
  if (flags.jwks === undefined)
    throw usage('missing: --jwks', 'Keys in a gateway’s custody are made at that gateway: draft there.');
  return ownClaims(gateway, await deskOf(gateway, flags), terminal.now());
}

const draftHere = (terminal: Terminal, flags: DraftFlags): Promise<Designation> =>
  withOffice(terminal, async ({ gateway }) => {
    const directory = await directoryOf(gateway, [flags.slug]);
    const last = find(directory, focalPointDid(gateway.did, flags.slug));
    // What was withdrawn may have been for its keys: a desk that comes back gets new ones.
    const isWithdrawn = directory.withdrawals.some((each) => last !== undefined && ends(each, last));
    const renews = isWithdrawn ? undefined : last;
    if (renews?.custody === 'own' && flags.jwks === undefined)
      throw usage(
        'missing: --jwks',
        'This desk holds its own keys; its designation names their public halves.',
      );
    const drafted = await deskOf(gateway.did, flags);
    const claims = await draftDesignation(gateway, {
      ...drafted,
      ...present({ renews }),
    });
    await personsOf(terminal, flags, await renamesBy(gateway, claims));
    return claims;
  });

async function importFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { claims, statement } = await readStatementFile('designation', file);
  if (statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: its authority has not signed it');
  const kept = await withOffice(terminal, async ({ gateway }) => {
    const did = claims.focal_point;
    const before = find(await directoryOf(gateway, [did]), did);
    if (before !== undefined && Date.parse(before.from) > Date.parse(claims.from))
      throw new Refusal('already-exists', 'a newer designation of this focal point is kept');
    const persons = await personsOf(terminal, command.opts(), await renamesBy(gateway, claims));
    const one = await keepDesignation(gateway, statement, persons);
    return { one, replaced: before !== undefined, isAsked: persons.same.length > 0 };
  });
  if (kept.isAsked)
    remark(
      'Accounts and endpoints of a renamed officer do not count under the new name yet: the desk is asked. See amanat endpoint list.',
    );
  const { focal_point: did, slug: short, country: of, custody, until } = kept.one;
  const document = { did, slug: short, country: of, custody, until, replaced: kept.replaced };
  answer(terminal, document, () =>
    pairs(Object.entries(document).map(([label, value]) => [label, String(value)])),
  );
}
