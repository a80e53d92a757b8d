/** What waits for a desk to confirm it. That is no fault; it ends by itself where nobody does. */
import { type Check, orOk, type Patient, warning } from './check.ts';

export const confirmingCheck: Check<Patient> = {
  name: 'confirming',
  quick: false,
  examine: async ({ gateway }) => {
    const waiting = await gateway.store.endpoints.waitingEndpoints();
    return orOk(
      waiting.map(({ id, waiting }) =>
        warning(
          `endpoint ${id} waits for its desk until ${waiting?.until.toISOString() ?? ''}`,
          'its officers were told; where none has Telegram or encrypted mail: amanat endpoint confirm ID --draft FILE',
        ),
      ),
      'no endpoint waits for its desk',
    );
  },
};
