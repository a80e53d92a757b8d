/** `amanat retry`: an operator sends waiting deliveries at once, and failed ones again; each attempt is on record. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, postUndeliverable, withGateway } from '../support/cli-home.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let id: string;

beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.example');
  id = await withGateway(at, (gateway) => postUndeliverable(at.home, gateway));
});
afterAll(() => at.close());

const stateOf = () =>
  withGateway(at, async (gateway) =>
    (await gateway.store.messages.readMessage(id))?.deliveries.map((one) => one.state),
  );

test('a failed delivery is due again, and hurried once more; an invalid id, a stranger and an unknown message are refused', async () => {
  expect(await stateOf()).toEqual(['failed']);
  expect((await at.json(['retry', 'x'])).code).toBe(2);
  expect(await at.json(['retry', '0'.repeat(32)])).toMatchObject({
    code: 3,
    document: { error: { code: 'not-found' } },
  });
  expect(await at.json(['retry', id, '--to', 'shelter'])).toMatchObject({
    code: 3,
    document: { error: { code: 'unknown-recipient' } },
  });
  const said = await at.amanat(['retry', id, '--to', 'desk']);
  expect(said).toMatchObject({ code: 0, err: '' });
  expect(said.out).toMatch(/^desk\s+webhook$/m);
  expect(await stateOf()).toEqual(['queued']);
  const again = await at.json(['retry', id]);
  expect(again).toMatchObject({ code: 0, document: { message: id, again: [{ slug: 'desk' }] } });
  expect((await at.amanat(['log', '--subject', id])).out.match(/message\.retried/g)).toHaveLength(2);
});
