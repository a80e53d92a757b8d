/** The settings: names that mean nothing, and a gateway without a channel. */

import { findUnknownSettings } from '../../config/names.ts';
import { readChannels } from '../../config/settings.ts';
import type { HomeFolder } from '../home/home.ts';
import { type DoctorCheck, type DoctorFinding, reportFaultsOrOk, reportWarning } from './check.ts';

export const settingsCheck: DoctorCheck<HomeFolder> = {
  name: 'settings',
  quick: true,
  examine: async ({ values }) =>
    reportFaultsOrOk([...unknown(Object.keys(values)), ...channels(values)], 'every setting is known'),
};

const unknown = (names: readonly string[]): readonly DoctorFinding[] =>
  findUnknownSettings(names).map(({ name, meant }) =>
    reportWarning(
      `${name} is not a setting and has no effect`,
      meant === undefined ? 'see docs/operate.md for the settings' : `perhaps you mean ${meant}`,
    ),
  );

const channels = (values: HomeFolder['values']): readonly DoctorFinding[] =>
  readChannels(values).length > 0
    ? []
    : [reportWarning('no channel is switched on: no message reaches a focal point', 'set AMANAT_CHANNELS')];
