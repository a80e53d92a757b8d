/** Letters: a test page is set in every script. */
import { brokenFamilies, lettersFaults } from '../typst/letters-check.ts';
import { typesettingProcess } from '../typst/typesetting.ts';
import { type Check, failed, orOk } from './check.ts';

const AGAIN = 'run npm ci again in the folder of the program, as the user that may write there';

export const lettersCheck: Check<unknown> = {
  name: 'letters',
  quick: false,
  examine: async () => {
    const families = await brokenFamilies();
    const faults = families.length > 0 ? [] : await pageFaults();
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

/** Set as letters are: in a process of its own. */
async function pageFaults(): Promise<readonly string[]> {
  const { typeset, close } = typesettingProcess();
  try {
    return await lettersFaults(typeset, { at: new Date(), all: true });
  } finally {
    await close();
  }
}
