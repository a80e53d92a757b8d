/** A lying gateway sends things that name themselves, or a person where a machine acted: none of it gets into a case. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Evidence, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { designateSide } from '../support/across.ts';
import { type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { nameOfficer } from '../support/own-custody.ts';
import { readEverything } from '../support/readers.ts';
import { makeOfficer } from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeLyingGateway();
  await designateSide(all.kh, 'KH', new Date());
  await designateSide(all.id, 'ID', new Date());
});
afterAll(() => all?.close());

test.each(['recall', 'correction', 'text', 'closure'] as const)(
  'a %s about itself is refused',
  async (message_type) => {
    const id = newId();
    const made = await all.consigned(all.police, {
      head: { id },
      body: { message_type, about: id },
      receipt: { consignment: id },
    });
    await all.refused(() => all.relay(made.relayed), 'invalid-body');
  },
);

test('a message that passes itself on, or is its own permission, is refused', async () => {
  for (const body of [{ passes_on: newId() }, { passes_on: newId(), grant: newId() }]) {
    const id = 'grant' in body ? body.grant : body.passes_on;
    const made = await all.consigned(all.police, { head: { id }, body, receipt: { consignment: id } });
    await all.refused(() => all.relay(made.relayed), 'invalid-body');
  }
});

const said = (event: Evidence['event'], over: Partial<Evidence> = {}): Partial<Evidence> => ({
  event,
  event_uri: uriOfEvent(event),
  officer: undefined,
  ...over,
});

test('evidence that names an officer for a machine’s act, or a recall of itself, is refused', async () => {
  const { kh, acknowledgement: word, tell, refused, reported, shelter } = all;
  const about = await reported();
  const purge: NonNullable<Evidence['purge']> = { cause: 'recall', gone: [], unpurged: [] };
  const lies = [
    ...(['ContentConsignment', 'ConsignmentNotification', 'RelayToNonERDS', 'DeliveryDelayed'] as const).map(
      (event) => said(event, { officer: nameOfficer(makeOfficer()) }),
    ),
    said('ContentPurge', { purge: { ...purge, cause: 'retention' }, officer: nameOfficer(makeOfficer()) }),
    said('ContentPurge', { purge: { ...purge, recall: about.message } }),
  ];
  for (const lie of lies) await refused(async () => tell(await word(about, lie)), 'invalid-body');
  // What is odd and may be so is taken, and everybody can read it.
  const odd = [
    ...['constructor', '__proto__', 'toString'].map((reason) =>
      said('ConsignmentNotificationFailure', { reason }),
    ),
    said('ConsignmentNotification', {
      reminder: {
        act: 'accept-manifest',
        rung: 'constructor',
        until: '2099-12-31T23:59:59Z',
        desk: shelter.designation.focal_point,
        officer: 'nobody',
      },
    }),
    said('ContentConsignment', { at: `${new Date().toISOString().slice(0, 19)}.9999999999Z` }),
    said('ConsignmentAcceptance', {
      officer: nameOfficer(makeOfficer()),
      settles: [about.message, about.message],
    }),
  ];
  for (const one of odd) {
    const answer = await tell(await word(about, one));
    expect(await answer.json(), JSON.stringify(one)).toEqual({ result: 'kept' });
  }
  const thread = (await kh.house.gateway.store.messages.readMessage(about.message))?.message.thread ?? '';
  const { focal_point: did } = shelter.designation;
  await readEverything({
    gateway: kh.house.gateway,
    parties: [{ did, inCustody: true }],
    messages: [about.message],
    threads: [thread],
    letters: [about.message],
    since: new Date(0),
  });
});
