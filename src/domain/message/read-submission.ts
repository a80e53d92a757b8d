/** A partner's post read as a whole: where its head does not fit, what is wrong with the body is told with it. */
import { Refusal } from '../words/error.ts';
import { findFaults, sentenceOfFaults } from '../words/schema-faults.ts';
import { MESSAGE_NAMES } from './message.ts';
import { PROTOCOL, parseBySchema } from './protocol.ts';
import { type Submission, submissionSchema } from './submission.ts';

/** @throws Refusal `invalid-body` */
export function readSubmission(value: unknown): Submission {
  const faults = findFaults(submissionSchema, value);
  if (faults.length === 0) return { ...parseBySchema(submissionSchema, value), body: bodyOf(value) };
  throw new Refusal('invalid-body', sentenceOfFaults([...faults, ...bodyFaults(value)]));
}

/** The body as it came: a schema of any members leaves out `__proto__`, and its type's own is to refuse it. */
const bodyOf = (value: unknown): Submission['body'] => (value as Submission).body;

/** Of a post that is to be filled from a tip the body is judged when it is whole. */
function bodyFaults(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || !('body' in value) || 'from_tip' in value) return [];
  const name = 'type' in value ? MESSAGE_NAMES.find((one) => one === value.type) : undefined;
  const isObject = typeof value.body === 'object' && value.body !== null && !Array.isArray(value.body);
  return name === undefined || !isObject ? [] : findFaults(PROTOCOL[name].body, value.body, 'body');
}
