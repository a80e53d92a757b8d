/**
 * Checks that the address and the evidence key are those of this database. With others no entry of the operator's log would
 * verify, and an error in the settings would look like tampering with the database.
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

/** What an entry claims; not verified. */
interface Said {
  readonly by: string;
  readonly kids: readonly string[];
}

type Acts = Pick<LedgerStore, 'operatorActs'>;

const PAGE = 500;
/** How many of the first entries are read; at least one of them must verify. */
const SOME = 50;

/**
 * Checks the address and the evidence keys at the start, with the operator's log; a new database has no log.
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
    `AMANAT_URL is not the address of this database: its operator’s log belongs to ${did}. Set it to the old address, which ` +
      'a gateway can never change',
  );

const otherKey = (): Refusal =>
  new Refusal(
    'configuration',
    'AMANAT_GATEWAY_KEY and AMANAT_GATEWAY_KEYS_OLD lack a key that signed the operator’s log of this database. Restore the ' +
      'old content of secrets/ and config.json; if nothing was changed there, somebody changed the log in the database',
  );

/** Whether our keys signed any of these entries. If they did, the guard of the grants handles the entries that do not verify. */
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
