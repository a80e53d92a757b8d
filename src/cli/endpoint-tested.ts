/** What a test of an endpoint came to, in three sentences: what was tried, what was answered, what the operator does now. */
import type { Outcome } from '../domain/carriage/adapter.ts';
import type { Channel, Endpoint } from '../domain/party/channel.ts';
import type { EndpointTest } from '../entry/enrolling/endpoints.ts';

export interface TestSentences {
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
  webhook: ['The partner’s system took it.', 'There is nothing to do.'],
  email: [
    'The mail relay took it; that does not show that it arrived.',
    'Ask the desk whether the mail came and can be read.',
  ],
  telegram: [
    'Telegram took it; that does not show that it was seen.',
    'Ask the officer whether the message came.',
  ],
};

type Words = readonly [answered: string, todo: string];

/** Why nothing was sent. ` ID` stands for the endpoint’s id. */
const BEFORE: Readonly<Record<string, Words>> = {
  'address-refused': [
    'Its address is not a public one.',
    'Set a public one with amanat endpoint set ID --address; others are called in development only.',
  ],
  'address-invalid': ['Its address is none.', 'Set the right one with amanat endpoint set ID --address.'],
  'no-secret': ['It has no secret to sign with.', 'Make one with amanat endpoint set ID --secret.'],
  'secret-unusable': ['Its secret cannot be used.', 'Make a new one with amanat endpoint set ID --secret.'],
  'channel-not-running': [
    'The channel is not switched on at this gateway.',
    'Add it to AMANAT_CHANNELS with its secrets, and start the gateway again.',
  ],
  'unknown-officer': [
    'No designation in force names its desk and its officer.',
    'Have the designation renewed, or take the endpoint out with amanat endpoint remove ID.',
  ],
  'signer-expired': [
    'The gateway’s own mail certificate has ended.',
    'Set a new one as AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY, and start the gateway again.',
  ],
  'certificate-revoked': [
    'Its certificate was revoked.',
    'Ask the desk for its new one, and set it with amanat endpoint set ID --certificate.',
  ],
  'certificate-unusable': [
    'Mail may not be encrypted to its certificate.',
    'See why with amanat endpoint show ID, and ask the desk for another.',
  ],
  'revocation-stale': [
    'The revocation list of its authority is out of date.',
    'Fetch the newest list from the authority into certs/, and start the gateway again.',
  ],
};

/** What came back, or did not. */
const AFTER: Readonly<Record<string, Words>> = {
  'connect-refused': [
    'Nobody takes connections there.',
    'Have the partner start its system, then test again.',
  ],
  'connection-refused': [
    'The mail relay takes no connection.',
    'See that the relay runs and that AMANAT_SMTP_URL names it.',
  ],
  'name-unknown': [
    'Its host name is not known.',
    'Set the right address with amanat endpoint set ID --address.',
  ],
  dns: ['The host name of the mail relay is not known.', 'Correct the host in AMANAT_SMTP_URL.'],
  unreachable: ['There is no way to its host.', 'Mend the network between both, then test again.'],
  tls: [
    'No trusted TLS connection came about.',
    'Have the certificate of that server put right, then test again.',
  ],
  'smtp-auth': ['The mail relay refuses the login.', 'Correct the user and the password in AMANAT_SMTP_URL.'],
  'mailbox-full': [
    'The mailbox is full.',
    'Tell the desk by another way; what waits is tried again by itself.',
  ],
  blocked: [
    'The account has blocked the bot, or never started it.',
    'Ask the officer to unblock and start the bot: that brings the endpoint back by itself.',
  ],
  'chat-gone': [
    'Telegram knows no such account.',
    'Link the officer’s present one with amanat officer link.',
  ],
  'token-refused': [
    'Telegram refuses the bot’s token.',
    'Set the token that BotFather shows as AMANAT_TELEGRAM_TOKEN, and start the gateway again.',
  ],
  'rate-limited': ['Telegram asks to wait.', 'Wait a minute, then test again.'],
};

/** Answers by their kind. */
const KINDS: readonly (readonly [code: RegExp, ...Words])[] = [
  [
    /^http-410$/,
    'The partner’s system says that this address is given up.',
    'Ask the partner for the new one, and set it with amanat endpoint set ID --address.',
  ],
  [
    /^http-3\d\d$/,
    'The partner’s system points to another address, which is not followed.',
    'Ask the partner for the final address, and set it with amanat endpoint set ID --address.',
  ],
  [
    /^http-40[13]$/,
    'The partner’s system does not take our signature.',
    'Give the partner a new secret: amanat endpoint set ID --secret.',
  ],
  [
    /^http-40[45]$/,
    'The partner’s system takes no posts at this address.',
    'Ask the partner for the right one, and set it with amanat endpoint set ID --address.',
  ],
  [
    /^http-/,
    'The partner’s system did not take it.',
    'Tell the partner; what waits is tried again by itself.',
  ],
  [
    /^smtp-5/,
    'The mail server of the desk refuses this mailbox.',
    'Ask the desk whether the address is right; set another with amanat endpoint set ID --address.',
  ],
  [/^smtp-/, 'The mail relay did not take it now.', 'See its log; what waits is tried again by itself.'],
];
const OTHERS: Words = [
  'No answer came that says whether it was taken.',
  'See the network between both and the gateway’s log, then test again.',
];

/** The sentences for what a test at an endpoint came to. */
export function sentencesOfTest(
  { id, channel, enabled }: Endpoint,
  { outcome, back }: EndpointTest,
): TestSentences {
  const [answered, todo] = answerOf(channel, outcome);
  const before = outcome.kind === 'accepted' ? undefined : BEFORE[outcome.code];
  const state = [
    ...(back ? ['The endpoint is in use again.'] : []),
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
