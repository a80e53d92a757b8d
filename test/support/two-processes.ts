/**
 * Two countries' gateways, each a process with its own database, which reach each other over links with simulated
 * faults. Partners call their own gateway directly. All share one clock, which the test moves.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeConfig } from '../../src/entry/home/home.ts';
import { writeHead } from '../../src/entry/telling/log-head.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { type KillableGateway, startKillable } from './killable.ts';
import { startLink, type WeatheredLink } from './link.ts';
import { PATIENCE } from './patience.ts';
import { makeRig, makeTestAuthorities, type Rig, type RigOptions } from './rig.ts';
import { reachDatabase } from './server.ts';
import { introduceGateway, makeGatewayKey } from './two-gateways.ts';

export interface ProcessSide {
  /** Where its operator works: the same keys and database, but nothing is carried from here. */
  readonly house: Rig;
  /** How the other gateway reaches this one. */
  readonly link: WeatheredLink;
  isUp(): boolean;
  start(): Promise<void>;
  /** No chance to tidy up. */
  kill(): Promise<void>;
  /** Calls the process. Rejects where it is down. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Has it look at its clock. */
  wake(): Promise<unknown>;
}

export interface TwoProcesses {
  readonly kh: ProcessSide;
  readonly id: ProcessSide;
  /** A server for partners of both. */
  readonly peer: HttpPeer;
  /** Moves the clock of everybody. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

type Running = ProcessSide & {
  /** Tells the process, where it is up. */
  setClock(ahead: number): Promise<unknown>;
  close(): Promise<void>;
};

async function sideOf(link: WeatheredLink, common: RigOptions, ahead: () => number): Promise<Running> {
  const home = mkdtempSync(join(tmpdir(), 'amanat-partition-'));
  let up: { readonly child: KillableGateway; readonly port: number } | undefined;
  const call: ProcessSide['call'] = async (path, init) => {
    if (up === undefined) throw new Error('the gateway is down');
    return fetch(`http://127.0.0.1:${up.port}${path}`, { ...init, signal: AbortSignal.timeout(PATIENCE) });
  };
  const values = { AMANAT_URL: link.url, AMANAT_GATEWAY_KEY: await makeGatewayKey(link.url) };
  const house = await makeRig({ ...common, values, send: call });
  const { url, env } = reachDatabase(house.database.server, house.database.name);
  writeConfig(home, { ...house.values, DATABASE_URL: url, AMANAT_LISTEN: '127.0.0.1:0' });
  writeHead(home, { place: 0 });
  const kill = async (): Promise<void> => {
    link.leadTo();
    const { child } = up ?? {};
    up = undefined;
    await child?.kill();
  };
  return {
    house,
    link,
    isUp: () => up !== undefined,
    start: async () => {
      const child = startKillable(home, { env, ahead: ahead() });
      const port = await child.ready;
      up = { child, port };
      link.leadTo(port);
    },
    kill,
    call,
    wake: () => house.database.sql.notify('amanat_due', ''),
    setClock: async (seconds) => up?.child.setClock(seconds),
    close: async () => {
      await kill();
      await link.close();
      await house.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Starts both. `random` gives numbers in [0, 1), for the links. */
export async function startTwoProcesses(random: () => number): Promise<TwoProcesses> {
  const start = new Date();
  let ahead = 0;
  const [peer, toKh, toId, authorities] = await Promise.all([
    startPeer(),
    startLink(random),
    startLink(random),
    makeTestAuthorities(start),
  ]);
  const common = { authorities, agreedAt: start, allow: [peer.host, toKh.host, toId.host] };
  const clock = (): number => ahead;
  const sides = await Promise.all([sideOf(toKh, common, clock), sideOf(toId, common, clock)]);
  const [kh, id] = sides;
  await introduceGateway(kh.house, 'KH', id.house);
  await introduceGateway(id.house, 'ID', kh.house);
  const close = async (): Promise<void> => {
    await Promise.all([...sides.map((side) => side.close()), peer.close()]);
  };
  await Promise.all(sides.map((side) => side.start())).catch(async (fault: unknown) => {
    await close();
    throw fault;
  });
  return {
    kh,
    id,
    peer,
    pass: async (seconds) => {
      ahead += seconds;
      for (const { house } of sides) house.pass(seconds);
      await Promise.all(sides.map((side) => side.setClock(ahead)));
      await Promise.all(sides.map((side) => side.wake()));
    },
    close,
  };
}
