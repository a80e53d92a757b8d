/** Reads a partner's post. If the head has faults, faults of the body are reported together with them. */

import { parseBySchema } from '../words/checked.ts';
import { Refusal } from '../words/error.ts';
import { findFaults, sentenceOfFaults } from '../words/schema-faults.ts';
import { MESSAGE_NAMES } from './message.ts';
import { PROTOCOL } from './protocol.ts';
import { type Submission, submissionSchema } from './submission.ts';

/** @throws Refusal `invalid-body` */
export function readSubmission(value: unknown): Submission {
  const faults = findFaults(submissionSchema, value);
  if (faults.length === 0) return { ...parseBySchema(submissionSchema, value), body: bodyOf(value) };
  throw new Refusal('invalid-body', sentenceOfFaults([...faults, ...bodyFaults(value)]));
}

/**
 * The body exactly as it came. A schema of any members drops `__proto__`, and the schema of the type must see it to
 * refuse it.
 */
const bodyOf = (value: unknown): Submission['body'] => (value as Submission).body;

/** Faults of the body. A post that is completed from a tip is checked later, when it is complete. */
function bodyFaults(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || !('body' in value) || 'from_tip' in value) return [];
  const name = 'type' in value ? MESSAGE_NAMES.find((one) => one === value.type) : undefined;
  const isObject = typeof value.body === 'object' && value.body !== null && !Array.isArray(value.body);
  return name === undefined || !isObject ? [] : findFaults(PROTOCOL[name].body, value.body, 'body');
}
