/** A handshake with the mail relay: connecting, EHLO, STARTTLS and AUTH. Nothing is mailed. */
import { outcomeOfSmtp } from './smtp-answer.ts';
import { openTransport, type SmtpOptions } from './transport.ts';

/** Resolves to undefined where the relay takes us, else to a code of ours for why not. */
export async function greetRelay(
  smtp: SmtpOptions,
  from: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const transport = openTransport(smtp, from, timeoutMs);
  try {
    await transport.verify();
    return undefined;
  } catch (fault) {
    return outcomeOfSmtp(fault).code;
  } finally {
    transport.close({ force: true });
  }
}
