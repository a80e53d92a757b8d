import { describe, expect, it } from 'vitest';
import { readBotApiDescription } from '../../support/bot-api-description.ts';

const misfits = readBotApiDescription();

describe.skipIf(misfits === undefined)(
  'the published description (skipped where vectors/telegram is not there)',
  () => {
    const of = (method: string, parameters: Record<string, unknown>) => misfits?.({ method, parameters });
    const keyboard = { inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] };

    it.each([
      ['sendMessage', { chat_id: 1, text: 'x', protect_content: true, reply_markup: keyboard }],
      [
        'sendMessage',
        { chat_id: '1', text: 'x', protect_content: 'true', reply_markup: JSON.stringify(keyboard) },
      ],
      ['sendDocument', { chat_id: 1, document: { filename: 'a', size: 1 } }],
      ['getMe', {}],
    ])('accepts valid calls: %s %j', (method, parameters) => {
      expect(of(method, parameters)).toEqual([]);
    });

    it.each([
      ['sendmessage', {}, ['sendmessage: no such method']],
      ['toString', {}, ['toString: no such method']],
      ['sendMessage', { chat_id: 1 }, ['sendMessage.text: missing']],
      ['sendMessage', { chat_id: 1, text: 'x', silent: true }, ['sendMessage.silent: not described']],
      ['sendMessage', { chat_id: 1.5, text: 'x' }, ['sendMessage.chat_id: not Integer']],
      ['sendMessage', { chat_id: 1, text: 2 }, ['sendMessage.text: not String']],
      ['editMessageText', { message_id: 'x', text: 'x' }, ['editMessageText.message_id: not Integer']],
      [
        'editMessageReplyMarkup',
        { reply_markup: { inline_keyboard: [[{ callback_data: 'b' }], [{ text: 'a', data: 'b' }]] } },
        [
          'editMessageReplyMarkup.reply_markup.inline_keyboard[0][0].text: missing',
          'editMessageReplyMarkup.reply_markup.inline_keyboard[1][0].data: not described',
        ],
      ],
      [
        'editMessageReplyMarkup',
        { reply_markup: { inline_keyboard: {} } },
        ['editMessageReplyMarkup.reply_markup.inline_keyboard: not an array'],
      ],
    ])('names what is not valid: %s %j', (method, parameters, faults) => {
      expect(of(method, parameters)).toEqual(faults);
    });
  },
);
