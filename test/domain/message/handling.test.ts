/** Where restricted content may be opened: every channel, by what it shows and who holds the keys, for every code. */
import { describe, expect, test } from 'vitest';
import { CHANNELS, SHOWS } from '../../../src/domain/party/channel.ts';
import { grantNeeded, type Known, needLeave } from '../../../src/domain/terms/permission.ts';
import { canShow, mayShow } from '../../../src/domain/terms/routing.ts';
import { HANDLING, type Handling } from '../../../src/domain/words/vocabulary.ts';

/** The ways by which content of a code reaches a desk of each custody; notices aside, which show none. */
const ways = (custody: 'own' | 'gateway', handling: Handling): readonly string[] =>
  CHANNELS.flatMap((channel) =>
    SHOWS.filter((shows) => shows !== 'notice')
      .map((shows) => ({ channel, shows }))
      .filter((one) => canShow({ custody }, one) && mayShow(one, handling))
      .map((one) => `${one.channel} ${one.shows}`),
  );

describe.each(HANDLING)('%s', (handling) => {
  const isRestricted = handling === 'H2' || handling === 'H3';

  test('to a desk in custody: in a packet; opened to a system only where it is not restricted', () => {
    const free = isRestricted ? [] : ['webhook packet'];
    expect(ways('gateway', handling)).toEqual([...free, 'telegram packet', 'email packet']);
  });

  test('to a desk with its own keys: sealed', () => {
    expect(ways('own', handling)).toEqual(['webhook sealed', 'telegram sealed', 'email sealed']);
  });

  test('a notice is for every channel', () => {
    for (const channel of CHANNELS) expect(mayShow({ channel, shows: 'notice' }, handling)).toBe(true);
  });

  test('leave is needed by third parties alone, and only where it is restricted', () => {
    const original: Known = { id: 'm', type: 'report', sender: 'a', addressees: ['b', 'c'], handling };
    const need = (from: string, to: readonly string[]) => needLeave(original, { from, to, handling });
    expect(need('b', ['d', 'c', 'a'])).toEqual(isRestricted ? ['d'] : []);
    expect(need('a', ['d'])).toEqual([]);
    expect(() => need('d', ['b'])).toThrow('about-unknown');
    const looser = HANDLING.slice(0, HANDLING.indexOf(handling));
    for (const less of looser)
      expect(() => needLeave(original, { from: 'b', to: ['c'], handling: less })).toThrow('invalid-body');
    expect(() => grantNeeded(original, undefined)).toThrow('permission-request');
  });
});
