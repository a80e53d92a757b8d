/**
 * From the report of a shelter in Phnom Penh to the return of two of three people: every step between the two
 * capitals.
 */
import type { Line } from '../../test/support/outside/partner.ts';
import { HOMEWARD } from '../company.ts';
import { acknowledgeStep, sendStep } from '../moves.ts';
import { ANSWER, PEOPLE, QUESTION, REPORT } from '../script.ts';
import type { Story } from '../story.ts';
import { expectNobody, expectTurn } from '../turns.ts';

const spoken = { urgency: 'urgent', handling: 'H1', lang: 'en' } as const;
const THREE = PEOPLE.map(({ ref }) => ({ ref }));
const EMERGENCY = 'emergency-travel-document';

const PAPERS_ASKED: Line = {
  ...spoken,
  type: 'request',
  body: {
    kind: 'travel-document',
    document: EMERGENCY,
    persons: THREE,
    question: 'Please issue documents for the journey home; all three passports are still withheld.',
  },
};

const PAPERS: Line = {
  ...spoken,
  type: 'reply',
  body: {
    kind: 'travel-document',
    outcome: 'provided',
    papers: PEOPLE.map((_one, n) => ({ document: EMERGENCY, number: `CONTOH-SPLP-${n + 1}` })),
    answer: 'The embassy in Phnom Penh has them ready for the three.',
    evaluation: { source: 'A', information: '1' },
  },
};

const EXIT_ASKED: Line = {
  ...spoken,
  type: 'request',
  body: {
    kind: 'exit-permit',
    persons: THREE,
    travel_by: '2026-12-04',
    question: 'Please permit these three persons to leave; each has a document for one journey.',
  },
};

const EXIT: Line = {
  ...spoken,
  type: 'reply',
  body: {
    kind: 'exit-permit',
    outcome: 'granted',
    valid_until: '2026-12-18',
    answer: 'Permits are granted, overstay is waived.',
    conditions: 'To be shown at the airport, with the travel document.',
    evaluation: { source: 'A', information: '1' },
  },
};

const MANIFEST: Line = {
  ...spoken,
  type: 'handover',
  body: {
    when: '2026-12-03T09:30:00+07:00',
    where: { country: 'KH', name: 'Airport, Phnom Penh', kind: 'airport' },
    escort: { name: 'Meas Sovann', office: 'Rumdoul Shelter' },
    persons: PEOPLE.map(({ ref }, n) => ({
      ref,
      papers: [{ document: EMERGENCY, number: `CONTOH-SPLP-${n + 1}` }],
      medical_needs: ref === 'p3',
      needs: ['family-contact'],
    })),
  },
};

const TAKEN_OVER: Line = {
  ...spoken,
  type: 'acceptance',
  body: {
    persons: [
      { ref: 'p1', accepted: true },
      { ref: 'p2', accepted: true },
      { ref: 'p3', accepted: false, ground: 'unfit-to-travel', note: 'A doctor advises to wait two weeks.' },
    ],
  },
};

const AT_HOME: Line = {
  type: 'followup',
  urgency: 'routine',
  handling: 'H1',
  lang: 'id',
  body: {
    date: '2026-12-10',
    persons: ['p1', 'p2'].map((ref) => ({
      ref,
      housing: 'with-family',
      schooling: 'in-training',
      health: 'well',
      legal: 'complaint-filed',
    })),
    evaluation: { source: 'A', information: '1' },
  },
};

const CLOSURE: Line = {
  type: 'closure',
  urgency: 'routine',
  handling: 'H1',
  lang: 'en',
  body: {
    cas_Status: 'ClosedReferred',
    cas_ReasonForCaseClosure:
      'Two are home with their families. The third travels when a doctor allows it; a case of its own goes on.',
  },
};

const ABROAD = ['attache', 'immigration', 'post'] as const;

export const REPATRIATION: Story = {
  title:
    'report, verification, travel document, exit permit, handover with one person not taken over, follow-up',
  company: HOMEWARD,
  steps: [
    sendStep({
      chapter: 'A shelter in Phnom Penh reports three stranded Indonesian citizens',
      from: 'shelter',
      to: ABROAD,
      line: REPORT,
      as: 'report',
      says: 'posts a report about three people',
      leaves: expectTurn('attache', 'acknowledge', { KH: 0, ID: 0 }),
    }),
    acknowledgeStep({
      chapter: 'Half an hour later, the embassy, Jakarta and Putussibau acknowledge it',
      what: 'report',
      later: 30,
      leaves: expectNobody({ KH: 0, ID: 30 }),
    }),
    sendStep({
      chapter: 'The shelter asks for their identity',
      from: 'shelter',
      to: ['immigration'],
      line: QUESTION,
      as: 'verification',
      says: 'asks for verification of nationality',
      leaves: expectTurn('immigration', 'acknowledge', { KH: 0, ID: 30 }),
    }),
    acknowledgeStep({
      chapter: 'Jakarta acknowledges it, and owes the answer',
      what: 'verification',
      later: 30,
      leaves: expectTurn('immigration', 'answer', { KH: 0, ID: 60 }),
    }),
    sendStep({
      chapter: 'Twenty hours later, Jakarta answers',
      from: 'immigration',
      to: ['shelter'],
      line: ANSWER,
      as: 'verified',
      about: 'verification',
      later: 1_200,
      says: 'replies: nationality confirmed',
      leaves: expectTurn('shelter', 'acknowledge', { KH: 0, ID: 1_260 }),
    }),
    acknowledgeStep({
      chapter: 'The shelter acknowledges the answer at once',
      what: 'verified',
      leaves: expectNobody({ KH: 0, ID: 1_260 }),
    }),
    sendStep({
      chapter: 'The shelter asks for travel documents',
      from: 'shelter',
      to: ['immigration'],
      line: PAPERS_ASKED,
      as: 'papers asked',
      says: 'asks for travel documents',
      leaves: expectTurn('immigration', 'acknowledge', { KH: 0, ID: 1_260 }),
    }),
    acknowledgeStep({
      chapter: 'Jakarta acknowledges it',
      what: 'papers asked',
      later: 20,
      leaves: expectTurn('immigration', 'answer', { KH: 0, ID: 1_280 }),
    }),
    sendStep({
      chapter: 'Ten hours later, the documents are ready',
      from: 'immigration',
      to: ['shelter'],
      line: PAPERS,
      as: 'papers',
      about: 'papers asked',
      later: 600,
      says: 'replies: documents provided',
      leaves: expectTurn('shelter', 'acknowledge', { KH: 0, ID: 1_880 }),
    }),
    acknowledgeStep({
      chapter: 'The shelter acknowledges it',
      what: 'papers',
      later: 10,
      leaves: expectNobody({ KH: 10, ID: 1_880 }),
    }),
    sendStep({
      chapter: 'Jakarta asks Phnom Penh for exit permits',
      from: 'immigration',
      to: ['permits'],
      line: EXIT_ASKED,
      as: 'exit asked',
      says: 'asks for exit permits',
      leaves: expectTurn('permits', 'acknowledge', { KH: 10, ID: 1_880 }),
    }),
    acknowledgeStep({
      chapter: 'The permit office acknowledges it',
      what: 'exit asked',
      later: 50,
      leaves: expectTurn('permits', 'answer', { KH: 60, ID: 1_880 }),
    }),
    sendStep({
      chapter: 'Thirty hours later, the permits are granted',
      from: 'permits',
      to: ['immigration'],
      line: EXIT,
      as: 'exit',
      about: 'exit asked',
      later: 1_800,
      says: 'replies: exit permits granted',
      leaves: expectTurn('immigration', 'acknowledge', { KH: 1_860, ID: 1_880 }),
    }),
    acknowledgeStep({
      chapter: 'Jakarta acknowledges it',
      what: 'exit',
      leaves: expectNobody({ KH: 1_860, ID: 1_880 }),
    }),
    sendStep({
      chapter: 'The shelter announces the handover, person by person',
      from: 'shelter',
      to: ['immigration'],
      line: MANIFEST,
      as: 'manifest',
      says: 'posts the manifest with three persons',
      leaves: expectTurn('immigration', 'acknowledge', { KH: 1_860, ID: 1_880 }),
    }),
    acknowledgeStep({
      chapter: 'Jakarta acknowledges the manifest, and owes a decision on each person',
      what: 'manifest',
      later: 20,
      leaves: expectTurn('immigration', 'accept-manifest', { KH: 1_860, ID: 1_900 }),
    }),
    sendStep({
      chapter: 'Two of the three can travel',
      from: 'immigration',
      to: ['shelter'],
      line: TAKEN_OVER,
      as: 'taken over',
      about: 'manifest',
      later: 100,
      says: 'accepts two persons; the third is not fit to travel',
      leaves: expectTurn('shelter', 'acknowledge', { KH: 1_860, ID: 2_000 }),
    }),
    acknowledgeStep({
      chapter: 'The shelter acknowledges the decisions',
      what: 'taken over',
      later: 10,
      leaves: expectNobody({ KH: 1_870, ID: 2_000 }),
    }),
    sendStep({
      chapter: 'A week later, Jakarta reports how the two are doing at home',
      from: 'immigration',
      to: ['shelter'],
      line: AT_HOME,
      as: 'at home',
      about: 'taken over',
      later: 10_080,
      says: 'posts a follow-up',
      leaves: expectTurn('shelter', 'acknowledge', { KH: 1_870, ID: 2_000 }),
    }),
    acknowledgeStep({
      chapter: 'The shelter acknowledges the follow-up',
      what: 'at home',
      later: 60,
      leaves: expectNobody({ KH: 1_930, ID: 2_000 }),
    }),
    sendStep({
      chapter: 'The shelter closes the case',
      from: 'shelter',
      to: ABROAD,
      line: CLOSURE,
      as: 'closure',
      says: 'closes the thread',
      leaves: expectTurn('attache', 'acknowledge', { KH: 1_930, ID: 2_000 }),
    }),
    acknowledgeStep({
      chapter: 'All three acknowledge the closure',
      what: 'closure',
      later: 30,
      leaves: expectNobody({ KH: 1_930, ID: 2_030 }),
    }),
  ],
};
