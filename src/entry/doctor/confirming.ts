/** What waits for a desk to confirm it. That is no fault; it ends by itself where nobody does. */
import { type DoctorCheck, type ExaminedGateway, reportFaultsOrOk, reportWarning } from './check.ts';

export const confirmingCheck: DoctorCheck<ExaminedGateway> = {
  name: 'confirming',
  quick: false,
  examine: async ({ gateway }) => {
    const waiting = await gateway.store.endpoints.waitingEndpoints();
    return reportFaultsOrOk(
      waiting.map(({ id, waiting }) =>
        reportWarning(
          `endpoint ${id} waits for its desk until ${waiting?.until.toISOString() ?? ''}`,
          'its officers were told; where none has Telegram or encrypted mail: amanat endpoint confirm ID --draft FILE',
        ),
      ),
      'no endpoint waits for its desk',
    );
  },
};
