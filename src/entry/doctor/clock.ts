/** The clock of this machine against those of the other gateways, as their answers are dated. */
import { LIMITS } from '../../domain/message/message.ts';
import { readPeers } from '../../flow/ledger/keys.ts';
import type { Calling } from '../../gateway-parts.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportOk,
  reportSkipped,
  reportWarning,
} from './check.ts';

const TIMEOUT_MS = 10_000;
/** Seconds. Above the second, calls between gateways are not heard any more. */
const [APART, FAR_APART] = [30, LIMITS.skew];
const NTP = 'let this machine take its time from NTP; where it does, tell the other gateway’s operator';

export const clockCheck: DoctorCheck<ExaminedGateway> = {
  name: 'other gateways',
  quick: false,
  examine: async ({ gateway }) => {
    const peers = await readPeers(gateway);
    if (peers.length === 0) return [reportSkipped('no other gateway is designated here')];
    return Promise.all(peers.map((one) => compared(gateway, one.url)));
  },
};

async function compared(gateway: Calling, url: string): Promise<DoctorFinding> {
  const { host } = new URL(url);
  const before = gateway.now().getTime();
  let date: string | null;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const init = { method: 'GET', headers: {}, redirect: 'manual', signal } as const;
    const answer = await gateway.fetch(`${url}/healthz`, init);
    await answer.body?.cancel();
    date = answer.headers.get('date');
  } catch {
    return reportWarning(
      `${host} does not answer`,
      'see that it can be reached from here; what is sent to it waits',
    );
  }
  if (date === null || Number.isNaN(Date.parse(date)))
    return reportWarning(`${host} does not date its answers`, NTP);
  // The header has whole seconds; the answer was made somewhere between asking and reading.
  const [early, late] = [before - 1_000, gateway.now().getTime()];
  const theirs = Date.parse(date);
  const apart = Math.round(Math.max(early - theirs, theirs - late, 0) / 1_000);
  if (apart < APART) return reportOk(`${host} answers, and its clock agrees`);
  const detail = `the clock of ${host} is ${apart} s away from this one`;
  return apart < FAR_APART ? reportWarning(detail, NTP) : reportFailed(detail, NTP);
}
