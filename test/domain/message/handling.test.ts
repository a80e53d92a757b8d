/** Where restricted content may be opened: on each channel, by what it shows and who holds the keys, for every code. */
import { describe, expect, test } from 'vitest';
import { CHANNELS, SHOWN_CONTENT } from '../../../src/domain/party/channel.ts';
import {
  type PermissionMessage,
  recipientsNeedingPermission,
  requireGrant,
} from '../../../src/domain/terms/permission.ts';
import { canShow, isAllowedToShow } from '../../../src/domain/terms/routing.ts';
import { HANDLING_CODES, type Handling } from '../../../src/domain/words/vocabulary.ts';

/** The ways by which content of a code reaches a desk of each custody; notices aside, which show none. */
const ways = (custody: 'own' | 'gateway', handling: Handling): readonly string[] =>
  CHANNELS.flatMap((channel) =>
    SHOWN_CONTENT.filter((shows) => shows !== 'notice')
      .map((shows) => ({ channel, shows }))
      .filter((one) => canShow({ custody }, one) && isAllowedToShow(one, handling))
      .map((one) => `${one.channel} ${one.shows}`),
  );

describe.each(HANDLING_CODES)('%s', (handling) => {
  const isRestricted = handling === 'H2' || handling === 'H3';

  test('to a focal point in gateway custody: in a packet; opened to a system only if it is not restricted', () => {
    const free = isRestricted ? [] : ['webhook packet'];
    expect(ways('gateway', handling)).toEqual([...free, 'telegram packet', 'email packet']);
  });

  test('to a focal point with its own keys: sealed', () => {
    expect(ways('own', handling)).toEqual(['webhook sealed', 'telegram sealed', 'email sealed']);
  });

  test('a notice may use every channel', () => {
    for (const channel of CHANNELS)
      expect(isAllowedToShow({ channel, shows: 'notice' }, handling)).toBe(true);
  });

  test('only third parties need permission, and only if the content is restricted', () => {
    const original: PermissionMessage = {
      id: 'm',
      type: 'report',
      sender: 'a',
      addressees: ['b', 'c'],
      handling,
    };
    const need = (from: string, to: readonly string[]) =>
      recipientsNeedingPermission(original, { from, to, handling });
    expect(need('b', ['d', 'c', 'a'])).toEqual(isRestricted ? ['d'] : []);
    expect(need('a', ['d'])).toEqual([]);
    expect(() => need('d', ['b'])).toThrow('about-unknown');
    const looser = HANDLING_CODES.slice(0, HANDLING_CODES.indexOf(handling));
    for (const less of looser)
      expect(() => recipientsNeedingPermission(original, { from: 'b', to: ['c'], handling: less })).toThrow(
        'invalid-body',
      );
    expect(() => requireGrant(original, undefined)).toThrow('permission-request');
  });
});
