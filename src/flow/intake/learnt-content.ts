/** Content was opened for a focal point in custody here, or was posted by it: what follows from that hangs here. */
import type { Posting } from '../../gateway-parts.ts';
import { type LearntContent, reviewDeterminations } from './review.ts';

/** To be called wherever content is opened to be shown or handed over, once that is done. Never throws. */
export async function followLearntContent(
  gateway: Posting,
  focalPoint: string,
  content: LearntContent,
): Promise<void> {
  await reviewDeterminations(gateway, focalPoint, content);
}
