/** The messages of the demo's first story. The people, the places within the city and the events are invented. */
import type { Line } from '../test/support/outside/partner.ts';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

export const PEOPLE = [
  {
    ref: 'p1',
    prs_FirstName: 'Sari',
    prs_SecondName: 'Contoh',
    prs_Gender: 'Feminine',
    prs_Birthdate: '2003-04-11',
  },
  {
    ref: 'p2',
    prs_FirstName: 'Rahmat',
    prs_SecondName: 'Andaikata',
    prs_Gender: 'Masculine',
    prs_Birthdate: '1999-12-02',
  },
  {
    ref: 'p3',
    prs_FirstName: 'Dewi',
    prs_SecondName: 'Seumpama',
    prs_Gender: 'Feminine',
    prs_Birthdate: '2005-07-23',
  },
].map((one) => ({ ...one, prs_Citizenship: ['ID'], prs_PrimaryLanguage: 'ind' }));

const suspected = {
  vic_TraffickingStatus: 'PossibleVictimOfTrafficking',
  vic_TraffickingStatusDecisionMakingOrg: 'NGO',
  vic_MethodOfRecruitment: ['ThroughOnlineSocialNetworks'],
  vic_MethodsOfControl: ['WithholdsDocuments', 'DebtBondage', 'amanat:RestrictsMovement'],
  vic_TypeOfExploitation: ['amanat:ForcedCriminality'],
};

/** The shelter to the attaché, the focal point in Cambodia, and the office that the three people came from. */
export const REPORT: Line = {
  type: 'report',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    case_number: 'RMD-2026-0417',
    persons: PEOPLE.map((one) => ({
      ...one,
      ...suspected,
      needs: ['shelter', 'consular-access', 'travel-document'],
    })),
    where: { country: 'KH', name: 'Rumdoul Shelter, Phnom Penh' },
    happened:
      'Three young people came to the shelter at night without documents. They say they answered an advertisement for restaurant work, crossed from Putussibau by road, and were held in a compound to write to strangers online.',
    since: '2026-11-20',
    needs: ['medical', 'interpreter'],
    indicators: ['documents withheld', 'debt imposed on arrival', 'not free to leave'],
    consent: { con_Consent: true, note: 'All three agree that their embassy and the police are told.' },
    evaluation: { source: 'B', information: '2' },
  },
  attachments: [
    {
      filename: 'intake-notes.txt',
      media_type: 'text/plain',
      base64: base64(
        'Intake notes, invented for demonstration.\n\np1, p2, p3 arrived together on foot. No injuries seen.\n',
      ),
    },
  ],
};

/** The shelter to the police, sealed to keys that only the police have. */
export const TIP: Line = {
  type: 'text',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    text: 'Three people in our care say that their passports are still held at the compound. They are ready to speak to you with an interpreter.',
  },
};

/** The police to Jakarta and the attaché: a request to identify the three people. */
export const QUESTION: Line = {
  type: 'request',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    kind: 'nationality-verification',
    persons: PEOPLE,
    question: 'Please verify the nationality of these three persons, so that exit permits can be asked for.',
    evaluation: { source: 'A', information: '2' },
  },
};

/** Jakarta's answer. */
export const ANSWER: Line = {
  type: 'reply',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'id',
  body: {
    kind: 'nationality-verification',
    outcome: 'confirmed',
    persons: PEOPLE.map((one, n) => ({ ...one, prs_IdentityNumber: `CONTOH-${n + 1}` })),
    answer:
      'Ketiganya terverifikasi sebagai Warga Negara Indonesia. Kedutaan dapat menerbitkan dokumen perjalanan.',
    evaluation: { source: 'A', information: '1' },
  },
};

/** The shelter to all who took part. */
export const CLOSURE: Line = {
  type: 'closure',
  urgency: 'routine',
  handling: 'H1',
  lang: 'en',
  body: {
    cas_Status: 'ClosedReferred',
    cas_ReasonForCaseClosure:
      'Nationality confirmed; the embassy issues travel documents and accompanies the three home.',
  },
};
