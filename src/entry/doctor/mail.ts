/** The mail channel: its certificate, and a real handshake with the relay (EHLO, STARTTLS, AUTH). Nothing is mailed. */
import { readChannels, readMailSettings, type SettingValues } from '../../config/settings.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { HomeFolder } from '../home/home.ts';
import { type DoctorCheck, type DoctorFinding, reportFailed, reportOk, reportSkipped } from './check.ts';

const TIMEOUT_MS = 15_000;

/** What to do, by the error code of the handshake. */
const ADVICE: Readonly<Record<string, string>> = {
  'connection-refused': 'check that the relay runs, and that AMANAT_SMTP_URL has its host and port',
  timeout: 'check that no firewall blocks the connection from this machine to the relay',
  dns: 'correct the host in AMANAT_SMTP_URL, or repair the name server',
  tls: 'give the relay a TLS certificate that this machine trusts, or name its CA in AMANAT_SMTP_CA',
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
      return [reportFailed(fault.detail, 'set the named setting, and restart the gateway')];
    }
  },
};

async function examined(values: SettingValues): Promise<readonly DoctorFinding[]> {
  const { from, certificate, privateKey } = readMailSettings(values);
  const { loadSigner, isSignerInTime: signerInTime } = await import('../../../adapters/email/signature.ts');
  const signer = loadSigner({ certificate, privateKey }, from);
  return [
    ...(signerInTime(signer, new Date())
      ? [reportOk('the signing certificate is valid now and names the From address')]
      : [
          reportFailed(
            'the signing certificate has expired or is not valid yet',
            'set a new one as AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY, and restart the gateway',
          ),
        ]),
    await checkRelay(values, TIMEOUT_MS),
  ];
}

/** Checks whether the relay accepts the gateway's login, within the timeout. @throws Refusal as `readMailSettings` */
export async function checkRelay(values: SettingValues, timeoutMs: number): Promise<DoctorFinding> {
  const { smtp, from } = readMailSettings(values);
  const { greetRelay } = await import('../../../adapters/email/transport.ts');
  const code = await greetRelay(smtp, from, timeoutMs);
  return code === undefined
    ? reportOk('the relay answers over TLS and accepts the login')
    : reportFailed(
        `the relay does not accept the connection: ${code}`,
        ADVICE[code] ?? 'see the relay’s log, and correct AMANAT_SMTP_URL',
      );
}
