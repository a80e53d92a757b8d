/**
 * Two countries' gateways, each with its own database and clock, which reach each other over loopback HTTP. Each
 * connection can be closed, and calls on it can be delayed.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { SettingValues } from '../../src/config/settings.ts';
import { type Designation, didOfGateway } from '../../src/domain/party/designation.ts';
import { chance } from '../../src/entry/chance.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { fetchDueCapabilities } from '../../src/flow/directory/peer-reads.ts';
import { generateSigningJwk } from '../../src/seal/keys.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { makeRig, makeTestAuthorities, type Rig, type RigAuthorities, type RigOptions } from './rig.ts';
import { designateGateway } from './signed-statements.ts';

type Serve = (request: Request) => Response | Promise<Response>;
/** Intercepts calls: it may look, wait, or answer itself. */
export type CallInterceptor = (request: Request, serve: Serve) => Response | Promise<Response>;

export interface GatewaySide {
  readonly house: Rig;
  readonly url: string;
  /** Nobody answers at its port any more. */
  shut(): Promise<void>;
  open(): Promise<void>;
  keep(doorkeeper: CallInterceptor | undefined): void;
  /** Gives a focal point's designation, as this gateway keeps it, to the other gateway. */
  introduce(designation: Designation): Promise<void>;
}

export interface TwoGateways {
  /** Cambodia's. */
  readonly kh: GatewaySide;
  /** Indonesia's. */
  readonly id: GatewaySide;
  /** A server for partners of both. */
  readonly peer: HttpPeer;
  /** Works on both sides until nothing is due. */
  waitUntilIdle(): Promise<void>;
  close(): Promise<void>;
}

/** How often a port is asked for again that somebody else has for the moment, and milliseconds between. */
const TRIES = 50;
const BETWEEN = 100;

const isTaken = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === 'EADDRINUSE';

/** Listens on loopback, at a port of its own for 0. @throws the fault of the socket; a taken port only after many tries */
async function listening(listener: RequestListener, port: number, tries = TRIES): Promise<Server> {
  const server = createServer(listener);
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  } catch (fault) {
    if (!isTaken(fault) || tries <= 1) throw fault;
  }
  // An outgoing connection may have drawn this very port while it was shut; it ends soon.
  await setTimeout(BETWEEN);
  return listening(listener, port, tries - 1);
}

/** Reserves a port, with nothing behind it yet. */
async function door() {
  let serve: Serve = () => new Response(null, { status: 503 });
  let keeper: CallInterceptor | undefined;
  let server: Server | undefined;
  let port = 0;
  const listener = getRequestListener((request) =>
    keeper === undefined ? serve(request) : keeper(request, serve),
  );
  const open = async (): Promise<void> => {
    server = await listening(listener, port);
    port = (server.address() as AddressInfo).port;
  };
  const shut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
    server?.closeAllConnections();
    await closed;
    server = undefined;
  };
  await open();
  return {
    host: `127.0.0.1:${port}`,
    open,
    shut,
    behind: (next: Serve) => {
      serve = next;
    },
    keep: (next: CallInterceptor | undefined) => {
      keeper = next;
    },
  };
}

type Door = Awaited<ReturnType<typeof door>>;

/** A gateway's evidence key, as its environment holds it. */
export const makeGatewayKey = async (url: string): Promise<string> =>
  JSON.stringify(await generateSigningJwk(`${didOfGateway(url)}#evidence`));

async function sideOf(
  at: Door,
  common: RigOptions,
  more: SettingValues,
): Promise<{ house: Rig; url: string }> {
  const url = `http://${at.host}`;
  const values = { ...more, AMANAT_URL: url, AMANAT_GATEWAY_KEY: await makeGatewayKey(url) };
  const house = await makeRig({ ...common, values });
  at.behind((request) => house.app.fetch(request));
  return { house, url };
}

/** Has the gateway designated by its country's authority, and the other side keep it. */
export async function introduceGateway(from: Rig, country: keyof RigAuthorities, to: Rig): Promise<void> {
  const { url, key, now } = from.gateway;
  const draft = { url, name: `Gateway ${country}`, country, signing: [key.publicJwk] };
  await keepGateway(to.gateway, await designateGateway(from.authorities[country], draft, now()));
}

/** Gives a focal point's designation, as one gateway keeps it, to another gateway. */
export async function introduceFocalPoint(from: Rig, to: Rig, designation: Designation): Promise<void> {
  const { designations } = await from.gateway.store.directory.readDirectory([designation.focal_point]);
  for (const text of designations) await keepDesignation(to.gateway, JSON.parse(text));
}

/**
 * @param allow hosts that both may reach although they are on loopback, besides their own and the partners' server
 * @param more named values of either, as {@link RigOptions} has them
 */
export async function makeTwoGateways(
  allow: readonly string[] = [],
  more: Readonly<Partial<Record<'kh' | 'id', SettingValues>>> = {},
): Promise<TwoGateways> {
  const start = new Date();
  const [peer, khDoor, idDoor, authorities] = await Promise.all([
    startPeer(),
    door(),
    door(),
    makeTestAuthorities(start),
  ]);
  const common = { authorities, agreedAt: start, allow: [peer.host, khDoor.host, idDoor.host, ...allow] };
  const [kh, id] = await Promise.all([
    sideOf(khDoor, common, more.kh ?? {}),
    sideOf(idDoor, common, more.id ?? {}),
  ]);
  await introduceGateway(kh.house, 'KH', id.house);
  await introduceGateway(id.house, 'ID', kh.house);
  // As the loop of each does it when it begins.
  for (const { house } of [kh, id]) await fetchDueCapabilities(house.gateway, new AbortController().signal);
  const side = (own: { house: Rig; url: string }, other: Rig, at: Door): GatewaySide => ({
    ...own,
    shut: at.shut,
    open: at.open,
    keep: at.keep,
    introduce: (designation) => introduceFocalPoint(own.house, other, designation),
  });
  return {
    kh: side(kh, id.house, khDoor),
    id: side(id, kh.house, idDoor),
    peer,
    waitUntilIdle: async () => {
      while ((await kh.house.drain()) + (await id.house.drain()) > 0);
    },
    close: async () => {
      await Promise.all([khDoor.shut(), idDoor.shut()]);
      await Promise.all([kh.house.close(), id.house.close(), peer.close()]);
    },
  };
}

/** An id for what a test makes up. */
export const { newId } = chance;
