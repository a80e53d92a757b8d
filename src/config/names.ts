/** The names of all settings, and the form of each value. */

/** The form of each value, in words for the operator. */
const FORMS = {
  AMANAT_URL: 'an origin such as https://gateway.example, without a path',
  AMANAT_LISTEN: 'host:port such as 127.0.0.1:8080, or a port alone',
  AMANAT_CHANNELS: 'channels from webhook, telegram, email, with commas between them',
  AMANAT_MASTER_KEY: '32 bytes as base64url without padding',
  AMANAT_MASTER_KEY_OLD: '32 bytes as base64url without padding',
  AMANAT_GATEWAY_KEY: 'a private JWK on Ed25519 or P-256',
  AMANAT_GATEWAY_KEYS_OLD: 'JSON: [{ "key": public JWK, "until": instant }]',
  AMANAT_ANCHORS: 'JSON: [{ "country": "ID", "pem": certificate }]',
  AMANAT_TELEGRAM_TOKEN: 'the token of a bot, as BotFather gave it',
  AMANAT_TELEGRAM_SECRET: '1 to 256 of A-Z a-z 0-9 _ -',
  AMANAT_TELEGRAM_API: 'a URL such as https://api.telegram.org',
  AMANAT_SMTP_URL: 'smtp://user:password@host:port, or smtps:// for TLS from the beginning',
  AMANAT_SMTP_CA: 'a certificate in PEM',
  AMANAT_MAIL_FROM: 'one bare address',
  AMANAT_MAIL_CERTIFICATE: 'a certificate in PEM',
  AMANAT_MAIL_KEY: 'a private key in PEM',
  AMANAT_OPERATOR: 'a handle',
  AMANAT_LEDGER_EVERY: 'whole seconds, 1 to 3600',
  AMANAT_WITNESS_EVERY: 'whole seconds, 1 to 3600',
  AMANAT_METRICS_LISTEN: 'host:port such as 127.0.0.1:9464, or a port alone',
  AMANAT_METRICS_KEY: '16 to 256 printable characters of ASCII without spaces',
  AMANAT_LIMITS: 'name=calls/seconds with commas between them, and names that docs/operate.md (Limits) lists',
  AMANAT_PROXIES: 'addresses and networks such as 127.0.0.1,10.0.0.0/8',
  AMANAT_ALLOW: 'hosts with commas between them',
  AMANAT_HOME: 'a folder',
  AMANAT_MASTER_KEY_NEXT: 'JSON that a rotation of the master key writes',
  DATABASE_URL: 'a URL such as postgres://user:password@host:5432/name',
} as const;

export type SettingName = keyof typeof FORMS;

/** The form of a value, in words. */
export const formOfSetting = (name: SettingName): string => FORMS[name];

/** Only commands read these settings; the gateway does not. */
const OF_COMMANDS: readonly string[] = ['AMANAT_SECRET', 'AMANAT_KEY'];

/** A name that is no setting, and the setting that was probably meant. */
interface UnknownSetting {
  readonly name: string;
  readonly meant?: string;
}

/** Finds names that begin like the gateway's settings but are none: otherwise nobody would notice a typing error. */
export const findUnknownSettings = (names: readonly string[]): readonly UnknownSetting[] =>
  names
    .filter(
      (name) => name.startsWith('AMANAT_') && !Object.hasOwn(FORMS, name) && !OF_COMMANDS.includes(name),
    )
    .toSorted()
    .map((name) => {
      const meant = nearest(name);
      return meant === undefined ? { name } : { name, meant };
    });

/** The most typing errors with which a name is still recognised. */
const SLIPS = 3;
const LONGEST = 64;

function nearest(name: string): string | undefined {
  if (name.length > LONGEST) return undefined;
  const [best] = Object.keys(FORMS)
    .map((known) => ({ known, slips: distance(name, known) }))
    .toSorted((one, other) => one.slips - other.slips);
  return best !== undefined && best.slips <= SLIPS ? best.known : undefined;
}

/** The number of characters to insert, delete or replace to turn one name into the other (Levenshtein distance). */
function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (const [row, letter] of [...one].entries()) {
    const line = [row + 1];
    for (const [column, against] of [...other].entries()) {
      const exchanged = (above[column] ?? 0) + (letter === against ? 0 : 1);
      line.push(Math.min((line[column] ?? 0) + 1, (above[column + 1] ?? 0) + 1, exchanged));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
