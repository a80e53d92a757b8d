/** Addresses of endpoints, checked when they are given rather than when the first case is lost on them. */
import { readSettings } from '../config/settings.ts';
import { RefusedAddress } from '../entry/enrolling/address.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { judgeAddress } from '../entry/outgoing.ts';
import type { OpenedHome } from './opened-home.ts';
import { printRemark } from './output.ts';

/**
 * Reads an address for the channel. Warns where the host name of a URL does not resolve yet.
 * @throws Failure `usage`; its text never repeats the address
 */
export async function readAddress(
  opened: Pick<OpenedHome, 'home'>,
  channel: 'webhook' | 'email',
  text: string,
): Promise<string> {
  if (channel === 'webhook') return readUrl(opened, text);
  if (text.length > 254 || !/^[^\s<>,;:"@]+@[^\s<>,;:"@]+$/.test(text))
    throw makeUsageFailure('--address: must be one bare mail address');
  return text;
}

async function readUrl(opened: Pick<OpenedHome, 'home'>, text: string): Promise<string> {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.hash !== ''
  )
    throw makeUsageFailure('--address: must be an https:// URL without user, password or fragment');
  try {
    const { allow } = readSettings(opened.home.values);
    if ((await judgeAddress(url, { allow })) === 'not-found')
      printRemark(
        'The host name of this address does not resolve now. The gateway retries its calls until it does.',
      );
  } catch (fault) {
    if (!(fault instanceof RefusedAddress)) throw fault;
    if (url.protocol !== 'https:')
      throw makeUsageFailure(
        '--address: must be https; plain http is allowed only for hosts in AMANAT_ALLOW',
      );
    throw makeUsageFailure(
      '--address: is not a public HTTPS address; the gateway would refuse to call it',
      'It must not point to this machine, to a private network or to a port of another service, such as mail.',
    );
  }
  return url.href;
}
