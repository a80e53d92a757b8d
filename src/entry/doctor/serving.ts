/** The gateway as it is being served: whether it answers at its own address, and which parts do not work. */
import { readSettings } from '../../config/settings.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import { readBounded } from '../../domain/words/read-bounded.ts';
import { tryParseObject } from '../../seal/strict-json.ts';
import type { HomeFolder } from '../home/home.ts';
import { addressToListen } from '../server/listen.ts';
import { type DoctorCheck, type DoctorFinding, reportFailed, reportOk, reportWarning } from './check.ts';

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES = 64 * 1024;

/** The members of `/readyz` that this check reads. */
interface Health {
  readonly status?: unknown;
  readonly not_started?: unknown;
  readonly not_working?: unknown;
  readonly waiting_for?: unknown;
}

const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

export const servingCheck: DoctorCheck<HomeFolder> = {
  name: 'serving',
  quick: false,
  examine: async ({ values }) => [await asked(addressOf(addressToListen(readSettings(values))))],
};

/** The address for a call from this machine; loopback if the gateway listens on every address. */
function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}/readyz`;
}

async function asked(url: string): Promise<DoctorFinding> {
  let answer: Health | undefined;
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    answer = tryParseObject(await readBounded(response.body, ANSWER_BYTES), JSON_BOUNDS.small);
  } catch {
    answer = undefined;
  }
  if (answer === undefined)
    return reportWarning('the gateway does not run here, or does not answer', 'start it: amanat serve');
  const parts = [...names(answer.not_started), ...names(answer.not_working)];
  if (answer.status === 'ready') return reportOk('the gateway runs, and every part works');
  return parts.length === 0
    ? reportFailed(
        `the gateway runs but is not ready: it waits for ${String(answer.waiting_for ?? 'an unknown part')}`,
        'docs/operate.md, At three in the morning, says what to do for each',
      )
    : reportFailed(`the gateway runs, but these parts do not work: ${parts.join(', ')}`, 'see its log');
}
