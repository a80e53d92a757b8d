/** Addresses of endpoints, checked when they are given rather than when the first case is lost on them. */
import { readSettings } from '../../config.ts';
import { allowList, bare, isLiteral, isPublic, portOf } from '../address.ts';
import { usage } from './failure.ts';
import type { Office } from './office.ts';

/** An address of the channel. @throws Failure `usage`, never repeating it */
export function readAddress(
  office: Pick<Office, 'home'>,
  channel: 'webhook' | 'email',
  text: string,
): string {
  if (channel === 'webhook') return readUrl(office, text);
  if (text.length > 254 || !/^[^\s<>,;:"@]+@[^\s<>,;:"@]+$/.test(text))
    throw usage('--address: must be one bare mail address');
  return text;
}

function readUrl(office: Pick<Office, 'home'>, text: string): string {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.hash !== ''
  )
    throw usage('--address: must be an https:// URL without user, password or fragment');
  const isAllowed = allowList(readSettings(office.home.values).allow)(url.hostname, portOf(url));
  if (isAllowed) return url.href;
  if (url.protocol !== 'https:')
    throw usage('--address: must be https; plain http is for hosts in AMANAT_ALLOW only');
  const host = bare(url.hostname);
  if (isLiteral(host) && !isPublic(host))
    throw usage('--address: is not a public address; calls to it would be refused');
  return url.href;
}
