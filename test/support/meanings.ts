/**
 * Changes of meaning: everything a case file says, said otherwise in one place. The author of the file lies: it closes
 * the file again under its own key, and signs evidence of its own anew. So no broken signature gives the lie away.
 */
import type { CaseFile, CaseMessage } from '../../src/domain/evidence/case-file.ts';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { signCase } from '../../src/flow/case/export.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';

/** Who lies. */
export interface CaseLiar {
  readonly did: string;
  readonly key: SigningKey;
}

export interface CaseLie {
  /** What was changed, and where. */
  readonly what: string;
  readonly change: (copy: CaseFile, liar: CaseLiar) => void | Promise<void>;
}

type Piece = CaseMessage['evidence'][number];

export const claimsOfPiece = ({ jws }: Pick<Piece, 'jws'>): Evidence =>
  peekStatement(jws).payload as Evidence;

const later = (at: string, hours: number): string =>
  new Date(Date.parse(at) + hours * 3_600_000).toISOString();
const OTHER_ID = 'ab'.repeat(16);
const OTHER_DIGEST = 'A'.repeat(43);

/** Puts a member where its form wants it; undefined takes it out. */
function set<T extends object>(
  target: T,
  order: readonly string[],
  changes: Readonly<Record<string, unknown>>,
): void {
  const all: Record<string, unknown> = { ...target, ...changes };
  for (const name of Object.keys(target)) delete (target as Record<string, unknown>)[name];
  for (const name of order)
    if (all[name] !== undefined) (target as Record<string, unknown>)[name] = all[name];
}
const OF_MESSAGE = [
  ...[
    'id',
    'thread',
    'parent',
    'sender',
    'type',
    'urgency',
    'handling',
    'accepted_at',
    'expires_at',
    'digest',
  ],
  ...['recipients', 'evidence', 'consignment'],
];
const OF_FILE = [
  ...['kind', 'version', 'thread', 'message', 'by', 'made', 'contents', 'ledger', 'certificates', 'gateways'],
  ...['designations', 'withdrawals', 'withdrawals_taken', 'agreements', 'messages'],
];

/** All designated focal points of which the file has a statement. */
const partiesIn = (file: CaseFile): readonly string[] => [
  ...new Set(
    file.designations.map((jws) => (peekStatement(jws).payload as { focal_point: string }).focal_point),
  ),
];

function ofMessage(file: CaseFile, n: number): readonly CaseLie[] {
  const one = file.messages[n] as CaseMessage;
  const lie = (what: string, changes: Readonly<Record<string, unknown>>): CaseLie => ({
    what: `messages[${n}] ${what}`,
    change: (copy) => set(copy.messages[n] as CaseMessage, OF_MESSAGE, changes),
  });
  const others = file.messages.filter((other) => other !== one);
  return [
    ...['id', 'thread', 'digest'].flatMap((name) =>
      others.map((other) => lie(`${name} of another`, { [name]: other[name as 'id'] })),
    ),
    lie('another id', { id: OTHER_ID }),
    lie('another thread', { thread: OTHER_ID }),
    lie('another digest', { digest: OTHER_DIGEST }),
    lie('another parent', { parent: OTHER_ID }),
    lie('no parent', { parent: undefined }),
    ...partiesIn(file).map((sender) => lie(`sent by ${sender}`, { sender })),
    ...['report', 'text', 'request', 'recall', 'notice'].map((type) => lie(`type ${type}`, { type })),
    ...['immediate', 'urgent', 'routine'].map((urgency) => lie(`urgency ${urgency}`, { urgency })),
    ...['H0', 'H1', 'H2', 'H3'].map((handling) => lie(`handling ${handling}`, { handling })),
    ...[-19, -1, -0.01, 0.01, 1, 19].flatMap((hours) => [
      lie(`accepted ${hours} h later`, { accepted_at: later(one.accepted_at, hours) }),
      lie(`expires ${hours} h later`, { expires_at: later(one.expires_at, hours) }),
      withoutReceipt(n, hours),
    ]),
    { what: `messages[${n}] left out`, change: ({ messages }) => void messages.splice(n, 1) },
    { what: `messages[${n}] twice`, change: ({ messages }) => void messages.push(structuredClone(one)) },
    {
      what: `messages[${n}] swapped with the next`,
      change: ({ messages }) => void messages.splice(n, 2, ...messages.slice(n, n + 2).reverse()),
    },
    ...(one.consignment === undefined ? [] : ofConsignment(n)),
    ...one.recipients.flatMap((_, m) => ofRecipient(file, n, m)),
    ...one.evidence.flatMap((_, m) => ofEvidence(file, n, m)),
  ];
}

const withoutReceipt = (n: number, hours: number): CaseLie => ({
  what: `messages[${n}] accepted ${hours} h later, without receipt`,
  change: ({ messages }) => {
    const one = messages[n] as CaseMessage;
    one.evidence = one.evidence.filter((piece) => claimsOfPiece(piece).event !== 'SubmissionAcceptance');
    one.accepted_at = later(one.accepted_at, hours);
  },
});

function ofConsignment(n: number): readonly CaseLie[] {
  const at = (copy: CaseFile) => copy.messages[n] as CaseMessage;
  return [
    { what: `messages[${n}] contents left out`, change: (copy) => void delete at(copy).consignment },
    {
      what: `messages[${n}] contents of another`,
      change: (copy) => {
        const other = copy.messages.find((one, m) => m !== n && one.consignment !== undefined);
        if (other?.consignment !== undefined) at(copy).consignment = other.consignment;
      },
    },
  ];
}

function ofRecipient(file: CaseFile, n: number, m: number): readonly CaseLie[] {
  const named = (file.messages[n] as CaseMessage).recipients[m] as CaseMessage['recipients'][number];
  const where = `messages[${n}].recipients[${m}]`;
  const lie = (what: string, change: (one: CaseMessage) => void): CaseLie => ({
    what: `${where} ${what}`,
    change: (copy) => change(copy.messages[n] as CaseMessage),
  });
  const leave = (one: CaseMessage, isKept: (claims: Evidence) => boolean): void => {
    one.recipients.splice(m, 1);
    one.evidence = one.evidence.filter((piece) => isKept(claimsOfPiece(piece)));
  };
  const isOf = ({ recipient }: Evidence): boolean => recipient === named.to;
  return [
    lie('left out', (one) => leave(one, () => true)),
    lie('left out with its evidence', (one) => leave(one, (claims) => !isOf(claims))),
    lie('left out with its evidence and the receipt', (one) =>
      leave(one, (claims) => !isOf(claims) && claims.event !== 'SubmissionAcceptance'),
    ),
    lie('left out with all that says it was taken', (one) =>
      leave(one, (claims) => !isOf(claims) && claims.rests_on === undefined),
    ),
    lie('twice', (one) => void one.recipients.push(structuredClone(named))),
    lie('another digest', (one) => void Object.assign(one.recipients[m] ?? {}, { digest: OTHER_DIGEST })),
    lie('another version', (one) => {
      const { agreement } = named;
      Object.assign(one.recipients[m] ?? {}, { agreement: { ...agreement, version: agreement.version + 1 } });
    }),
    ...partiesIn(file).flatMap((to) => [
      lie(`is ${to}`, (one) => void Object.assign(one.recipients[m] ?? {}, { to })),
      lie(`beside ${to}`, (one) => void one.recipients.push({ ...structuredClone(named), to })),
    ]),
  ];
}

function ofEvidence(file: CaseFile, n: number, m: number): readonly CaseLie[] {
  const where = `messages[${n}].evidence[${m}]`;
  const lie = (what: string, change: (pieces: Piece[], copy: CaseFile) => void): CaseLie => ({
    what: `${where} ${what}`,
    change: (copy) => change((copy.messages[n] as CaseMessage).evidence, copy),
  });
  return [
    lie('left out', (pieces) => void pieces.splice(m, 1)),
    lie('twice', (pieces) => void pieces.push(structuredClone(pieces[m] as Piece))),
    lie('swapped with the next', (pieces) => void pieces.splice(m, 2, ...pieces.slice(m, m + 2).reverse())),
    lie('without proof', (pieces) => void delete pieces[m]?.proof),
    lie('with the proof of the next', (pieces) => {
      const [one, next] = [pieces[m], pieces[(m + 1) % pieces.length]];
      if (one !== undefined && next?.proof !== undefined) one.proof = next.proof;
    }),
    lie('moved to the next message', (pieces, copy) => {
      const [piece] = pieces.splice(m, 1);
      if (piece !== undefined) copy.messages[(n + 1) % copy.messages.length]?.evidence.push(piece);
    }),
    ...resigned(file, n, m),
  ];
}

const OFFICERS = [
  { id: 'o1', name: 'Invented Dara', role: 'supervisor' },
  { id: 'o1', name: 'Invented Sari', role: 'officer' },
  { id: 'o2', name: 'Invented Sari', role: 'officer' },
  { id: 'o1', name: 'Invented Dara', role: 'minister' },
  { id: 'nobody', name: 'Invented Nobody', role: 'officer' },
];

/** Evidence with something else in it, signed by the liar, whose own it then is. */
function resigned(file: CaseFile, n: number, m: number): readonly CaseLie[] {
  const claims = claimsOfPiece((file.messages[n] as CaseMessage).evidence[m] as Piece);
  const say = (what: string, over: Readonly<Record<string, unknown>>, proof = false): CaseLie => ({
    what: `messages[${n}].evidence[${m}] signed anew ${what}`,
    change: async (copy, { did, key }) => {
      const piece = (copy.messages[n] as CaseMessage).evidence[m] as Piece;
      const said = JSON.parse(JSON.stringify({ ...claims, by: did, ...over }));
      const jws = { ...(await signStatement('evidence', said, [key])) };
      const kept = proof && piece.proof !== undefined ? { proof: piece.proof } : {};
      (copy.messages[n] as CaseMessage).evidence[m] = { jws, ...kept };
    },
  });
  const parties = partiesIn(file);
  return [
    say('as it was', {}),
    ...['ConsignmentAcceptance', 'ConsignmentRejection', 'ContentHandover', 'ContentConsignment'].flatMap(
      (event) => [
        say(`as ${event}`, { event }),
        say(`as ${event} with its URI`, { event, event_uri: `http://uri.etsi.org/19522/Event/${event}` }),
      ],
    ),
    ...[
      'SubmissionAcceptance',
      'RelayAcceptance',
      'RelayFailure',
      'DesignationWithdrawn',
      'ContentPurge',
    ].map((event) => say(`as ${event}`, { event })),
    ...[-19, -0.01, 0.01, 19, 2_000].flatMap((hours) => [
      say(`${hours} h later`, { at: later(claims.at, hours) }),
      say(`${hours} h later, the proof kept`, { at: later(claims.at, hours) }, true),
    ]),
    ...OFFICERS.map((officer) => say(`by ${officer.name}, ${officer.role}`, { officer })),
    say('by nobody', { officer: undefined }),
    say('with another reason', { reason: 'unlawful' }),
    say('without reason', { reason: undefined, reason_uri: undefined }),
    ...parties.map((recipient) => say(`about ${recipient}`, { recipient })),
    ...parties.map((sender) => say(`from ${sender}`, { sender })),
    say('about nobody', { recipient: undefined }),
    say('about another message', { consignment: OTHER_ID }),
    say('about another thread', { thid: OTHER_ID }),
    say('about other contents', { digest: OTHER_DIGEST }),
    say('about no contents', { digest: undefined }),
    say('contradicting another', { contradicts: OTHER_ID }),
    say('contradicting nothing', { contradicts: undefined }),
    say('settling nothing', { settles: undefined }),
    say('settling others', { settles: [OTHER_ID, 'cd'.repeat(16)] }),
    say('resting on nothing', { rests_on: undefined }),
    say('known otherwise', { attestation: { how: 'telegram-account' } }),
    say('known by its own signature', { attestation: { how: 'own-signature', statement: '{}' } }),
  ];
}

function ofStatements(file: CaseFile): readonly CaseLie[] {
  const lists = [
    'certificates',
    'gateways',
    'designations',
    'withdrawals',
    'withdrawals_taken',
    'agreements',
  ] as const;
  return lists.flatMap((name) =>
    file[name].flatMap((_, n): CaseLie[] => {
      const list = (copy: CaseFile): unknown[] => copy[name];
      return [
        { what: `${name}[${n}] left out`, change: (copy) => void list(copy).splice(n, 1) },
        {
          what: `${name}[${n}] twice`,
          change: (copy) => void list(copy).push(structuredClone(list(copy)[n])),
        },
        { what: `${name}[${n}] last`, change: (copy) => void list(copy).push(...list(copy).splice(n, 1)) },
      ];
    }),
  );
}

const takenAnew =
  (n: number, over: (claims: Evidence) => object): CaseLie['change'] =>
  async (copy, { key }) => {
    const piece = copy.withdrawals_taken[n];
    if (piece === undefined) return;
    const claims = claimsOfPiece(piece);
    copy.withdrawals_taken[n] = {
      jws: { ...(await signStatement('evidence', { ...claims, ...over(claims) }, [key])) },
    };
  };

function ofHead(file: CaseFile): readonly CaseLie[] {
  const lie = (what: string, changes: Readonly<Record<string, unknown>>): CaseLie => ({
    what,
    change: (copy) => set(copy, OF_FILE, changes),
  });
  return [
    ...[-30, -1, 1, 30, 20_000].map((hours) =>
      lie(`made ${hours} h later`, { made: later(file.made, hours) }),
    ),
    lie('another thread', { thread: OTHER_ID }),
    lie('about one message', { message: file.messages[0]?.id }),
    lie('about another message', { message: OTHER_ID }),
    lie('about the thread', { message: undefined }),
    lie('contents said otherwise', { contents: !file.contents }),
    lie('no ledger', { ledger: undefined }),
    lie('another ledger', { ledger: { origin: 'ledger.example/ledger', vkey: file.ledger?.vkey ?? '' } }),
    {
      what: 'all contents left out',
      change: (copy) => {
        copy.contents = false;
        for (const one of copy.messages) delete one.consignment;
      },
    },
    {
      what: 'no proofs and no ledger',
      change: (copy) => {
        delete copy.ledger;
        for (const piece of [...copy.withdrawals_taken, ...copy.messages.flatMap((one) => one.evidence)])
          delete piece.proof;
      },
    },
    ...file.withdrawals_taken.flatMap((_, n): CaseLie[] => [
      {
        what: `withdrawals_taken[${n}] a day later`,
        change: takenAnew(n, ({ at }) => ({ at: later(at, 24) })),
      },
      {
        what: `withdrawals_taken[${n}] a day earlier`,
        change: takenAnew(n, ({ at }) => ({ at: later(at, -24) })),
      },
      { what: `withdrawals_taken[${n}] of another`, change: takenAnew(n, () => ({ digest: OTHER_DIGEST })) },
    ]),
  ];
}

/** Every lie there is about a file. */
export const listLies = (file: CaseFile): readonly CaseLie[] => [
  ...file.messages.flatMap((_, n) => ofMessage(file, n)),
  ...ofStatements(file),
  ...ofHead(file),
];

/** The file with lies in it, closed again by its author. */
export async function tellLies(file: CaseFile, lies: readonly CaseLie[], liar: CaseLiar): Promise<CaseFile> {
  const { closing: _, ...open } = structuredClone(file);
  for (const { change } of lies) await change(open as CaseFile, liar);
  return signCase(liar, open);
}
