/** The PINs of officers who are reached through a chat: without one nothing opens from there. */
import { officerAt } from '../../domain/belonging.ts';
import { isChat } from '../../domain/chat.ts';
import { inForce } from '../../domain/party.ts';
import { isPinFor, pinName } from '../../flow/account/giving.ts';
import { directoryOf } from '../../flow/directory/directory.ts';
import { unwrap } from '../../seal/custody.ts';
import { type Check, failed, orOk, type Patient, skipped, warning } from './check.ts';

export const pinsCheck: Check<Patient> = {
  name: 'pins',
  quick: true,
  examine: async ({ gateway }) => {
    if (gateway.guard.state() !== 'ready')
      return [skipped('PINs are looked at once the grants are in order')];
    const [directory, pins] = [await directoryOf(gateway), await gateway.store.pins()];
    const now = gateway.now();
    const desks = directory.designations.filter((one) => one.gateway === gateway.did && inForce(one, now));
    const linked = desks.flatMap((desk) =>
      desk.officers
        .filter((officer) =>
          directory.endpoints.some(
            (one) =>
              one.focalPoint === desk.focal_point &&
              one.enabled &&
              isChat(one) &&
              officerAt(desk, one)?.id === officer.id,
          ),
        )
        .map((officer) => ({
          name: `${desk.slug}/${officer.id}`,
          pin: pins.find((pin) => isPinFor(pin, desk.focal_point, officer)),
        })),
    );
    const none = linked.filter(({ pin }) => pin === undefined).map(({ name }) => name);
    const locked = linked.filter(({ pin }) => pin?.lockedAt !== undefined).map(({ name }) => name);
    const opens = await Promise.all(
      pins.map((pin) =>
        unwrap(gateway.master, pinName(pin), pin.wrapped).then(
          () => true,
          () => false,
        ),
      ),
    );
    const shut = opens.filter((one) => !one).length;
    const todo = 'hand each a start page: amanat officer pin --focal-point … --officer …';
    return orOk(
      [
        ...(none.length === 0
          ? []
          : [warning(`no PIN, so that nothing opens from Telegram: ${none.join(', ')}`, todo)]),
        ...(locked.length === 0 ? [] : [warning(`PIN locked after wrong tries: ${locked.join(', ')}`, todo)]),
        ...(shut === 0
          ? []
          : [
              failed(
                `${shut} PINs do not open under this master key`,
                'put back the master key that belongs to this database (secrets/AMANAT_MASTER_KEY)',
              ),
            ]),
      ],
      'every officer who is reached through a chat has a PIN',
    );
  },
};
