/** Describes the result of an endpoint test in three sentences: what was sent, what was answered, what the operator does now. */
import type { Outcome } from '../domain/carriage/adapter.ts';
import type { Channel, Endpoint } from '../domain/party/channel.ts';
import type { EndpointTest } from '../entry/enrolling/endpoints.ts';

interface TestSentences {
  readonly tried: string;
  readonly answered: string;
  readonly todo: string;
}

const TRIED: { readonly [channel in Channel]?: string } = {
  webhook: 'A signed event "endpoint.test" was posted to its address.',
  email: 'A signed test mail was handed to the mail relay.',
  telegram: 'The bot sent a test message to the account.',
};
const NOT_SENT = 'Nothing was sent.';

const TAKEN: { readonly [channel in Channel]?: readonly [answered: string, todo: string] } = {
  webhook: ['The partner’s system accepted it.', 'There is nothing to do.'],
  email: [
    'The mail relay accepted it; that does not prove that it arrived.',
    'Ask the focal point whether the mail arrived and can be read.',
  ],
  telegram: [
    'Telegram accepted it; that does not prove that it was seen.',
    'Ask the officer whether the message arrived.',
  ],
};

type Words = readonly [answered: string, todo: string];

/** Why nothing was sent. ` ID` is replaced by the endpoint's id. */
const BEFORE: Readonly<Record<string, Words>> = {
  'address-refused': [
    'Its address is not public.',
    'Set a public address with amanat endpoint set ID --address; other addresses work in development only.',
  ],
  'address-invalid': [
    'Its address is not valid.',
    'Set the right one with amanat endpoint set ID --address.',
  ],
  'no-secret': [
    'It has no secret that could sign the call.',
    'Make one with amanat endpoint set ID --secret.',
  ],
  'secret-unusable': ['Its secret cannot be used.', 'Make a new one with amanat endpoint set ID --secret.'],
  'channel-not-running': [
    'The channel is not switched on at this gateway.',
    'Add it to AMANAT_CHANNELS with its secrets, and restart the gateway.',
  ],
  'unknown-officer': [
    'No designation in force names its focal point and its officer.',
    'Have the designation renewed, or delete the endpoint with amanat endpoint remove ID.',
  ],
  'signer-expired': [
    'The gateway’s own mail certificate has expired.',
    'Set a new one as AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY, and restart the gateway.',
  ],
  'certificate-revoked': [
    'Its certificate was revoked.',
    'Ask the focal point for a new one, and set it with amanat endpoint set ID --certificate.',
  ],
  'certificate-unusable': [
    'Mail must not be encrypted to its certificate.',
    'See the reason with amanat endpoint show ID, and ask the focal point for another certificate.',
  ],
  'revocation-stale': [
    'The revocation list of its authority is out of date.',
    'Put the newest list of that authority into certs/, and restart the gateway.',
  ],
};

/** What was answered, or that nothing was answered. */
const AFTER: Readonly<Record<string, Words>> = {
  'connect-refused': [
    'Its host refuses the connection.',
    'Ask the partner to start its system, then test again.',
  ],
  'connection-refused': [
    'The mail relay refuses the connection.',
    'Check that the relay runs and that AMANAT_SMTP_URL names it.',
  ],
  'name-unknown': [
    'Its host name does not resolve.',
    'Set the right address with amanat endpoint set ID --address.',
  ],
  dns: ['The host name of the mail relay does not resolve.', 'Correct the host in AMANAT_SMTP_URL.'],
  unreachable: ['Its host cannot be reached.', 'Repair the network between both, then test again.'],
  tls: [
    'A trusted TLS connection was not possible.',
    'Have the certificate of that server corrected, then test again.',
  ],
  'smtp-auth': ['The mail relay refuses the login.', 'Correct the user and the password in AMANAT_SMTP_URL.'],
  'mailbox-full': [
    'The mailbox is full.',
    'Tell the focal point by another channel; the gateway retries what waits.',
  ],
  blocked: [
    'The account has blocked the bot, or has never started it.',
    'Ask the officer to unblock and start the bot; the endpoint is then switched on again automatically.',
  ],
  'chat-gone': [
    'Telegram does not know this account.',
    'Link the officer’s current account with amanat officer link.',
  ],
  'token-refused': [
    'Telegram refuses the bot’s token.',
    'Set the token that BotFather shows as AMANAT_TELEGRAM_TOKEN, and restart the gateway.',
  ],
  'rate-limited': ['Telegram limits the rate of calls.', 'Wait a minute, then test again.'],
};

/** Texts for groups of answer codes. */
const KINDS: readonly (readonly [code: RegExp, ...Words])[] = [
  [
    /^http-410$/,
    'The partner’s system says that this address is gone.',
    'Ask the partner for the new address, and set it with amanat endpoint set ID --address.',
  ],
  [
    /^http-3\d\d$/,
    'The partner’s system redirects to another address; the gateway does not follow redirects.',
    'Ask the partner for the final address, and set it with amanat endpoint set ID --address.',
  ],
  [
    /^http-40[13]$/,
    'The partner’s system does not accept our signature.',
    'Give the partner a new secret: amanat endpoint set ID --secret.',
  ],
  [
    /^http-40[45]$/,
    'The partner’s system does not accept posts at this address.',
    'Ask the partner for the right address, and set it with amanat endpoint set ID --address.',
  ],
  [/^http-/, 'The partner’s system did not accept it.', 'Tell the partner; the gateway retries what waits.'],
  [
    /^smtp-5/,
    'The mail server of the focal point refuses this mailbox.',
    'Ask the focal point whether the address is right; set another with amanat endpoint set ID --address.',
  ],
  [
    /^smtp-/,
    'The mail relay did not accept it now.',
    'See the log of the relay; the gateway retries what waits.',
  ],
];
const OTHERS: Words = [
  'There was no answer that says whether it was accepted.',
  'Check the network between both and the gateway’s log, then test again.',
];

/** Makes the sentences for the result of an endpoint test. */
export function sentencesOfTest(
  { id, channel, enabled }: Endpoint,
  { outcome, back }: EndpointTest,
): TestSentences {
  const [answered, todo] = answerOf(channel, outcome);
  const before = outcome.kind === 'accepted' ? undefined : BEFORE[outcome.code];
  const state = [
    ...(back ? ['The endpoint is switched on again.'] : []),
    ...(outcome.kind === 'accepted' && !enabled && !back
      ? [`It stays switched off until amanat endpoint enable ID.`]
      : []),
  ];
  return {
    tried: before === undefined ? (TRIED[channel] ?? NOT_SENT) : NOT_SENT,
    answered: `${answered.slice(0, -1)} (${outcome.code}).`,
    todo: [...state, todo].join(' ').replaceAll(' ID', ` ${id}`),
  };
}

function answerOf(channel: Channel, { kind, code }: Outcome): Words {
  if (kind === 'accepted') return TAKEN[channel] ?? OTHERS;
  const known = BEFORE[code] ?? AFTER[code];
  if (known !== undefined) return known;
  const found = KINDS.find(([pattern]) => pattern.test(code));
  return found === undefined ? OTHERS : [found[1], found[2]];
}
