/**
 * The line between two gateways, as one of them is reached over it: a proxy that works on whole HTTP requests and has
 * weather. What becomes of a request is drawn from what the weather allows.
 */
import { createServer, type IncomingMessage, request as open, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `lose-request`: the gateway never sees it. `break-request`: it sees the first half. `lose-answer`: it does the work
 * and nobody hears of it. `twice`: it comes twice at once, either answer is given. `echo`: it comes once more when the
 * weather changes. `hold`: it waits until another one has passed.
 */
export type RequestFate =
  | 'pass'
  | 'refuse'
  | 'lose-request'
  | 'break-request'
  | 'lose-answer'
  | 'delay'
  | 'twice'
  | 'echo'
  | 'hold';

export const WEATHERS = {
  clear: ['pass'],
  cut: ['refuse'],
  lossy: ['pass', 'lose-request', 'break-request', 'lose-answer'],
  mute: ['lose-answer'],
  slow: ['delay'],
  echoing: ['twice', 'echo'],
  jumbled: ['hold', 'hold', 'pass'],
  storm: ['pass', 'lose-request', 'break-request', 'lose-answer', 'delay', 'twice', 'echo', 'hold'],
} as const satisfies Readonly<Record<string, readonly RequestFate[]>>;

export type Weather = keyof typeof WEATHERS;

/** Milliseconds: the longest delay, and how long a held request waits for one to overtake it. */
const DELAY = 150;
const HOLD = 300;

export interface WeatheredLink {
  /** Where the gateway is reached over it. */
  readonly url: string;
  readonly host: string;
  /** How often each fate befell a request. */
  readonly befell: ReadonlyMap<RequestFate, number>;
  /** Leads to this port of loopback from now on; nowhere where left out. */
  leadTo(port?: number): void;
  set(weather: Weather): void;
  close(): Promise<void>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What belongs to one connection and not to what passes over it (RFC 9110 § 7.6.1). */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...rest } = headers;
  return rest;
}

/** Makes the call on a connection of its own; undefined where it broke. `half` sends the first half and breaks off. */
function make(call: Call, port: number | undefined, half = false): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    if (port === undefined) return resolve(undefined);
    const headers = { ...call.headers, 'content-length': String(call.body.length) };
    const options = { host: '127.0.0.1', port, method: call.method, path: call.path, headers, agent: false };
    const request = open(options, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      whole(response).then(
        (body) => resolve({ status, headers: answered, body }),
        () => resolve(undefined),
      );
    });
    request.on('error', () => resolve(undefined));
    if (!half) request.end(call.body);
    else request.write(call.body.subarray(0, call.body.length / 2), () => request.destroy());
  });
}

/** Opens a link that leads nowhere yet, in clear weather. `random` gives numbers in [0, 1). */
export async function startLink(random: () => number): Promise<WeatheredLink> {
  const befell = new Map<RequestFate, number>();
  const sockets = new Set<Socket>();
  let weather: Weather = 'clear';
  let port: number | undefined;
  let echoes: Call[] = [];
  let release: (() => void) | undefined;

  const toGateway = (call: Call): Promise<Answer | undefined> => make(call, port);
  const draw = (): RequestFate => {
    const fates: readonly RequestFate[] = WEATHERS[weather];
    const fate = fates[Math.floor(random() * fates.length)] ?? 'pass';
    befell.set(fate, (befell.get(fate) ?? 0) + 1);
    return fate;
  };
  /** One waits at a time: the next one that comes lets it go when it has passed itself. */
  const held = async (): Promise<void> => {
    release?.();
    const waits = new AbortController();
    release = () => waits.abort();
    await sleep(HOLD, undefined, { signal: waits.signal }).catch(() => {});
  };
  const overtaking = async (call: Call): Promise<Answer | undefined> => {
    const answer = await toGateway(call);
    release?.();
    return answer;
  };

  const FATES: Readonly<Record<RequestFate, (call: Call) => Promise<Answer | undefined>>> = {
    pass: overtaking,
    refuse: async () => undefined,
    'lose-request': async () => undefined,
    'break-request': (call) => make(call, port, true),
    'lose-answer': async (call) => {
      await toGateway(call);
      return undefined;
    },
    delay: (call) => sleep(random() * DELAY).then(() => overtaking(call)),
    twice: async (call) => {
      const answers = await Promise.all([toGateway(call), toGateway(call)]);
      return answers[random() < 0.5 ? 0 : 1];
    },
    echo: (call) => {
      echoes.push(call);
      return overtaking(call);
    },
    hold: (call) => held().then(() => toGateway(call)),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await whole(request);
    const { method = '', url: path = '', headers } = request;
    const answer = await FATES[draw()]({ method, path, headers: endToEnd(headers), body });
    if (answer === undefined) request.socket.destroy();
    else
      response
        .writeHead(answer.status, {
          ...endToEnd(answer.headers),
          'content-length': String(answer.body.length),
        })
        .end(answer.body);
  }

  const server = createServer((request, response) => {
    response.on('error', () => {});
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    if (weather === 'cut') socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://${host}`,
    host,
    befell,
    leadTo: (next) => {
      port = next;
    },
    set: (next) => {
      weather = next;
      const late = echoes;
      echoes = [];
      for (const call of late) void toGateway(call);
      release?.();
      if (next === 'cut') breakAll();
    },
    close: async () => {
      release?.();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      breakAll();
      await closed;
    },
  };
}
