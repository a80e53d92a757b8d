/** A page with a line in each script. It shows that pages can be set, before somebody needs one. */
import { FONT_FAMILIES, type FontFamily } from './scripts.ts';
import type { Sheet } from './typeset.ts';

/** The word "letter", or a similar one, in the scripts of each family. */
export const SCRIPT_SAMPLES: Readonly<Record<FontFamily, string>> = {
  'Amanat Sans': 'Surat, letter, Thư: áẾñ Письмо',
  'Amanat Khmer': 'លិខិត ខ្ញុំ ភ្នំពេញ',
  'Amanat Thai': 'จดหมาย ด่าน',
  'Amanat Lao': 'ຈົດໝາຍ',
  'Amanat Burmese': 'စာ အောင်မြင့်',
  'Amanat Tamil': 'கடிதம்',
  'Amanat Arabic': 'رسالة',
  'Amanat Simplified Chinese': '信函 护照',
  'Amanat Traditional Chinese': '護照 臺灣',
};

/** Makes the page. With `all`, it also has the scripts whose fonts are loaded only for a text that needs them. */
export const makeTestPage = (at: Date, all: boolean): Sheet => ({
  template: 'test-page',
  data: { lines: FONT_FAMILIES.slice(0, all ? FONT_FAMILIES.length : 5).map((one) => SCRIPT_SAMPLES[one]) },
  at,
});
