/**
 * Maps Telegram's answers to outcomes (Bot API: Making requests, ResponseParameters). The codes are ours. Telegram's own text is
 * matched only if nothing else distinguishes two cases, and it is never passed on.
 */
import { GrammyError, HttpError } from 'grammy';
import type { Outcome } from '../../src/domain/carriage/adapter.ts';

/** The outcome of an accepted message is `sent`, because a bot never learns whether a message was delivered or read. */
export const makeSentOutcome = (reference?: number): Outcome => ({
  kind: 'accepted',
  code: 'telegram-ok',
  reach: 'sent',
  ...(reference === undefined ? {} : { reference: String(reference), revisable: true }),
});

/** Maps a failed call. Throws an error that is not an answer of the channel again, because it is a fault. */
export function outcomeOfApi(error: unknown): Outcome {
  // A network error, a timeout, an abort, or an answer that is not from the Bot API: it is not known whether the call succeeded.
  if (error instanceof HttpError) return { kind: 'deferred', code: 'no-answer' };
  if (!(error instanceof GrammyError)) throw error;
  switch (error.error_code) {
    case 400:
      return badRequest(error.description ?? '');
    case 401:
    case 404:
      // The token is wrong or was revoked. The message is sent after the operator has corrected it.
      return { kind: 'deferred', code: 'token-refused' };
    case 403:
      // The bot is blocked or was never started, or the account was deleted. A retry does not help; the person must start the bot.
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

/** Maps answers with status 400 by their text, in order. Unknown ones are final too, because the same call gets the same answer. */
function badRequest(description: string): Outcome {
  // An earlier attempt, whose answer was lost, already made this edit.
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
