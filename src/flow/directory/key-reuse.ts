/**
 * One key, one party. The holder of a key can sign as every party that lists it, and evidence under it would
 * be ambiguous. So a statement that lists another party's key is not kept.
 */

import { designationSchema, type PublicJwk } from '../../domain/party/designation.ts';
import { gatewayDesignationSchema } from '../../domain/party/gateway-designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import { peekStatement } from '../../seal/statement.ts';
import type { KeptStatements, StatementCheck } from '../../store/contracts/directory.ts';

/** A focal point or a gateway, with all keys that are or were its own, of any use. */
interface KeyHolder {
  readonly did: string;
  readonly keys: readonly PublicJwk[];
}

/** The name of a key's value. Its id, its use and the padding of its base64url make no difference. */
const nameOf = ({ crv, x }: PublicJwk): string =>
  `${crv} ${Buffer.from(x, 'base64url').toString('base64url')}`;

/**
 * Makes the check of a new statement about `one`: none of its keys may be, or ever have been, the key of
 * another party of any country or of this gateway. Past keys count too: what they signed must name one party
 * forever.
 * @throws Refusal `key-reused`
 */
export const makeKeyReuseCheck =
  (own: Pick<Gateway, 'did' | 'key' | 'oldKeys'>, one: KeyHolder): StatementCheck =>
  async (kept) => {
    const ours = { did: own.did, keys: [own.key.publicJwk, ...own.oldKeys.map(({ key }) => key)] };
    const others = [ours, ...holdersIn(kept)].filter(({ did }) => did !== one.did);
    const taken = new Set(others.flatMap(({ keys }) => keys.map(nameOf)));
    if (one.keys.some((key) => taken.has(nameOf(key))))
      throw new Refusal('key-reused', 'the statement lists a key of another focal point or of a gateway');
  };

/** Kept statements are not verified again here. A tampered one can only cause more refusals. */
function holdersIn({ designations, gateways }: KeptStatements): readonly KeyHolder[] {
  const payloadOf = (text: string): unknown => peekStatement(JSON.parse(text)).payload;
  return [
    ...designations.flatMap((text) => {
      const read = designationSchema.safeParse(payloadOf(text));
      return read.success
        ? [{ did: read.data.focal_point, keys: [...read.data.keys.signing, ...read.data.keys.agreement] }]
        : [];
    }),
    ...gateways.flatMap((text) => {
      const read = gatewayDesignationSchema.safeParse(payloadOf(text));
      return read.success ? [{ did: read.data.gateway, keys: read.data.keys.signing }] : [];
    }),
  ];
}
