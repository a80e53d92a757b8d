/** Reports endpoints that wait for their focal point's confirmation. That is not a fault, and each wait ends by itself. */
import { type DoctorCheck, type ExaminedGateway, reportFaultsOrOk, reportWarning } from './check.ts';

export const confirmingCheck: DoctorCheck<ExaminedGateway> = {
  name: 'confirming',
  quick: false,
  examine: async ({ gateway }) => {
    const waiting = await gateway.store.endpoints.waitingEndpoints();
    return reportFaultsOrOk(
      waiting.map(({ id, waiting }) =>
        reportWarning(
          `endpoint ${id} waits for confirmation by its focal point until ${waiting?.until.toISOString() ?? ''}`,
          'its officers were notified; if none of them has Telegram or encrypted mail: amanat endpoint confirm ID --draft FILE',
        ),
      ),
      'no endpoint waits for confirmation',
    );
  },
};
