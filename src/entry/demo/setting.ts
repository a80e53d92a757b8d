/**
 * The setting: everything outside the gateway is started, a home folder is made, and everybody is enrolled, as an
 * operator does before the first message. The gateway itself is not served yet.
 */
import { type AddressInfo, createServer } from 'node:net';
import { chance } from '../chance.ts';
import { type Home, readHome, writeConfig, writeSecret } from '../home.ts';
import { initHome } from '../init.ts';
import { MAIL } from './cast.ts';
import { type Enrolled, enrol } from './enrolment.ts';
import { BOT_TOKEN, type Outside, startOutside } from './outside.ts';

export interface Setting extends Outside, Enrolled {
  readonly home: Home;
  close(): Promise<void>;
}

/** Makes the setting; `path` is where the home folder will be. */
export async function makeSetting(path: string): Promise<Setting> {
  const outside = await startOutside();
  try {
    const home = await makeHome(path, outside);
    return { ...outside, ...(await enrol(home, outside)), home };
  } catch (fault) {
    await outside.close();
    throw fault;
  }
}

/** A home folder whose gateway knows the mail relay, the Bot API and the partners on this machine. */
async function makeHome(path: string, { mail, bot, receivers }: Outside): Promise<Home> {
  const url = `http://127.0.0.1:${await freePort()}`;
  await initHome(path, { url, countries: ['ID', 'KH'], mailFrom: MAIL.from }, new Date(), chance);
  writeSecret(path, 'AMANAT_TELEGRAM_TOKEN', BOT_TOKEN);
  writeConfig(path, {
    AMANAT_CHANNELS: 'webhook,telegram,email',
    AMANAT_ALLOW: Object.values(receivers)
      .map((one) => one.host)
      .join(','),
    AMANAT_TELEGRAM_API: bot.root,
    AMANAT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    AMANAT_SMTP_CA: mail.ca,
  });
  // Nothing of this machine's environment: the demo speaks to loopback only.
  return readHome(path, {});
}

/** A port that was free a moment ago. The gateway's DID names it, so it must be known before the gateway is. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
