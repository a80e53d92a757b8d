/** Checks whether a packet for an address may be encrypted to the recipient's certificate. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { BitString, fromBER } from 'asn1js';
import { AltName, Certificate, ExtKeyUsage } from 'pkijs';

/** A certificate that {@link readRecipient} accepted, in the forms that the libraries need. */
export interface MailRecipient {
  readonly certificate: Certificate;
  readonly publicKey: KeyObject;
}

/** X.509 extension and purpose identifiers (RFC 5280 §4.2.1). */
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
const ANY_PURPOSE = '2.5.29.37.0';
/** The type of a GeneralName that is a mailbox (RFC 5280 §4.2.1.6). */
const RFC822_NAME = 1;

/** Named curves that S/MIME clients know (RFC 8551 §2.3). */
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const MAX_PEM = 64 * 1024;

/**
 * Reads the certificate and checks it for this address and time (RFC 8550 §3 and §4.4): it is valid now, allows e-mail protection
 * if it limits its purposes, allows key encipherment or agreement if it limits its usage, names this mailbox if it names any, and
 * has an RSA key of at least 2048 bits or a known curve. Undefined when it must not be used. The issuer and the revocation are
 * checked before a parcel comes here; CA certificates for that check may follow in the PEM and are ignored.
 */
export function readRecipient(pem: string, address: string, at: Date): MailRecipient | undefined {
  if (pem.length > MAX_PEM) return undefined;
  try {
    const recipient = {
      certificate: parsePkijsCertificate(pem),
      publicKey: new X509Certificate(pem).publicKey,
    };
    return isUsable(recipient, address, at) ? recipient : undefined;
  } catch {
    return undefined;
  }
}

function isUsable(recipient: MailRecipient, address: string, at: Date): boolean {
  const { certificate, publicKey } = recipient;
  const inTime = certificate.notBefore.value <= at && at < certificate.notAfter.value;
  const fits = inTime && strongEnough(publicKey) && mayReceiveKeys(recipient) && isForMail(certificate);
  return fits && isForMailbox(certificate, address);
}

/** Parses a certificate with pkijs. @throws where the PEM has none */
export function parsePkijsCertificate(pem: string): Certificate {
  const der = new Uint8Array(new X509Certificate(pem).raw);
  return new Certificate({ schema: fromBER(der).result });
}

/**
 * Whether the certificate names this mailbox or no mailbox at all (RFC 8550 §3).
 * @throws where its names cannot be read
 */
export function isForMailbox(certificate: Certificate, address: string): boolean {
  const names = extension(certificate, SUBJECT_ALT_NAME, AltName)?.altNames ?? [];
  const mailboxes = names
    .filter((one) => one.type === RFC822_NAME)
    .map((one) => String(one.value).toLowerCase());
  return mailboxes.length === 0 || mailboxes.includes(address.toLowerCase());
}

function strongEnough(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  // With the exponent 1, encryption would not change the content key.
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= 2_048 && publicExponent >= 3n;
  return key.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve ?? '');
}

/** RSA keys need keyEncipherment, bit 2 of the usage; elliptic curves need keyAgreement, bit 4. */
function mayReceiveKeys({ certificate, publicKey }: MailRecipient): boolean {
  const usage = extension(certificate, KEY_USAGE, BitString);
  if (usage === undefined) return true;
  const mask = publicKey.asymmetricKeyType === 'rsa' ? 0x20 : 0x08;
  return ((usage.valueBlock.valueHexView[0] ?? 0) & mask) !== 0;
}

function isForMail(certificate: Certificate): boolean {
  const purposes = extension(certificate, EXTENDED_KEY_USAGE, ExtKeyUsage);
  if (purposes === undefined) return true;
  return purposes.keyPurposes.some((one) => one === EMAIL_PROTECTION || one === ANY_PURPOSE);
}

/** An extension's value; undefined if it is absent. Throws for an unreadable one, which must not pass as absent. */
function extension<T>(certificate: Certificate, id: string, type: new () => T): T | undefined {
  const found = certificate.extensions?.find((one) => one.extnID === id);
  if (found === undefined) return undefined;
  const value: unknown = found.parsedValue;
  if (value instanceof type && !('parsingError' in (value as object))) return value;
  throw new Error(`extension ${id} is malformed`);
}
