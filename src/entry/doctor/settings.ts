/** The settings: names that mean nothing, and a gateway without a channel. */
import { readChannels } from '../../config.ts';
import { unknownSettings } from '../../domain/words/setting.ts';
import type { Home } from '../home/home.ts';
import { type Check, type Finding, orOk, warning } from './check.ts';

export const settingsCheck: Check<Home> = {
  name: 'settings',
  quick: true,
  examine: async ({ values }) =>
    orOk([...unknown(Object.keys(values)), ...channels(values)], 'every setting is one that is known'),
};

const unknown = (names: readonly string[]): readonly Finding[] =>
  unknownSettings(names).map(({ name, meant }) =>
    warning(
      `${name} is not a setting: it changes nothing`,
      meant === undefined
        ? 'see docs/operate.md for the names there are'
        : `write ${meant}, where that is meant`,
    ),
  );

const channels = (values: Home['values']): readonly Finding[] =>
  readChannels(values).length > 0
    ? []
    : [warning('no channel is switched on: nothing reaches a desk', 'set AMANAT_CHANNELS')];
