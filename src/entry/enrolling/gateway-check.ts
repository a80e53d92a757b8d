/**
 * Whether address and evidence key are those that this database is kept under. Under others no entry of the operator's log
 * would hold, and a slip in the settings would look like somebody's hand in the database.
 */
import { nameSettingInFault, type Settings } from '../../config/settings.ts';
import { didOfGateway } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { type LogReader, proveEntry } from '../../flow/operator/log.ts';
import { importSigningKey, readPrivateJwk } from '../../seal/keys.ts';
import { peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { LedgerStore } from '../../store/contracts/ledger.ts';
import type { KeptLogEntry } from '../../store/contracts/operator-log.ts';

/** What an entry says of itself; not verified. */
interface Said {
  readonly by: string;
  readonly kids: readonly string[];
}

type Acts = Pick<LedgerStore, 'operatorActs'>;

const PAGE = 500;
/** Of the first so many entries one at least is what was signed. */
const SOME = 50;

/**
 * Checks address and evidence keys at the start, by the operator's log; a new database has none.
 * @throws Refusal `configuration`
 */
export async function checkGateway(ledger: Acts, settings: Settings): Promise<void> {
  const key = await nameSettingInFault('AMANAT_GATEWAY_KEY', () =>
    importSigningKey(readPrivateJwk(settings.gatewayKey)),
  );
  const reader: LogReader = { did: didOfGateway(settings.url), key, oldKeys: settings.gatewayKeysOld };
  const known = [key.kid, ...reader.oldKeys.map((one) => one.key.kid)];
  const first = await ledger.operatorActs(0, SOME);
  for (let page = first; page.length > 0; page = await ledger.operatorActs(page.at(-1)?.place ?? 0, PAGE))
    for (const said of page.flatMap((kept) => saidIn(kept) ?? [])) {
      if (said.by !== reader.did) throw otherAddress(said.by);
      if (!said.kids.every((kid) => known.includes(kid))) throw otherKey();
    }
  if (first.length > 0 && !(await holdsAny(reader, first))) throw otherKey();
}

const otherAddress = (did: string): Refusal =>
  new Refusal(
    'configuration',
    `AMANAT_URL is not the address of this database, whose operator’s log is that of ${did}. Set it as it was: a gateway ` +
      'keeps its address for life',
  );

const otherKey = (): Refusal =>
  new Refusal(
    'configuration',
    'AMANAT_GATEWAY_KEY and AMANAT_GATEWAY_KEYS_OLD lack a key that signed the operator’s log of this database. Put back what ' +
      'was in secrets/ and config.json; where nothing was changed there, somebody changed the log in the database',
  );

/** Whether our keys signed any of these; where they did, an entry that does not hold is for the guard of the grants to judge. */
async function holdsAny(reader: LogReader, page: readonly KeptLogEntry[]): Promise<boolean> {
  const proven = await Promise.all(page.map((kept, n) => proveEntry(reader, kept, page[n - 1])));
  return proven.some((one) => one !== undefined);
}

function saidIn({ jws }: KeptLogEntry): Said | undefined {
  try {
    const { payload, kids } = peekStatement(JSON.parse(jws ?? ''));
    const by = isObject(payload) ? payload['by'] : undefined;
    return typeof by === 'string' ? { by, kids } : undefined;
  } catch {
    return undefined;
  }
}
