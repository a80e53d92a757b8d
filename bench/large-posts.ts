/** Large messages for the bench, with one attachment of a given size that cannot be compressed. */
import { randomBytes } from 'node:crypto';
import type { Designation } from '../src/domain/party/designation.ts';
import type { LargeFocalPoints } from './large-setting.ts';
import type { SignedPost } from './load.ts';
import { createPostSigner, makeConsignment } from './posts.ts';

const TEXT = { text: 'An invented message of the bench.' } as const;
const FILE = { filename: 'scan.pdf', media_type: 'application/pdf' } as const;

/** A signed post of the shelter. */
export async function makeLargePost(
  { shelter }: LargeFocalPoints,
  to: Designation,
  bytes: number,
): Promise<SignedPost> {
  const attachments = [{ ...FILE, base64: randomBytes(bytes).toString('base64') }];
  const sign = await createPostSigner(shelter, { to: [to.focal_point], body: TEXT, attachments });
  return sign();
}

/** A sealed and signed consignment of the police. */
export const makeLargeConsignment = (
  focalPoints: LargeFocalPoints,
  to: Designation,
  bytes: number,
): Promise<SignedPost> => {
  const data = { base64: randomBytes(bytes).toString('base64url') };
  const attachments = [{ id: 'a1', ...FILE, byte_count: bytes, data }];
  return makeConsignment(focalPoints, to, { body: TEXT, attachments });
};
