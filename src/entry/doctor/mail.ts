/** The mail channel: its certificate, and a real handshake with the relay (EHLO, STARTTLS, AUTH). Nothing is mailed. */
import { readChannels, readMailSettings, type SettingValues } from '../../config/settings.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { HomeFolder } from '../home/home.ts';
import { type DoctorCheck, type DoctorFinding, reportFailed, reportOk, reportSkipped } from './check.ts';

const TIMEOUT_MS = 15_000;

/** What to do, by what the handshake came to. */
const ADVICE: Readonly<Record<string, string>> = {
  'connection-refused': 'see that the relay runs, and that AMANAT_SMTP_URL has its host and port',
  timeout: 'see that no firewall stands between this machine and the relay',
  dns: 'correct the host in AMANAT_SMTP_URL, or mend the name server',
  tls: 'the relay must offer TLS with a certificate that is trusted here; AMANAT_SMTP_CA names its authority',
  'smtp-auth': 'correct user and password in AMANAT_SMTP_URL',
};

export const mailCheck: DoctorCheck<HomeFolder> = {
  name: 'email',
  quick: false,
  examine: async ({ values }) => {
    if (!readChannels(values).includes('email')) return [reportSkipped('the channel is not switched on')];
    try {
      return await examined(values);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return [reportFailed(fault.detail, 'set what is named, and start the gateway again')];
    }
  },
};

async function examined(values: SettingValues): Promise<readonly DoctorFinding[]> {
  const { from, certificate, privateKey } = readMailSettings(values);
  const { loadSigner, isSignerInTime: signerInTime } = await import('../../../adapters/email/signature.ts');
  const signer = loadSigner({ certificate, privateKey }, from);
  return [
    ...(signerInTime(signer, new Date())
      ? [reportOk('the signing certificate is in its time and names the From address')]
      : [
          reportFailed(
            'the signing certificate is out of its time',
            'set a new one as AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY, and start the gateway again',
          ),
        ]),
    await checkRelay(values, TIMEOUT_MS),
  ];
}

/** Whether the relay takes us, by a handshake that takes no longer than this. @throws Refusal as `readMail` */
export async function checkRelay(values: SettingValues, timeoutMs: number): Promise<DoctorFinding> {
  const { smtp, from } = readMailSettings(values);
  const { greetRelay } = await import('../../../adapters/email/handshake.ts');
  const code = await greetRelay(smtp, from, timeoutMs);
  return code === undefined
    ? reportOk('the relay answers over TLS and takes our login')
    : reportFailed(
        `the relay does not take us: ${code}`,
        ADVICE[code] ?? 'look into the relay’s log, and correct AMANAT_SMTP_URL',
      );
}
