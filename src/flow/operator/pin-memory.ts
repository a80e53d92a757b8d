/**
 * What the operator's log records about officers' PINs and start pages, whatever became of their rows. For
 * each officer it knows the last one, so that an older row that was removed while it should have ended cannot
 * be used again.
 */
import { grantOfAct } from '../../domain/evidence/operator-act.ts';
import { pinOwnerOf } from '../../domain/party/pin.ts';
import type { NamedPins } from '../../store/guard.ts';
import type { LogEntry } from './log.ts';

/** The parts of a PIN owner's name. A DID has no slash. */
function ownerOf(owner: string) {
  const [focalPoint = '', officer = ''] = owner.split('/');
  return { focalPoint, officer };
}

export function createPinMemory() {
  const pins = new Map<string, string>();
  const pages = new Map<string, string>();
  const invited = new Set<string>();
  const named: NamedPins = {
    pin: (one) => pins.get(pinOwnerOf(one)),
    page: (one) => pages.get(pinOwnerOf(one)),
    isPage: (id) => invited.has(id),
    all: () => [...pins].map(([owner, id]) => ({ ...ownerOf(owner), id })),
  };
  return {
    named,
    add: (entry: LogEntry): void => {
      const { act, subject } = entry;
      if (grantOfAct(entry) !== `pin ${subject}`) return;
      const end = subject.lastIndexOf('/');
      const id = subject.slice(end + 1);
      if (act === 'pin.invited') invited.add(id);
      // For a very long DID the log has only the id.
      if (end < 0) return;
      const owner = subject.slice(0, end);
      if (act === 'pin.set') pins.set(owner, id);
      if (act === 'pin.set' || act === 'pin.invited') pages.set(owner, id);
    },
  };
}
