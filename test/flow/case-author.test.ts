/**
 * Authors who lie in their own case file: about what a focal point signed, what was deleted, and to whom a
 * message was sent.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaseFile, CaseMessage } from '../../src/domain/evidence/case-file.ts';
import { type Evidence, evidenceSchema, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { loadSigningKey } from '../../src/flow/directory/keyring.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, designateSide, makeAcrossBorder } from '../support/across.ts';
import * as files from '../support/case-files.ts';
import { signAcknowledgement } from '../support/own-custody.ts';
import { makeReportPost, postMessage } from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

let all: AcrossBorder;
let message: string;

beforeAll(async () => {
  all = await makeAcrossBorder();
  await designateSide(all.kh, 'KH', new Date());
  await designateSide(all.id, 'ID', new Date());
  message = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  await all.focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
  await all.waitUntilIdle();
});
afterAll(() => all?.close());

const good = (file: CaseFile) => files.verifyGood(file, all.kh.house.gateway.anchors);
const bad = (file: CaseFile) => files.verifyBad(file, all.kh.house.gateway.anchors);
const claimsOf = ({ jws }: CaseMessage['evidence'][number]): Evidence =>
  evidenceSchema.parse(peekStatement(jws).payload);

/** The Indonesian gateway's file of the message, with its own evidence signed again after a change. */
async function resigned(
  contents: boolean,
  change: (claims: Evidence) => Evidence,
  also: (one: CaseMessage) => void = () => undefined,
): Promise<CaseFile> {
  const { gateway } = all.id.house;
  const file = await exportCase(gateway, { id: message, contents });
  const [one] = file.messages;
  const evidence = await Promise.all(
    (one?.evidence ?? []).map(async (piece) => {
      const claims = claimsOf(piece);
      const changed = change(claims);
      if (claims.by !== gateway.did || changed === claims) return piece;
      return { jws: { ...(await signStatement('evidence', changed, [gateway.key])) } };
    }),
  );
  return files.changeAndSign(gateway, file, ({ messages: [copy] }) => {
    if (copy === undefined) return;
    copy.evidence = evidence;
    also(copy);
  });
}

test('a focal point whose keys its gateway holds has signed nothing itself', async () => {
  const { focalPoint, shelter, id } = all;
  const signing = await loadSigningKey(id.house.gateway, focalPoint.designation);
  const view = await id.house.gateway.store.messages.readMessage(message);
  const about = { message, sender: shelter.designation.focal_point, at: id.house.gateway.now() };
  const keys = { did: focalPoint.designation.focal_point, signing } as Parameters<
    typeof signAcknowledgement
  >[0];
  const said = await signAcknowledgement(keys, { ...about, digest: view?.recipients[0]?.digest ?? '' });
  const attestation = { how: 'own-signature', statement: JSON.stringify(said) } as const;
  const file = await resigned(false, (claims) =>
    claims.event === 'ConsignmentAcceptance'
      ? { ...claims, attestation, at: id.house.gateway.now().toISOString() }
      : claims,
  );
  expect(await bad(file)).toMatchObject({ code: 'wrong-custody' });
});

test('contents may be missing only if the author says that it deleted those of this message', async () => {
  const { gateway } = all.id.house;
  const purged = async (over: Partial<Evidence>) => {
    const purge = (base: Evidence): Evidence => ({
      ...base,
      id: newId(),
      event: 'ContentPurge',
      event_uri: uriOfEvent('ContentPurge'),
      officer: undefined,
      attestation: undefined,
      channel: undefined,
      at: gateway.now().toISOString(),
      ...over,
    });
    const file = await exportCase(gateway, { id: message, contents: true });
    const last = file.messages[0]?.evidence.find((piece) => claimsOf(piece).officer !== undefined);
    if (last === undefined) throw new Error('no word in it');
    const jws = { ...(await signStatement('evidence', purge(claimsOf(last)), [gateway.key])) };
    return files.changeAndSign(gateway, file, ({ messages: [copy] }) => {
      copy?.evidence.push({ jws });
      delete copy?.consignment;
    });
  };
  const nothing = { cause: 'recall', recall: message, gone: [], unpurged: [] } as const;
  const place = 'messages[0].consignment';
  expect(
    await bad(
      await purged({
        consignment: newId(),
        digest: undefined,
        purge: { ...nothing, gone: [], unpurged: [] },
      }),
    ),
  ).toMatchObject({ place, code: 'misaddressed' });
  expect(
    await bad(await purged({ purge: { cause: 'retention', gone: ['sealed-message'], unpurged: [] } })),
  ).toMatchObject({ place, code: 'misaddressed' });
  const honest = await purged({ purge: { cause: 'retention', gone: ['consignment'], unpurged: [] } });
  expect((await good(honest)).not_proven).toContain('contents-purged');
});

test('the recipients are the author’s claim if no evidence of acceptance names them', async () => {
  const unnamed = ({ rests_on: _, ...claims }: Evidence): Evidence => claims;
  const [hidden] = (await good(await resigned(false, unnamed))).messages;
  expect(hidden?.author_says).toContain('recipients');
  const [open] = (await good(await resigned(true, unnamed))).messages;
  expect(open?.author_says).not.toContain('recipients');
  const [named] = (await good(await resigned(false, (claims) => claims))).messages;
  expect(named?.author_says).not.toContain('recipients');
});
