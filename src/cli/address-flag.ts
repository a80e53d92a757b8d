/** Addresses of endpoints, checked when they are given rather than when the first case is lost on them. */
import { readSettings } from '../config/settings.ts';
import { RefusedAddress } from '../entry/enrolling/address.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { judgeAddress } from '../entry/outgoing.ts';
import type { OpenedHome } from './opened-home.ts';
import { printRemark } from './output.ts';

/**
 * An address of the channel. That a URL's name leads nowhere yet is remarked.
 * @throws Failure `usage`, never repeating it
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
      printRemark('The name of this address leads nowhere now. Calls are tried until it does.');
  } catch (fault) {
    if (!(fault instanceof RefusedAddress)) throw fault;
    if (url.protocol !== 'https:')
      throw makeUsageFailure('--address: must be https; plain http is for hosts in AMANAT_ALLOW only');
    throw makeUsageFailure(
      '--address: is not a public HTTPS address; calls to it would be refused',
      'It must not lead to this machine, a private network or a port of another service, such as mail.',
    );
  }
  return url.href;
}
