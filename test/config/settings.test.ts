/** Configuration: the meaning of settings, and which values are refused. */
import { describe, expect, it } from 'vitest';
import { findUnknownSettings } from '../../src/config/names.ts';
import {
  readChannels,
  readMailSettings,
  readSettings,
  readTelegramSettings,
  type SettingValues,
} from '../../src/config/settings.ts';
import { Refusal } from '../../src/domain/words/error.ts';

const values: SettingValues = {
  AMANAT_URL: 'https://gateway.test/',
  AMANAT_MASTER_KEY: 'invented',
  AMANAT_GATEWAY_KEY: '{}',
  AMANAT_ANCHORS: JSON.stringify([{ country: 'ID', pem: 'invented' }]),
};

describe('who may read the metrics', () => {
  it('is nobody if nothing is set', () => {
    expect(readSettings(values).metrics).toEqual({});
  });

  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0', { host: '127.0.0.1', port: 0 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['metrics.internal:80', { host: 'metrics.internal', port: 80 }],
  ])('is everybody who reaches the listener "%s"', (text, listen) => {
    expect(readSettings({ ...values, AMANAT_METRICS_LISTEN: text }).metrics).toEqual({ listen });
  });

  it.each([
    '',
    'metrics.internal',
    '127.0.0.1:',
    '65536',
    ':9464',
    '::1:9464',
    'http://127.0.0.1:9464',
    '-1',
  ])('is refused as the listener "%s", and the setting is named', (text) => {
    expect(() => readSettings({ ...values, AMANAT_METRICS_LISTEN: text })).toThrow('AMANAT_METRICS_LISTEN');
  });

  it.each(['', 'short', 'with a space in it', 'é'.repeat(20)])(
    'is refused as the key "%s", and the setting is named',
    (text) => {
      expect(() => readSettings({ ...values, AMANAT_METRICS_KEY: text })).toThrow('AMANAT_METRICS_KEY');
    },
  );
});

describe('the interval of work on ledgers', () => {
  it('is ten seconds, and a little under a minute for a witness, if nothing is set', () => {
    expect(readSettings(values).pace).toEqual({ ledger: 10_000, witness: 55_000 });
  });

  it('is the set number of seconds', () => {
    const set = { ...values, AMANAT_LEDGER_EVERY: '1', AMANAT_WITNESS_EVERY: '3600' };
    expect(readSettings(set).pace).toEqual({ ledger: 1_000, witness: 3_600_000 });
  });

  it.each(['0', '-1', '1.5', '3601', 'soon', ''])('is refused as "%s", and the setting is named', (text) => {
    for (const name of ['AMANAT_LEDGER_EVERY', 'AMANAT_WITNESS_EVERY']) {
      const read = () => readSettings({ ...values, [name]: text });
      expect(read).toThrow(Refusal);
      expect(read).toThrow(name);
    }
  });
});

describe('a value of the wrong form', () => {
  it.each([
    ['AMANAT_URL', 'gateway.example'],
    ['AMANAT_URL', 'https://gateway.example/amanat'],
    ['AMANAT_URL', 'https://user:hunter2@gateway.example'],
    ['AMANAT_URL', 'https://gateway.example/?hunter2'],
    ['AMANAT_LISTEN', 'hunter2'],
    ['AMANAT_CHANNELS', 'webhook,hunter2'],
    ['AMANAT_ANCHORS', '[hunter2'],
    ['AMANAT_GATEWAY_KEYS_OLD', '{"hunter2":1}'],
    ['AMANAT_PROXIES', 'hunter2'],
    ['AMANAT_LIMITS', 'unproven=hunter2'],
    ['AMANAT_TELEGRAM_TOKEN', 'hunter2'],
    ['AMANAT_TELEGRAM_SECRET', 'a hunter2'],
    ['AMANAT_TELEGRAM_API', 'hunter2'],
    ['AMANAT_SMTP_URL', 'http://hunter2'],
  ])('%s=%s is named with its form, and not repeated', (name, text) => {
    const bot = { AMANAT_TELEGRAM_TOKEN: '4712:invented', AMANAT_TELEGRAM_SECRET: 'invented' };
    const set = { ...values, ...bot, [name]: text };
    const read = () => [
      readSettings(set),
      readChannels(set),
      readTelegramSettings(set),
      readMailSettings(set),
    ];
    expect(read).toThrow(Refusal);
    expect(read).toThrow(`${name} has the wrong form; expected: `);
    expect(read).not.toThrow('hunter2');
  });

  it('accepts an origin with a port, a trailing slash or capitals', () => {
    for (const [text, url] of [
      ['https://Gateway.example:443', 'https://gateway.example'],
      ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ])
      expect(readSettings({ ...values, AMANAT_URL: text }).url).toBe(url);
  });
});

it('an unknown name is reported, with the name that may have been meant', () => {
  const names = [
    'AMANAT_ALOW',
    'AMANAT_CHANELS',
    'AMANAT_SOMETHING_ELSE',
    'AMANAT_URL',
    'DATABASE_URL',
    'PATH',
  ];
  expect(findUnknownSettings(names)).toEqual([
    { name: 'AMANAT_ALOW', meant: 'AMANAT_ALLOW' },
    { name: 'AMANAT_CHANELS', meant: 'AMANAT_CHANNELS' },
    { name: 'AMANAT_SOMETHING_ELSE' },
  ]);
});
