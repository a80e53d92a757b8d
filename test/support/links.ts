/** One-time links to a message, as a notice would carry them, made without a channel. */
import type { Designation } from '../../src/domain/party/designation.ts';
import { makeLinks } from '../../src/flow/content/links.ts';
import type { Rig } from './rig.ts';

/** Fresh links of each kind for the officer of the desk's endpoint. */
export async function makeLinksTo(house: Rig, message: string, designation: Designation) {
  const { store } = house.gateway;
  const held = await store.deliveries.readDelivery(
    (await store.deliveries.findDelivery(message, designation.focal_point)) ?? '',
  );
  if (held === undefined) throw new Error('no delivery');
  const { read = '', acknowledge = '' } = await makeLinks(
    house.gateway,
    designation,
    held.delivery,
    held.endpoint,
  );
  return { read, acknowledge };
}
