/**
 * Telegram's answers as outcomes (Bot API: Making requests, ResponseParameters). The codes are ours; Telegram's own
 * text is matched where it alone tells two cases apart, and goes no further.
 */
import { GrammyError, HttpError } from 'grammy';
import type { Outcome } from '../../src/domain/carriage/adapter.ts';

/** A bot is never told that a message was delivered or read: what Telegram took is `sent`. */
export const makeSentOutcome = (reference?: number): Outcome => ({
  kind: 'accepted',
  code: 'telegram-ok',
  reach: 'sent',
  ...(reference === undefined ? {} : { reference: String(reference), revisable: true }),
});

/** What a failed call means. An error that is no answer of the channel is thrown on: it is a fault. */
export function outcomeOfApi(error: unknown): Outcome {
  // Network, time-out, an abort, or an answer that is not the Bot API's: whether it was taken is not known.
  if (error instanceof HttpError) return { kind: 'deferred', code: 'no-answer' };
  if (!(error instanceof GrammyError)) throw error;
  switch (error.error_code) {
    case 400:
      return badRequest(error.description ?? '');
    case 401:
    case 404:
      // The token is wrong or was revoked. The operator can mend that, and the message then goes out.
      return { kind: 'deferred', code: 'token-refused' };
    case 403:
      // Blocked, never started, or the account was deleted: no retry helps, the person must start the bot again.
      return { kind: 'rejected', code: 'blocked', gone: true };
    case 429:
      return rateLimited(error.parameters.retry_after);
    default:
      return { kind: 'deferred', code: error.error_code >= 500 ? 'server-error' : 'unexpected' };
  }
}

function rateLimited(seconds: unknown): Outcome {
  const retryAfter = typeof seconds === 'number' && seconds > 0 ? { retryAfter: Math.ceil(seconds) } : {};
  return { kind: 'deferred', code: 'rate-limited', ...retryAfter };
}

/** The 400s by their text, in order. Unknown ones are final too: the same call would be answered the same way. */
function badRequest(description: string): Outcome {
  // An edit that was made before, by a try whose answer was lost.
  if (/message is not modified/i.test(description))
    return { kind: 'accepted', code: 'not-modified', reach: 'sent' };
  if (/chat not found|user not found|deactivated|peer_id_invalid/i.test(description)) {
    return { kind: 'rejected', code: 'chat-gone', gone: true };
  }
  if (/message to edit not found|message can't be edited|message_id_invalid/i.test(description)) {
    return { kind: 'rejected', code: 'not-editable' };
  }
  return { kind: 'rejected', code: 'bad-request' };
}
