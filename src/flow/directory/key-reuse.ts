/**
 * One key, one party. Whoever holds a key can speak as everybody it is listed for, and evidence under it would be either's:
 * so a statement that lists a key of somebody else is not kept.
 */

import { designationSchema, type PublicJwk } from '../../domain/party/designation.ts';
import { gatewayDesignationSchema } from '../../domain/party/gateway-designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import { peekStatement } from '../../seal/statement.ts';
import type { KeptStatements, StatementCheck } from '../../store/contracts/directory.ts';

/** A focal point or a gateway, and keys of any use that are or were its own. */
export interface KeyHolder {
  readonly did: string;
  readonly keys: readonly PublicJwk[];
}

/** Two of one name are one key, whatever their ids are, for what they are used and however the base64url is padded. */
const nameOf = ({ crv, x }: PublicJwk): string =>
  `${crv} ${Buffer.from(x, 'base64url').toString('base64url')}`;

/**
 * The check of a new statement about `one`: that none of its keys is, or ever was, another's of any country, nor this
 * gateway's own. The past counts too: what a key signed then must name one party for ever.
 * @throws Refusal `key-reused`
 */
export const makeKeyReuseCheck =
  (own: Pick<Gateway, 'did' | 'key' | 'oldKeys'>, one: KeyHolder): StatementCheck =>
  async (kept) => {
    const ours = { did: own.did, keys: [own.key.publicJwk, ...own.oldKeys.map(({ key }) => key)] };
    const others = [ours, ...holdersIn(kept)].filter(({ did }) => did !== one.did);
    const taken = new Set(others.flatMap(({ keys }) => keys.map(nameOf)));
    if (one.keys.some((key) => taken.has(nameOf(key))))
      throw new Refusal('key-reused', 'it lists a key that is another focal point’s or a gateway’s');
  };

/** Kept statements were verified when they came; one that is not what it says could only make this refuse more. */
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
