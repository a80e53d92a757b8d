/** Checks the PINs of officers who are reached by chat: an officer without a PIN cannot open a message from there. */

import { isChatEndpoint } from '../../domain/party/chat.ts';
import { type Designation, isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { pinOwnerOf } from '../../domain/party/pin.ts';
import { isPinOfOfficer, nameOfPin } from '../../flow/account/pin-check.ts';
import { type Directory, readDirectory } from '../../flow/directory/directory.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { unwrapSecret } from '../../seal/custody.ts';
import type { PinRow } from '../../store/contracts/pins.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportFaultsOrOk,
  reportSkipped,
  reportWarning,
} from './check.ts';

export const pinsCheck: DoctorCheck<ExaminedGateway> = {
  name: 'pins',
  quick: true,
  examine: async ({ gateway }) => {
    if (gateway.guard.state() !== 'ready')
      return [reportSkipped('PINs are checked after the grants are in order')];
    const directory = await readDirectory(gateway);
    const [pins, lost] = [await gateway.store.pins.readPins(), await gateway.store.pins.lostPins()];
    const focalPoints = directory.designations.filter(
      (one) => one.gateway === gateway.did && isInForceAt(one, gateway.now()),
    );
    const nameOf = ({ focalPoint, officer }: { focalPoint: string; officer: string }): string =>
      `${focalPoints.find((one) => one.focal_point === focalPoint)?.slug ?? focalPoint}/${officer}`;
    const owners = new Set(lost.map(pinOwnerOf));
    const linked = focalPoints.flatMap((focalPoint) =>
      linkedOf(directory, focalPoint).map((officer) => ({ focalPoint, officer })),
    );
    const toTell = linked
      .filter(
        ({ focalPoint, officer: { id } }) =>
          !owners.has(pinOwnerOf({ focalPoint: focalPoint.focal_point, officer: id })),
      )
      .map(({ focalPoint, officer }) => ({
        name: `${focalPoint.slug}/${officer.id}`,
        pin: pins.find((pin) => isPinOfOfficer(pin, focalPoint.focal_point, officer)),
      }));
    return reportFaultsOrOk(
      [...ofOfficers(toTell), ...lost.map((one) => ofLost(nameOf(one))), ...(await ofMaster(gateway, pins))],
      'every officer who is reached by chat has a PIN',
    );
  },
};

/** The officers of a focal point with a chat account in use. */
const linkedOf = ({ endpoints }: Directory, designation: Designation): readonly Officer[] =>
  designation.officers.filter(({ id }) =>
    endpoints.some(
      (one) =>
        one.focalPoint === designation.focal_point &&
        one.enabled &&
        isChatEndpoint(one) &&
        officerOfEndpoint(designation, one)?.id === id,
    ),
  );

const HAND = 'hand a start page to each: amanat officer pin --focal-point … --officer …';

function ofOfficers(
  officers: readonly { readonly name: string; readonly pin: PinRow | undefined }[],
): readonly DoctorFinding[] {
  const named = (which: typeof officers): string => which.map(({ name }) => name).join(', ');
  const none = officers.filter(({ pin }) => pin === undefined);
  const locked = officers.filter(({ pin }) => pin?.lockedAt !== undefined);
  return [
    ...(none.length === 0
      ? []
      : [
          reportWarning(`no PIN, so these officers cannot open messages from Telegram: ${named(none)}`, HAND),
        ]),
    ...(locked.length === 0
      ? []
      : [reportWarning(`PIN locked after too many wrong attempts: ${named(locked)}`, HAND)]),
  ];
}

const ofLost = (name: string): DoctorFinding =>
  reportFailed(
    `the PIN of ${name} differs from the operator’s log: the gateway ignores it`,
    'find out who wrote to the database; then hand over a start page: amanat officer pin --focal-point … --officer …',
  );

/** Counts the PINs that no master key opens. */
async function ofMaster({ master }: Unsealing, pins: readonly PinRow[]): Promise<readonly DoctorFinding[]> {
  const opens = await Promise.all(
    pins.map((pin) =>
      unwrapSecret(master, nameOfPin(pin), pin.wrapped).then(
        () => true,
        () => false,
      ),
    ),
  );
  const shut = opens.filter((one) => !one).length;
  if (shut === 0) return [];
  const todo = 'put back the master key that belongs to this database (secrets/AMANAT_MASTER_KEY)';
  return [reportFailed(`this master key does not open ${shut} PINs`, todo)];
}
