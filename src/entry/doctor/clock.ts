/** Compares the clock of this machine with the `Date` header of other gateways. */
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
/** Differences in seconds: warn above the first; above the second, gateways refuse each other's calls. */
const [APART, FAR_APART] = [30, LIMITS.skew];
const NTP = 'set up NTP on this machine; if it already uses NTP, tell the operator of the other gateway';

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
    return reportWarning(`${host} does not answer`, 'check the network from here to it; messages to it wait');
  }
  if (date === null || Number.isNaN(Date.parse(date)))
    return reportWarning(`the answers of ${host} have no date`, NTP);
  // The header has whole seconds, and the answer was made at some moment between the call and the reading.
  const [early, late] = [before - 1_000, gateway.now().getTime()];
  const theirs = Date.parse(date);
  const apart = Math.round(Math.max(early - theirs, theirs - late, 0) / 1_000);
  if (apart < APART) return reportOk(`${host} answers, and its clock agrees with this one`);
  const detail = `the clock of ${host} differs from this one by ${apart} s`;
  return apart < FAR_APART ? reportWarning(detail, NTP) : reportFailed(detail, NTP);
}
