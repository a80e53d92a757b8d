/**
 * The border post of Badau postpones two departures; Lubok Antu, on the other side, asks for a clarification and
 * answers.
 */
import type { Line } from '../../test/support/outside/partner.ts';
import { BADAU_LUBOK_ANTU } from '../company.ts';
import { acknowledgeStep, sendStep } from '../moves.ts';
import type { Story } from '../story.ts';
import { expectNobody, expectTurn } from '../turns.ts';

const spoken = { urgency: 'urgent', handling: 'H1' } as const;

const PEOPLE = [
  { ref: 'p1', prs_FirstName: 'Intan', prs_SecondName: 'Pengandaian', prs_Gender: 'Feminine' },
  { ref: 'p2', prs_FirstName: 'Bima', prs_SecondName: 'Kiranya', prs_Gender: 'Masculine' },
].map((one) => ({ ...one, prs_Citizenship: ['ID'], prs_PrimaryLanguage: 'ind' }));

const INDICATION: Line = {
  ...spoken,
  type: 'indication',
  lang: 'id',
  body: {
    case_number: 'BDU-2026-0031',
    persons: PEOPLE.map((one) => ({
      ...one,
      vic_TraffickingStatus: 'PossibleVictimOfTrafficking',
      vic_TraffickingStatusDecisionMakingOrg: 'NonPoliceGovernmentalOrganization',
      needs: ['interpreter', 'protection'],
    })),
    where: { country: 'ID', name: 'Pos Lintas Batas Badau', kind: 'border-post' },
    happened:
      'Dua orang muda diantar seorang perempuan yang memegang paspor mereka. Keduanya tidak tahu nama perusahaan yang dituju.',
    checklist: {
      languages: ['ind', 'iba'],
      documents_seen: ['passport'],
      documents_missing: ['work-permit', 'employment-contract'],
      recruiter: {
        known: 'yes',
        vic_RelationshipToTrafficker: 'Unaquainted',
        per_RoleInProcess: ['RecruiterOrIntermediary'],
      },
      route: { from: 'Putussibau', via: ['Badau', 'Lubok Antu'], to: 'Kuching' },
      money: { debt: 'yes', amount: 7_500_000, currency: 'IDR', paid_by: 'perekrut' },
      fear: ['others-answer', 'rehearsed-answers'],
      companions: 1,
      minors: 0,
    },
    measure: 'departure-postponed',
    referred_to: 'Rumah aman, Putussibau',
    indicators: ['passports held by another', 'debt before departure'],
    evaluation: { source: 'A', information: '2' },
  },
};

const QUESTION: Line = {
  ...spoken,
  type: 'clarification',
  lang: 'ms',
  body: { question: 'Kenderaan apa yang membawa mereka, dan siapa yang menunggu di sebelah sini?' },
};

const EXPLAINED: Line = {
  ...spoken,
  type: 'reply',
  lang: 'id',
  body: {
    answer:
      'Mobil van putih berpelat Kalimantan. Menurut p1 mereka akan dijemput di terminal bus Lubok Antu.',
    evaluation: { source: 'B', information: '3' },
  },
};

const ANSWER: Line = {
  ...spoken,
  type: 'reply',
  lang: 'ms',
  body: {
    persons: PEOPLE.map(({ ref }) => ({ ref })),
    answer:
      'Seorang lelaki yang menunggu di terminal bas telah ditemu bual. Nama syarikat yang disebut tidak berdaftar. Pos kami akan memberitahu jika p1 atau p2 tiba.',
    evaluation: { source: 'A', information: '2' },
  },
};

const CLOSURE: Line = {
  type: 'closure',
  urgency: 'routine',
  handling: 'H1',
  lang: 'id',
  body: {
    cas_Status: 'ClosedReferred',
    cas_ReasonForCaseClosure: 'Keduanya didampingi rumah aman; perekrut dilaporkan.',
  },
};

export const INDICATION_AT_BADAU: Story = {
  title:
    'Badau postpones a departure and sends Lubok Antu the checklist; Lubok Antu asks for a clarification, and answers',
  company: BADAU_LUBOK_ANTU,
  steps: [
    sendStep({
      chapter: 'Badau postpones two departures and tells the other side of the border',
      from: 'badau',
      to: ['lubokAntu', 'sarawak'],
      line: INDICATION,
      as: 'indication',
      says: 'posts an indication with the agreed checklist: departure postponed',
      leaves: expectTurn('lubokAntu', 'acknowledge', { ID: 0, MY: 0 }),
    }),
    acknowledgeStep({
      chapter: 'Half an hour later, Lubok Antu and Kuching acknowledge it',
      what: 'indication',
      later: 30,
      leaves: expectNobody({ ID: 0, MY: 30 }),
    }),
    sendStep({
      chapter: 'Lubok Antu asks for a clarification',
      from: 'lubokAntu',
      to: ['badau'],
      line: QUESTION,
      as: 'question',
      about: 'indication',
      says: 'asks which car it was, and who waits on this side',
      leaves: expectTurn('badau', 'acknowledge', { ID: 0, MY: 30 }),
    }),
    acknowledgeStep({
      chapter: 'Badau acknowledges the question, and now owes its answer',
      what: 'question',
      later: 10,
      leaves: expectTurn('badau', 'clarify', { ID: 10, MY: 30 }),
    }),
    sendStep({
      chapter: 'Forty minutes later, Badau answers the question',
      from: 'badau',
      to: ['lubokAntu'],
      line: EXPLAINED,
      as: 'explained',
      about: 'question',
      later: 40,
      says: 'posts the clarification',
      leaves: expectTurn('lubokAntu', 'acknowledge', { ID: 50, MY: 30 }),
    }),
    acknowledgeStep({
      chapter: 'Lubok Antu acknowledges the clarification',
      what: 'explained',
      later: 20,
      leaves: expectNobody({ ID: 50, MY: 50 }),
    }),
    sendStep({
      chapter: 'Three hours later, Lubok Antu answers the indication',
      from: 'lubokAntu',
      to: ['badau', 'consulate'],
      line: ANSWER,
      as: 'answer',
      about: 'indication',
      later: 180,
      says: 'replies to Badau and to the consulate: officers have spoken to the person who waited',
      leaves: expectTurn('consulate', 'acknowledge', { ID: 50, MY: 50 }),
    }),
    acknowledgeStep({
      chapter: 'The consul acknowledges it by mail; Badau still has to',
      what: 'answer',
      by: ['consulate'],
      later: 20,
      leaves: expectTurn('badau', 'acknowledge', { ID: 70, MY: 50 }),
    }),
    acknowledgeStep({
      chapter: 'Badau acknowledges it, too',
      what: 'answer',
      by: ['badau'],
      later: 20,
      leaves: expectNobody({ ID: 90, MY: 50 }),
    }),
    sendStep({
      chapter: 'Badau closes the case',
      from: 'badau',
      to: ['lubokAntu', 'sarawak'],
      line: CLOSURE,
      as: 'closure',
      says: 'closes the thread',
      leaves: expectTurn('lubokAntu', 'acknowledge', { ID: 90, MY: 50 }),
    }),
    acknowledgeStep({
      chapter: 'Both acknowledge the closure',
      what: 'closure',
      later: 60,
      leaves: expectNobody({ ID: 90, MY: 110 }),
    }),
  ],
};
