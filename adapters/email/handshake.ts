/** Makes a handshake with the mail relay: connection, EHLO, STARTTLS and AUTH. Sends no mail. */
import { outcomeOfSmtp } from './smtp-answer.ts';
import { openTransport, type SmtpOptions } from './transport.ts';

/** Resolves to undefined if the relay accepts the login, else to our code for the reason. */
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
