/** A valid body of each type, with as many members as it can have. */
import type { MessageName } from '../../src/domain/message/message.ts';

const person = {
  ref: 'p1',
  prs_FirstName: 'Invented',
  prs_Birthdate: '1999-02-28',
  prs_Gender: 'NonSpecifiedUnknown',
  prs_Citizenship: ['ID'],
  prs_PrimaryLanguage: 'ind',
  vic_RelationshipToTrafficker: 'Unaquainted',
  vic_MethodsOfControl: ['DebtBondage', 'amanat:RestrictsMovement'],
  vic_TypeOfExploitation: ['amanat:ForcedCriminality'],
  needs: ['shelter'],
  determinations: [
    {
      country: 'KH',
      vic_TraffickingStatusDecisionMakingOrg: 'Police',
      date: '2026-11-02',
      vic_TraffickingStatus: 'NotAVictimOfTrafficking',
    },
    {
      country: 'ID',
      vic_TraffickingStatusDecisionMakingOrg: 'NonPoliceGovernmentalOrganization',
      date: '2026-11-09',
      vic_TraffickingStatus: 'ActualVictimOfTrafficking',
    },
  ],
};

export const EVALUATION = { source: 'B', information: '2' };
export const RECRUITER = {
  known: 'yes',
  name: 'Invented Recruiter',
  contact: 'an invented number',
  vic_RelationshipToTrafficker: 'Acquainted',
  per_RoleInProcess: ['RecruiterOrIntermediary'],
};
const journeys = [
  { carrier: 'Invented Air', number: 'XX 100', date: '2026-12-01', from: 'Phnom Penh', to: 'Jakarta' },
];

/** One good body a type, with as much in it as the schema knows. */
export const GOOD_BODIES: Readonly<Record<MessageName, Record<string, unknown>>> = {
  report: {
    case_number: 'KH-1',
    persons: [person, { ref: 'p2' }],
    where: {
      country: 'KH',
      name: 'Phnom Penh',
      kind: 'amanat:ScamCompound',
      latitude: 11.5,
      longitude: 104.9,
    },
    happened: 'Left a compound.',
    since: '2026-11-01',
    needs: ['medical'],
    indicators: ['no passport'],
    consent: { con_Consent: true, note: 'spoken' },
    evaluation: { source: 'B', information: '2' },
  },
  indication: {
    persons: [person],
    where: { country: 'ID', name: 'Badau', kind: 'border-post' },
    happened: 'Four young people with one ticket.',
    checklist: {
      languages: ['ind', 'msa'],
      documents_seen: ['identity-card'],
      documents_missing: ['passport', 'work-permit'],
      recruiter: RECRUITER,
      route: { from: 'Putussibau', via: ['Badau'], to: 'Kuching', journeys },
      money: { debt: 'yes', amount: 5_000_000, currency: 'IDR', paid_by: 'the recruiter' },
      fear: ['others-answer', 'watched'],
      companions: 3,
      minors: null,
    },
    measure: 'departure-postponed',
    referred_to: 'Invented desk',
    indicators: ['one ticket for four'],
    consent: { con_Consent: true },
    evaluation: EVALUATION,
  },
  tip: {
    where: { country: 'ID', name: 'Invented village' },
    happened: 'A stranger collects young people.',
    since: '2026-11-01',
    persons: [{ ref: 'p1' }],
    recruiter: RECRUITER,
    offered: 'Restaurant work',
    destination: 'KH',
    departure: '2026-12-01',
    reporter: { role: 'village-officer', name: 'Invented Officer', contact: 'the office' },
    evaluation: EVALUATION,
  },
  request: {
    kind: 'nationality-verification',
    question: 'Is p1 a citizen?',
    persons: [person],
    documents_seen: ['identity-card'],
    evaluation: EVALUATION,
  },
  reply: {
    kind: 'nationality-verification',
    outcome: 'confirmed',
    basis: ['civil-registry'],
    answer: 'Yes.',
    evaluation: EVALUATION,
  },
  clarification: { question: 'Which of the two?' },
  refusal: { ground: 'national-law', detail: 'Article 3.' },
  notice: {
    kind: 'border-measure',
    subject: 'Closed',
    text: 'Closed on Monday.',
    border: 'closed',
    where: { country: 'ID', name: 'Badau' },
    from: '2026-12-01',
    until: '2026-12-03',
    evaluation: EVALUATION,
  },
  handover: {
    when: '2026-12-01T09:00:00+07:00',
    where: { country: 'ID', name: 'Soekarno-Hatta', kind: 'airport' },
    escort: { name: 'Invented Escort', office: 'Embassy', contact: 'a number' },
    persons: [
      {
        ref: 'p1',
        papers: [{ document: 'emergency-travel-document', number: 'INVENTED-1', valid_until: '2026-12-31' }],
        medical_needs: true,
        medical_note: 'Asthma.',
        minor: false,
        needs: ['medical'],
      },
    ],
    note: 'At the usual gate.',
  },
  acceptance: {
    persons: [
      { ref: 'p1', accepted: true },
      { ref: 'p2', accepted: false, ground: 'not-our-national', note: 'Other papers.' },
    ],
  },
  followup: {
    date: '2027-01-10',
    persons: [
      {
        ref: 'p1',
        housing: 'with-family',
        schooling: 'in-training',
        health: 'well',
        legal: 'complaint-filed',
        note: 'Doing well.',
      },
    ],
    text: 'First visit.',
    evaluation: EVALUATION,
  },
  correction: { corrected: [{ member: 'persons.0.prs_Birthdate', now: '1999-03-01' }], reason: 'Misread.' },
  recall: { reason: 'wrong-recipient', detail: 'Meant for another desk.' },
  'permission-request': {
    purpose: 'pass-on',
    third_party: { name: 'Invented prosecutor', country: 'ID' },
    reason: 'A case is prepared.',
  },
  permission: { granted: true, conditions: 'Without the name.', until: '2027-01-01' },
  drill: { exercise: 'Invented exercise', text: 'Please tap.' },
  text: { text: 'Received with thanks.' },
  closure: { cas_Status: 'ClosedReferred', cas_ReasonForCaseClosure: 'Home.' },
};
