/** The story of three stranded people, from the first report to the closing of the case. */
import { PHNOM_PENH_JAKARTA } from '../company.ts';
import { sendAcknowledgedStep } from '../moves.ts';
import { ANSWER, CLOSURE, QUESTION, REPORT, TIP } from '../script.ts';
import type { Story } from '../story.ts';

export const STRANDED: Story = {
  title: 'three stranded people, from the first report to the closing of the case',
  company: PHNOM_PENH_JAKARTA,
  steps: [
    sendAcknowledgedStep({
      chapter: 'A shelter in Phnom Penh reports three stranded Indonesian citizens',
      from: 'shelter',
      to: ['attache', 'desk', 'post'],
      line: REPORT,
      says: 'posts a report about three people',
    }),
    sendAcknowledgedStep({
      chapter: 'The shelter informs the police, who hold their own keys',
      from: 'shelter',
      to: ['police'],
      line: TIP,
      says: 'writes to the police',
    }),
    sendAcknowledgedStep({
      chapter: 'The police seal a request themselves: who are the three?',
      from: 'police',
      to: ['immigration', 'attache'],
      line: QUESTION,
      says: 'seals a nationality-verification request and posts the consignment',
    }),
    sendAcknowledgedStep({
      chapter: 'Jakarta answers',
      from: 'immigration',
      to: ['police', 'shelter'],
      line: ANSWER,
      says: 'replies: nationality confirmed',
    }),
    sendAcknowledgedStep({
      chapter: 'The case is closed',
      from: 'shelter',
      to: ['attache', 'desk', 'post', 'police', 'immigration'],
      line: CLOSURE,
      says: 'closes the thread',
    }),
  ],
};
