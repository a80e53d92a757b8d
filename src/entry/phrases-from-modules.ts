/**
 * The locale files of the Workers entry. That runtime has no files, so each is a module in the bundle. The type requires every
 * area in every language: the program does not compile if an area of the list is missing here.
 */

import type { Phrases } from '../domain/words/phrases.ts';
import type { Language } from '../domain/words/vocabulary.ts';
import commonEn from '../web/locales/common.en.ftl';
import commonId from '../web/locales/common.id.ftl';
import commonKm from '../web/locales/common.km.ftl';
import commonMs from '../web/locales/common.ms.ftl';
import contentEn from '../web/locales/content.en.ftl';
import contentId from '../web/locales/content.id.ftl';
import contentKm from '../web/locales/content.km.ftl';
import contentMs from '../web/locales/content.ms.ftl';
import emailEn from '../web/locales/email.en.ftl';
import emailId from '../web/locales/email.id.ftl';
import emailKm from '../web/locales/email.km.ftl';
import emailMs from '../web/locales/email.ms.ftl';
import letterEn from '../web/locales/letter.en.ftl';
import letterId from '../web/locales/letter.id.ftl';
import letterKm from '../web/locales/letter.km.ftl';
import letterMs from '../web/locales/letter.ms.ftl';
import noteEn from '../web/locales/note.en.ftl';
import noteId from '../web/locales/note.id.ftl';
import noteKm from '../web/locales/note.km.ftl';
import noteMs from '../web/locales/note.ms.ftl';
import pagesEn from '../web/locales/pages.en.ftl';
import pagesId from '../web/locales/pages.id.ftl';
import pagesKm from '../web/locales/pages.km.ftl';
import pagesMs from '../web/locales/pages.ms.ftl';
import reminderEn from '../web/locales/reminder.en.ftl';
import reminderId from '../web/locales/reminder.id.ftl';
import reminderKm from '../web/locales/reminder.km.ftl';
import reminderMs from '../web/locales/reminder.ms.ftl';
import reportEn from '../web/locales/report.en.ftl';
import reportId from '../web/locales/report.id.ftl';
import reportKm from '../web/locales/report.km.ftl';
import reportMs from '../web/locales/report.ms.ftl';
import telegramEn from '../web/locales/telegram.en.ftl';
import telegramId from '../web/locales/telegram.id.ftl';
import telegramKm from '../web/locales/telegram.km.ftl';
import telegramMs from '../web/locales/telegram.ms.ftl';
import verifyEn from '../web/locales/verify.en.ftl';
import verifyId from '../web/locales/verify.id.ftl';
import verifyKm from '../web/locales/verify.km.ftl';
import verifyMs from '../web/locales/verify.ms.ftl';
import { createPhrases, PHRASE_AREAS } from '../web/phrases.ts';

type Area = (typeof PHRASE_AREAS)[number];

const MODULES: Readonly<Record<Area, Readonly<Record<Language, string>>>> = {
  common: { en: commonEn, id: commonId, km: commonKm, ms: commonMs },
  content: { en: contentEn, id: contentId, km: contentKm, ms: contentMs },
  email: { en: emailEn, id: emailId, km: emailKm, ms: emailMs },
  letter: { en: letterEn, id: letterId, km: letterKm, ms: letterMs },
  pages: { en: pagesEn, id: pagesId, km: pagesKm, ms: pagesMs },
  report: { en: reportEn, id: reportId, km: reportKm, ms: reportMs },
  reminder: { en: reminderEn, id: reminderId, km: reminderKm, ms: reminderMs },
  note: { en: noteEn, id: noteId, km: noteKm, ms: noteMs },
  telegram: { en: telegramEn, id: telegramId, km: telegramKm, ms: telegramMs },
  verify: { en: verifyEn, id: verifyId, km: verifyKm, ms: verifyMs },
};

/** Makes the phrase function from all locale modules. */
export const phrasesFromModules = (): Phrases => {
  const inLanguage = (lang: Language): string[] => PHRASE_AREAS.map((area) => MODULES[area][lang]);
  return createPhrases({
    id: inLanguage('id'),
    ms: inLanguage('ms'),
    km: inLanguage('km'),
    en: inLanguage('en'),
  });
};
