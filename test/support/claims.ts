/** The claims of a piece of evidence, for the rules that read them. */
import { type Evidence, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { chance } from '../../src/entry/chance.ts';

export const makeClaims = (over: Partial<Evidence> & Pick<Evidence, 'event'>): Evidence => ({
  kind: 'evidence',
  id: chance.newId(),
  event_uri: uriOfEvent(over.event),
  sender: 'did:web:kh.test:fp:shelter',
  recipient: 'did:web:id.test:fp:desk',
  at: '2026-11-20T02:00:00Z',
  by: 'did:web:id.test',
  ...over,
});
