/**
 * The persons of a thread: everything that its messages say about each `ref`, merged and never overwritten. Two
 * sides may know different birth dates of one person, or decide differently whether the person was trafficked. Both
 * are kept.
 */
import { z } from 'zod';
import { type Determination, determination, personRef } from './body-parts.ts';

type Members = Readonly<Record<string, unknown>>;

/** What one message says, with its sender, recipients and time. */
export interface PersonTelling {
  readonly message: string;
  readonly from: string;
  readonly to: readonly string[];
  /** The message that it corrects, if it is a correction. */
  readonly about?: string | undefined;
  readonly at: Date;
  readonly body: Members;
}

/** One value of a member, and the last message that said it. */
interface ToldValue {
  readonly value: unknown;
  readonly message: string;
  readonly from: string;
}

/** A determination, and the messages that reported it, the first one first. */
export interface ToldDetermination extends Determination {
  readonly told: readonly Pick<PersonTelling, 'message' | 'from' | 'to'>[];
}

export interface KnownPerson {
  readonly ref: string;
  /** The latest value of each member. */
  readonly facts: Members;
  /** Identifying members with different values: all values, the latest last. */
  readonly differences: Readonly<Record<string, readonly ToldValue[]>>;
  /** Sorted by date, then by the country and organisation that decided. */
  readonly determinations: readonly ToldDetermination[];
  /** Pairs of deciding organisations whose latest determinations differ. */
  readonly reviews: readonly DeterminationReview[];
}

/** Two determinations about one person that exclude each other. */
export interface DeterminationReview {
  readonly ref: string;
  readonly pair: readonly [ToldDetermination, ToldDetermination];
}

/**
 * Members that identify a person. Differences do not refuse a message: papers made by traffickers have other dates
 * and numbers than the register at home, and the thread exists to find that out.
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

/** The persons in a body, as far as they can be parsed. */
const namedIn = ({ persons }: Members): readonly Named[] =>
  (Array.isArray(persons) ? persons : []).flatMap((one: unknown) => {
    const read = named.safeParse(one);
    return read.success ? [read.data] : [];
  });

/** Whether a body contains a determination of anybody's status. */
export const hasDeterminations = (body: Members): boolean =>
  namedIn(body).some((one) => (one.determinations ?? []).length > 0);

/** The persons of a thread, in the order of first mention, from the messages that can be read. */
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
 * Applies corrections: each corrected member of a person becomes a new statement of the correction. Only members
 * with text can be corrected this way; people read the rest of a correction.
 */
function corrected(tellings: readonly PersonTelling[]): readonly PersonTelling[] {
  return tellings.map((telling) => {
    const { success, data } = correctionOf.safeParse(telling.body);
    const subject = tellings.find((one) => one.message === telling.about && one.from === telling.from);
    const persons = subject?.body['persons'];
    if (!success || !Array.isArray(persons)) return telling;
    const restated = data.corrected.flatMap(({ member, now }) => {
      const [, place = '', name = ''] = /^persons\.(\d{1,3})\.([a-z]{3}_\w+)$/.exec(member) ?? [];
      const person = named.safeParse(persons[Number(place)]).data;
      return place === '' || typeof person?.[name] !== 'string' ? [] : [{ ref: person.ref, [name]: now }];
    });
    return { ...telling, body: { persons: restated } };
  });
}

function differencesIn(list: readonly Said[]): KnownPerson['differences'] {
  const found = IDENTITY.flatMap((member) => {
    const told = list.filter(({ person }) => person[member] !== undefined);
    // Of equal values, the last message is kept: it shows who still says so.
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

/** The members that identify a determination. */
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

/** Who decided. Organisations of one country may differ, too. */
const decider = (one: Determination): string =>
  `${one.country} ${one.vic_TraffickingStatusDecisionMakingOrg}`;

function reviewsOf(
  ref: string,
  determinations: readonly ToldDetermination[],
): readonly DeterminationReview[] {
  // Sorted by date, so the last one of each decider replaces the earlier ones.
  const latest = [...new Map(determinations.map((one) => [decider(one), one])).values()];
  return latest.flatMap((one, n) =>
    latest
      .slice(n + 1)
      .filter((other) => other.vic_TraffickingStatus !== one.vic_TraffickingStatus)
      .map((other) => ({ ref, pair: [one, other] as const })),
  );
}
