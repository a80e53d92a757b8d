/**
 * Persons of a thread: what its messages tell of each `ref`, put together and never overwritten. Two sides may know
 * other birth dates of one person, and decide differently whether that person was trafficked: both stand side by side.
 */
import { z } from 'zod';
import { type Determination, determination, personRef } from './body-parts.ts';

type Members = Readonly<Record<string, unknown>>;

/** What one message tells, with what its reader knows of it. */
export interface PersonTelling {
  readonly message: string;
  readonly from: string;
  readonly to: readonly string[];
  /** The message it corrects, where it is a correction. */
  readonly about?: string | undefined;
  readonly at: Date;
  readonly body: Members;
}

/** One value of a member, and who told it last. */
export interface ToldValue {
  readonly value: unknown;
  readonly message: string;
  readonly from: string;
}

/** A determination and the messages that told of it, the first one first. */
export interface ToldDetermination extends Determination {
  readonly told: readonly Pick<PersonTelling, 'message' | 'from' | 'to'>[];
}

export interface KnownPerson {
  readonly ref: string;
  /** Of each member what was told last. */
  readonly facts: Members;
  /** Members that say who somebody is and were told differently: every value, the latest last. */
  readonly differences: Readonly<Record<string, readonly ToldValue[]>>;
  /** By date, then by the country and organisation that decided. */
  readonly determinations: readonly ToldDetermination[];
  /** Pairs of deciders whose latest determinations say different things. */
  readonly reviews: readonly DeterminationReview[];
}

/** Two determinations about one person that cannot both hold. */
export interface DeterminationReview {
  readonly ref: string;
  readonly pair: readonly [ToldDetermination, ToldDetermination];
}

/**
 * Members by which a person is told from others. That they differ is no reason to refuse a message: papers made by
 * traffickers name other dates and numbers than the register at home, and finding that out is what the thread is for.
 */
const IDENTITY: readonly string[] = [
  'prs_FirstName',
  'prs_SecondName',
  'prs_Birthdate',
  'prs_Gender',
  'prs_Citizenship',
  'prs_IdentityNumber',
];

const named = z.looseObject({ ref: personRef, determinations: z.array(determination).optional() });
type Named = z.infer<typeof named>;

const correctionOf = z.looseObject({ corrected: z.array(z.object({ member: z.string(), now: z.string() })) });

/** The persons whom a body tells of, as far as they can be read. */
const namedIn = ({ persons }: Members): readonly Named[] =>
  (Array.isArray(persons) ? persons : []).flatMap((one: unknown) => {
    const read = named.safeParse(one);
    return read.success ? [read.data] : [];
  });

/** Whether a body says how anybody's status was determined. */
export const hasDeterminations = (body: Members): boolean =>
  namedIn(body).some((one) => (one.determinations ?? []).length > 0);

/** The persons of a thread in the order in which they were first told of, from the messages that can be read. */
export function personsOfThread(tellings: readonly PersonTelling[]): readonly KnownPerson[] {
  const said = corrected(inOrder(tellings)).flatMap((telling) =>
    namedIn(telling.body).map((person) => ({ telling, person })),
  );
  return [...Map.groupBy(said, ({ person }) => person.ref)].map(([ref, list]) => {
    const determinations = determinationsIn(list);
    return {
      ref,
      facts: Object.assign({}, ...list.map(({ person }) => factsIn(person))) as Members,
      differences: differencesIn(list),
      determinations,
      reviews: reviewsOf(ref, determinations),
    };
  });
}

interface Said {
  readonly telling: PersonTelling;
  readonly person: Named;
}

const inOrder = (tellings: readonly PersonTelling[]): readonly PersonTelling[] =>
  [...new Map(tellings.map((one) => [one.message, one])).values()].sort(
    (one, other) => one.at.getTime() - other.at.getTime() || (one.message < other.message ? -1 : 1),
  );

const factsIn = ({ ref: _ref, determinations: _side, ...facts }: Named): Members => facts;

/**
 * What a correction puts right of a person is told once more, by the correction. Only members that are text can be; the
 * rest of a correction is for people to read.
 */
function corrected(tellings: readonly PersonTelling[]): readonly PersonTelling[] {
  return tellings.map((telling) => {
    const { success, data } = correctionOf.safeParse(telling.body);
    const subject = tellings.find((one) => one.message === telling.about && one.from === telling.from);
    const persons = subject?.body['persons'];
    if (!success || !Array.isArray(persons)) return telling;
    const again = data.corrected.flatMap(({ member, now }) => {
      const [, place = '', name = ''] = /^persons\.(\d{1,3})\.([a-z]{3}_\w+)$/.exec(member) ?? [];
      const person = named.safeParse(persons[Number(place)]).data;
      return place === '' || typeof person?.[name] !== 'string' ? [] : [{ ref: person.ref, [name]: now }];
    });
    return { ...telling, body: { persons: again } };
  });
}

function differencesIn(list: readonly Said[]): KnownPerson['differences'] {
  const found = IDENTITY.flatMap((member) => {
    const told = list.filter(({ person }) => person[member] !== undefined);
    // Of equal values the last that told it: who still says so.
    const values = new Map<string, ToldValue>();
    for (const { telling, person } of told) {
      const key = JSON.stringify(person[member]);
      values.delete(key);
      values.set(key, { value: person[member], message: telling.message, from: telling.from });
    }
    return values.size > 1 ? [[member, [...values.values()]] as const] : [];
  });
  return Object.fromEntries(found);
}

/** What makes two determinations the same one. */
export const keyOfDetermination = (one: Determination): string =>
  [
    one.date,
    one.country,
    one.vic_TraffickingStatusDecisionMakingOrg,
    one.vic_TraffickingStatus satisfies string,
  ].join(' ');

function determinationsIn(list: readonly Said[]): readonly ToldDetermination[] {
  const all = list.flatMap(({ telling: { message, from, to }, person }) =>
    (person.determinations ?? []).map((one) => ({ one, by: { message, from, to } })),
  );
  return [...Map.groupBy(all, ({ one }) => keyOfDetermination(one))]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, told]) =>
      told[0] === undefined ? [] : [{ ...told[0].one, told: told.map(({ by }) => by) }],
    );
}

/** Who decided: two organisations of one country may differ, too. */
const decider = (one: Determination): string =>
  `${one.country} ${one.vic_TraffickingStatusDecisionMakingOrg}`;

function reviewsOf(
  ref: string,
  determinations: readonly ToldDetermination[],
): readonly DeterminationReview[] {
  // In order of date, so that the last of each decider is the one that counts.
  const latest = [...new Map(determinations.map((one) => [decider(one), one])).values()];
  return latest.flatMap((one, n) =>
    latest
      .slice(n + 1)
      .filter((other) => other.vic_TraffickingStatus !== one.vic_TraffickingStatus)
      .map((other) => ({ ref, pair: [one, other] as const })),
  );
}
