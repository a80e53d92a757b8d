/** The PINs of officers who are reached through a chat: without one nothing opens from there. */
import { officerAt } from '../../domain/party/belonging.ts';
import { isChat } from '../../domain/party/chat.ts';
import { type Designation, inForce, type Officer } from '../../domain/party/party.ts';
import { pinOwner } from '../../domain/party/pin.ts';
import { isPinFor, pinName } from '../../flow/account/giving.ts';
import { type Directory, directoryOf } from '../../flow/directory/directory.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { unwrap } from '../../seal/custody.ts';
import type { PinRow } from '../../store/contracts/pins.ts';
import { type Check, type Finding, failed, orOk, type Patient, skipped, warning } from './check.ts';

export const pinsCheck: Check<Patient> = {
  name: 'pins',
  quick: true,
  examine: async ({ gateway }) => {
    if (gateway.guard.state() !== 'ready')
      return [skipped('PINs are looked at once the grants are in order')];
    const directory = await directoryOf(gateway);
    const [pins, lost] = [await gateway.store.pins.readPins(), await gateway.store.pins.lostPins()];
    const desks = directory.designations.filter(
      (one) => one.gateway === gateway.did && inForce(one, gateway.now()),
    );
    const nameOf = ({ focalPoint, officer }: { focalPoint: string; officer: string }): string =>
      `${desks.find((one) => one.focal_point === focalPoint)?.slug ?? focalPoint}/${officer}`;
    const owners = new Set(lost.map(pinOwner));
    const linked = desks.flatMap((desk) => linkedOf(directory, desk).map((officer) => ({ desk, officer })));
    const toTell = linked
      .filter(
        ({ desk, officer: { id } }) => !owners.has(pinOwner({ focalPoint: desk.focal_point, officer: id })),
      )
      .map(({ desk, officer }) => ({
        name: `${desk.slug}/${officer.id}`,
        pin: pins.find((pin) => isPinFor(pin, desk.focal_point, officer)),
      }));
    return orOk(
      [...ofOfficers(toTell), ...lost.map((one) => ofLost(nameOf(one))), ...(await ofMaster(gateway, pins))],
      'every officer who is reached through a chat has a PIN',
    );
  },
};

/** The officers of a desk with an account of a chat in use. */
const linkedOf = ({ endpoints }: Directory, desk: Designation): readonly Officer[] =>
  desk.officers.filter(({ id }) =>
    endpoints.some(
      (one) =>
        one.focalPoint === desk.focal_point && one.enabled && isChat(one) && officerAt(desk, one)?.id === id,
    ),
  );

const HAND = 'hand each a start page: amanat officer pin --focal-point … --officer …';

function ofOfficers(
  officers: readonly { readonly name: string; readonly pin: PinRow | undefined }[],
): readonly Finding[] {
  const named = (which: typeof officers): string => which.map(({ name }) => name).join(', ');
  const none = officers.filter(({ pin }) => pin === undefined);
  const locked = officers.filter(({ pin }) => pin?.lockedAt !== undefined);
  return [
    ...(none.length === 0
      ? []
      : [warning(`no PIN, so that nothing opens from Telegram: ${named(none)}`, HAND)]),
    ...(locked.length === 0 ? [] : [warning(`PIN locked after wrong tries: ${named(locked)}`, HAND)]),
  ];
}

const ofLost = (name: string): Finding =>
  failed(
    `the PIN of ${name} is not kept as the operator’s log names it: it counts as absent`,
    'find out who wrote to the database; then hand over a start page: amanat officer pin --focal-point … --officer …',
  );

/** PINs that no master key opens. */
async function ofMaster({ master }: Unsealing, pins: readonly PinRow[]): Promise<readonly Finding[]> {
  const opens = await Promise.all(
    pins.map((pin) =>
      unwrap(master, pinName(pin), pin.wrapped).then(
        () => true,
        () => false,
      ),
    ),
  );
  const shut = opens.filter((one) => !one).length;
  if (shut === 0) return [];
  const todo = 'put back the master key that belongs to this database (secrets/AMANAT_MASTER_KEY)';
  return [failed(`${shut} PINs do not open under this master key`, todo)];
}
