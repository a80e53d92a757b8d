/** A home folder of the command line with some content, made in this process. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAuthorityKey } from '../../src/cli/opened-home.ts';
import type { SettingValues } from '../../src/config/settings.ts';
import { chance } from '../../src/entry/chance.ts';
import { designateFocalPoint } from '../../src/entry/enrolling/enrol.ts';
import { readHome } from '../../src/entry/home/home.ts';
import { initHome } from '../../src/entry/home/init.ts';
import { openGateway } from '../../src/entry/node.ts';
import { acceptSubmission } from '../../src/flow/intake/assisted.ts';
import { workUntilIdle } from '../../src/flow/loop/loop.ts';
import type { Gateway } from '../../src/gateway.ts';
import { silentLog } from '../../src/log.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import { addHook } from './confirmed.ts';
import { concludeAgreement } from './signed-statements.ts';
import { makeOfficer, makeReportPost } from './story.ts';

/** The home folder of a gateway, and its additional environment. */
interface Place {
  readonly home: string;
  readonly values: SettingValues;
}

/** Makes the home folder as `amanat init` does, with an authority for each of these countries. */
export const makeHome = (
  { home }: Pick<Place, 'home'>,
  url: string,
  countries: readonly string[] = ['ID'],
): Promise<void> => initHome(home, { url, countries }, new Date(), chance);

/** The same as in production: the authority of the country keeps its key elsewhere, and only its certificate is here. */
export async function makeHomeOfCountry(at: Pick<Place, 'home'>, url: string): Promise<void> {
  await makeHome(at, url, []);
  const { certificate } = await makeAuthority('ID', 'Invented authority', new Date());
  mkdirSync(join(at.home, 'certs/ID'), { recursive: true });
  writeFileSync(join(at.home, 'certs/ID/authority.pem'), certificate);
}

/** Opens the gateway of a home folder in this process, without serving it. */
export async function withGateway<T>(at: Place, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  const { gateway, close } = await openGateway(readHome(at.home, at.values), silentLog);
  try {
    return await work(gateway);
  } finally {
    await close();
  }
}

/** A report from the shelter to the focal point, whose endpoint has an invalid address. @returns its id */
export async function postUndeliverable(home: string, gateway: Gateway): Promise<string> {
  const id = await postWaiting(home, gateway, 'no address');
  await workUntilIdle(gateway);
  return id;
}

/** A report from the shelter to the focal point that has not been sent yet. @returns its id */
export async function postWaiting(home: string, gateway: Gateway, address: string): Promise<string> {
  const authority = await loadAuthorityKey(home, 'ID');
  const draft = { name: 'Invented', country: 'ID', officers: [makeOfficer()] };
  const shelter = await designateFocalPoint(gateway, authority, { ...draft, slug: 'shelter' });
  const focalPoint = await designateFocalPoint(gateway, authority, { ...draft, slug: 'desk' });
  const year = 365 * 86_400_000;
  await concludeAgreement(gateway, [authority], {
    kind: 'agreement',
    id: 'domestic',
    version: 1,
    title: 'Invented',
    parties: ['ID'],
    rules: [{ from: ['ID'], to: ['ID'], types: ['report', 'closure'] }],
    from: new Date(Date.now() - 1_000).toISOString(),
    until: new Date(Date.now() + year).toISOString(),
  });
  await addHook(gateway, focalPoint.focal_point, { address });
  return submitted(gateway, shelter.focal_point, makeReportPost(['desk']));
}

async function submitted(gateway: Gateway, focalPoint: string, submission: object): Promise<string> {
  const accepted = await acceptSubmission(gateway, {
    kind: 'submission',
    focalPoint,
    key: chance.newId(),
    digest: 'any',
    submission: submission as never,
  });
  return accepted.id;
}

/** Closes the thread of a message to the focal point, for its sender. @returns the id of the closure */
export async function closeThread(gateway: Gateway, id: string): Promise<string> {
  const view = await gateway.store.messages.readMessage(id);
  if (view === undefined) throw new Error('no such message');
  return submitted(gateway, view.message.sender, {
    to: ['desk'],
    type: 'closure',
    urgency: 'routine',
    handling: 'H0',
    lang: 'en',
    thid: view.message.thread,
    body: { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Returned home.' },
  });
}
