/** Letters: a test page is set in every script. */
import { brokenFamilies, lettersFaults } from '../letters-check.ts';
import { typesetter } from '../typst.ts';
import { type Check, failed, orOk } from './check.ts';

const AGAIN = 'run npm ci again in the folder of the program, as the user that may write there';

export const lettersCheck: Check<unknown> = {
  name: 'letters',
  quick: false,
  examine: async () => {
    const families = await brokenFamilies();
    const faults =
      families.length > 0 ? [] : await lettersFaults(typesetter(), { at: new Date(), all: true });
    return orOk(
      [
        ...families.map((one) => failed(`the font ${one} is missing or damaged`, AGAIN)),
        ...(faults.length === 0
          ? []
          : [failed(`the typesetter cannot set a page: ${faults.join(', ')}`, AGAIN)]),
      ],
      'a test page was set in every script',
    );
  },
};
