/** The timeline: prints each happening at once, for people in colour, or for programs as one JSON object a line. */
import { styleText } from 'node:util';
import { referenceOf } from '../src/domain/words/phrases.ts';

/** The place where something was seen. */
export type HappeningPlace =
  | 'clock'
  | 'trust'
  | 'gateway'
  | 'webhook'
  | 'telegram'
  | 'email'
  | 'page'
  | 'evidence'
  | 'ledger'
  | 'proof';

export interface Happening {
  readonly place: HappeningPlace;
  /** The name of the focal point that it happened to, or that did it. */
  readonly who: string;
  readonly what: string;
  /** The message id. */
  readonly message?: string;
}

/** A row of the closing table: one delivery. */
export interface DeliveryLine {
  readonly message: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly channel: string;
  /** The channel of the other gateway, if the message was relayed. */
  readonly onward?: string;
  readonly state: string;
  readonly officer: string;
}

/** Whose turn it is after a step, as both gateways report. */
export interface TurnLine {
  /** The chapter that ends here. */
  readonly step: string;
  /** The name of the focal point whose turn it is. */
  readonly name?: string;
  /** `owner` is a DID; null if nobody owes an act. */
  readonly turn: {
    readonly owner: string;
    readonly country: string;
    readonly act: string;
    readonly since: string;
    readonly until: string;
  } | null;
  /** The seconds for which each side was waited for, by country. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** The last line of `--json`. */
export interface DemoResult {
  readonly result: 'ok';
  /** Messages accepted. */
  readonly messages: number;
  /** Deliveries of messages to recipients. */
  readonly deliveries: number;
  /** Recipients whose named officer acknowledged. */
  readonly acknowledged: number;
  /** Pieces of signed evidence. */
  readonly evidence: number;
  readonly gateways: number;
  /** Each thread as each gateway exported it. */
  readonly exports: readonly {
    readonly thread: string;
    /** Slug of the gateway. */
    readonly by: string;
    readonly verified: boolean;
    /** Every piece of evidence is in a ledger that another gateway cosigned. */
    readonly cosigned: boolean;
  }[];
}

export interface DemoEnding {
  readonly deliveries: readonly DeliveryLine[];
  /** How often each event was recorded. */
  readonly evidence: Readonly<Record<string, number>>;
}

export interface Timeline {
  chapter(title: string): void;
  tell(happening: Happening): void;
  turn(line: TurnLine): void;
  addresses(list: Readonly<Record<string, string>>): void;
  end(result: DemoResult, ending: DemoEnding): void;
}

type Write = (line: string) => void;

/** JSON lines: `at` is in seconds since the start. */
export function createJsonTimeline(write: Write, since: () => number): Timeline {
  const put = (one: object): void => write(JSON.stringify(one));
  const at = (): number => Number(since().toFixed(3));
  return {
    chapter: (chapter) => put({ at: at(), chapter }),
    tell: (happening) => put({ at: at(), ...happening }),
    turn: ({ name: _name, ...line }) => put({ at: at(), ...line }),
    addresses: (addresses) => put({ at: at(), addresses }),
    end: (result, { deliveries, evidence }) => {
      for (const one of deliveries) put({ delivery: one });
      for (const [event, count] of Object.entries(evidence)) put({ event, count });
      put(result);
    },
  };
}

const COLOURS = {
  clock: 'white',
  trust: 'green',
  gateway: 'yellow',
  webhook: 'cyan',
  telegram: 'blueBright',
  email: 'magenta',
  page: 'green',
  evidence: 'gray',
  ledger: 'yellow',
  proof: 'green',
} as const;

/** For people. Colours are used only if standard output is a terminal that allows them (`NO_COLOR`, `FORCE_COLOR`). */
export function createHumanTimeline(write: Write, since: () => number): Timeline {
  return {
    chapter: (title) => write(`\n${styleText('bold', title)}`),
    tell: ({ place, who, what, message }) => {
      const seconds = styleText('dim', `${since().toFixed(2).padStart(7)} s`);
      const where = styleText(COLOURS[place], place.padEnd(8));
      const about = message === undefined ? '' : styleText('dim', `  ${referenceOf(message)}`);
      // There is much evidence, so it is printed less prominently than what people do.
      const said =
        place === 'evidence' ? styleText('gray', `${who}: ${what}`) : `${styleText('bold', who)}: ${what}`;
      write(`${seconds}  ${where}  ${said}${about}`);
    },
    turn: (line) => write(turnText(line)),
    addresses: (list) => {
      write(`\n${styleText('bold', 'Everything keeps running. Stop it with Ctrl-C.')}`);
      for (const [name, address] of Object.entries(list)) write(`  ${name.padEnd(22)}  ${address}`);
    },
    end: (result, ending) => {
      for (const line of [...deliveryTable(ending.deliveries), ...evidenceTable(ending.evidence)])
        write(line);
      const { messages, deliveries, acknowledged, evidence, gateways, exports } = result;
      const sum = `${messages} messages, ${deliveries} deliveries, ${acknowledged} acknowledged by named officers, ${evidence} pieces of signed evidence, ${gateways} gateways, ${exports.filter((one) => one.verified).length} exports verified`;
      write(`\n${styleText(['bold', 'green'], 'Done.')} ${sum}, ${since().toFixed(1)} s.`);
    },
  };
}

/** Minutes as text, such as `2 h 30 min`. */
export function formatMinutes(minutes: number): string {
  const parts = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0 ? '0 min' : parts.map((part) => part.join(' ')).join(' ');
}

/** What the focal point must do in its turn. */
const ACTS: Readonly<Record<string, string>> = {
  acknowledge: 'to acknowledge',
  answer: 'to answer',
  clarify: 'to clarify',
  reassign: 'to send it to another recipient',
  'accept-manifest': 'to say which persons it accepts',
  grant: 'to grant or refuse',
  purge: 'to delete the recalled content',
};

const hour = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)}`;

function turnText({ name = '', turn, waiting }: TurnLine): string {
  const waited = Object.entries(waiting)
    .map(([country, seconds]) => `${country} ${formatMinutes(Math.floor(seconds / 60))}`)
    .join(', ');
  const whose =
    turn === null
      ? 'Nobody owes anything.'
      : `It is the turn of ${name} (${turn.country}) ${ACTS[turn.act] ?? turn.act}, since ${hour(turn.since)}, until ${hour(turn.until)} UTC.`;
  const mark = styleText('yellow', '→'.padStart(9));
  return `${mark}  ${styleText('bold', whose)} Waiting time so far: ${waited}. Both gateways report this.`;
}

function deliveryTable(rows: readonly DeliveryLine[]): string[] {
  const cells = rows.map((one) => [
    referenceOf(one.message),
    one.type,
    one.from,
    one.to,
    one.onward === undefined ? one.channel : `${one.channel}, ${one.onward}`,
    one.state,
    one.officer,
  ]);
  return ['', ...table('Deliveries', ['message', 'type', 'from', 'to', 'by', 'state', 'officer'], cells)];
}

function evidenceTable(counts: Readonly<Record<string, number>>): string[] {
  const cells = Object.entries(counts).map(([event, count]) => [event, String(count)]);
  return ['', ...table('Evidence', ['event (ETSI EN 319 522-1)', 'signed'], cells)];
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((one, n) => Math.max(one.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((one, n) => one.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd();
  return [styleText('bold', title), styleText('dim', line(head)), ...rows.map(line)];
}
