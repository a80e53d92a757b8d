/** Checks letters by setting a test page in every script. */
import { findBrokenFamilies, findLetterFaults } from '../typst/letters-check.ts';
import { createTypesettingProcess } from '../typst/typesetting.ts';
import { type DoctorCheck, reportFailed, reportFaultsOrOk } from './check.ts';

const AGAIN = 'run npm ci again in the folder of the program, as a user that may write there';

export const lettersCheck: DoctorCheck<unknown> = {
  name: 'letters',
  quick: false,
  examine: async () => {
    const families = await findBrokenFamilies();
    const faults = families.length > 0 ? [] : await pageFaults();
    return reportFaultsOrOk(
      [
        ...families.map((one) => reportFailed(`the font ${one} is missing or damaged`, AGAIN)),
        ...(faults.length === 0
          ? []
          : [reportFailed(`the typesetter cannot set a page: ${faults.join(', ')}`, AGAIN)]),
      ],
      'a test page was set in every script',
    );
  },
};

/** Sets the page in a separate process, as letters are set. */
async function pageFaults(): Promise<readonly string[]> {
  const { typeset, close } = createTypesettingProcess();
  try {
    return await findLetterFaults(typeset, { at: new Date(), all: true });
  } finally {
    await close();
  }
}
