/** Routes of the ledger: public tiles (C2SP tlog-tiles), notes of witnesses, and proofs for the focal points of a message. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { hexId } from '../domain/message/message.ts';
import { BODY_LIMIT_BY_ROUTE, receiveSmallBody } from '../domain/message/receive-body.ts';
import { did } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { takeAlarm } from '../flow/ledger/alarm.ts';
import { hasLedger } from '../flow/ledger/keys.ts';
import { readNewestCheckpoint, takeCosignature } from '../flow/ledger/ledger.ts';
import { proveForParty, readTile, verifierKeyOf } from '../flow/ledger/reading.ts';
import type { Admitting, Reaching } from '../gateway-parts.ts';
import { readTilePath } from '../ledger/tile-path.ts';
import { findCaller } from './access.ts';
import { checkContentType } from './body.ts';

/** Tiles never change, so they may be cached. Entries must not change either, but a cached copy could hide that they did. */
const CACHE = { tile: 'public, max-age=31536000, immutable', entries: 'no-cache' } as const;

const TILES = '/ledger/tile/';

function text(context: Context, body: string): Response {
  context.header('cache-control', 'no-cache');
  return context.text(body);
}

/** @throws Refusal `wrong-content-type`, and as `receive` */
async function noteIn({ bodies }: Admitting, request: Request): Promise<Uint8Array> {
  checkContentType(request, ['text/plain']);
  return receiveSmallBody(request, BODY_LIMIT_BY_ROUTE.note, bodies);
}

export function ledgerRoutes(gateway: Reaching): Hono {
  const mustKeep = (): void => {
    if (!hasLedger(gateway)) throw new Refusal('not-found', 'this gateway keeps no ledger');
  };
  return new Hono()
    .get('/ledger/checkpoint', async (context) => {
      mustKeep();
      return text(context, await readNewestCheckpoint(gateway));
    })
    .get('/ledger/vkey', (context) => {
      mustKeep();
      return text(context, verifierKeyOf(gateway));
    })
    .get(`${TILES}*`, async (context) => {
      const address = readTilePath(context.req.path.slice(TILES.length - 'tile/'.length));
      const bytes = address && (await readTile(gateway, address));
      if (bytes === undefined) throw new Refusal('not-found', 'the ledger has no such tile');
      context.header('content-type', 'application/octet-stream');
      context.header('cache-control', CACHE[address?.kind ?? 'entries']);
      return context.body(new Uint8Array(bytes));
    })
    .post('/ledger/cosignatures', async (context) => {
      await takeCosignature(gateway, await noteIn(gateway, context.req.raw));
      return context.body(null, 204);
    })
    .post('/ledger/alarms', async (context) => {
      await takeAlarm(gateway, await noteIn(gateway, context.req.raw));
      return context.body(null, 204);
    })
    .get('/v1/evidence/:id/proof', async (context) => {
      const party = await findCaller(gateway, context);
      const id = hexId.safeParse(context.req.param('id'));
      if (!id.success) throw new Refusal('not-found', 'there is no such evidence for this access key');
      const by = z.optional(did).safeParse(context.req.query('by'));
      if (!by.success)
        throw new Refusal('invalid-body', 'by must be the DID of the gateway that signed the evidence');
      context.header('cache-control', 'no-store');
      return context.text(await proveForParty(gateway, { id: id.data, by: by.data, party }));
    });
}
