/** The timeline: what happens, as it happens, for people in colour or for programs as a JSON object a line. */
import { styleText } from 'node:util';
import { reference } from '../../domain/words.ts';

/** Where something was seen. */
export type Place = 'gateway' | 'webhook' | 'telegram' | 'email' | 'page' | 'evidence';

export interface Happening {
  readonly place: Place;
  /** Name of the desk it happened to or that did it. */
  readonly who: string;
  readonly what: string;
  /** Message id. */
  readonly message?: string;
}

/** One delivery at the end, as the table shows it. */
export interface DeliveryLine {
  readonly message: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly channel: string;
  readonly state: string;
  readonly officer: string;
}

/** The last line of `--json`. */
export interface Result {
  readonly result: 'ok';
  /** Messages accepted. */
  readonly messages: number;
  /** Deliveries of messages to recipients. */
  readonly deliveries: number;
  /** Recipients whose named officer acknowledged. */
  readonly acknowledged: number;
  /** Pieces of signed evidence. */
  readonly evidence: number;
}

export interface Ending {
  readonly deliveries: readonly DeliveryLine[];
  /** How often each event was recorded. */
  readonly evidence: Readonly<Record<string, number>>;
}

export interface Timeline {
  chapter(title: string): void;
  tell(happening: Happening): void;
  addresses(list: Readonly<Record<string, string>>): void;
  end(result: Result, ending: Ending): void;
}

type Write = (line: string) => void;

/** JSON lines: `at` is in seconds since the start. */
export function jsonTimeline(write: Write, since: () => number): Timeline {
  const put = (one: object): void => write(JSON.stringify(one));
  const at = (): number => Number(since().toFixed(3));
  return {
    chapter: (chapter) => put({ at: at(), chapter }),
    tell: (happening) => put({ at: at(), ...happening }),
    addresses: (addresses) => put({ at: at(), addresses }),
    end: (result, { deliveries, evidence }) => {
      for (const one of deliveries) put({ delivery: one });
      for (const [event, count] of Object.entries(evidence)) put({ event, count });
      put(result);
    },
  };
}

const COLOURS = {
  gateway: 'yellow',
  webhook: 'cyan',
  telegram: 'blueBright',
  email: 'magenta',
  page: 'green',
  evidence: 'gray',
} as const;

/** For people. Colours come only where standard output is a terminal that wants them (`NO_COLOR`, `FORCE_COLOR`). */
export function humanTimeline(write: Write, since: () => number): Timeline {
  return {
    chapter: (title) => write(`\n${styleText('bold', title)}`),
    tell: ({ place, who, what, message }) => {
      const seconds = styleText('dim', `${since().toFixed(2).padStart(7)} s`);
      const where = styleText(COLOURS[place], place.padEnd(8));
      const about = message === undefined ? '' : styleText('dim', `  ${reference(message)}`);
      // Evidence comes in numbers: it steps back behind what people do.
      const said =
        place === 'evidence' ? styleText('gray', `${who}: ${what}`) : `${styleText('bold', who)}: ${what}`;
      write(`${seconds}  ${where}  ${said}${about}`);
    },
    addresses: (list) => {
      write(`\n${styleText('bold', 'Everything stays up. Stop it with Ctrl-C.')}`);
      for (const [name, address] of Object.entries(list)) write(`  ${name.padEnd(22)}  ${address}`);
    },
    end: (result, ending) => {
      for (const line of [...deliveryTable(ending.deliveries), ...evidenceTable(ending.evidence)])
        write(line);
      const { messages, deliveries, acknowledged, evidence } = result;
      const sum = `${messages} messages, ${deliveries} deliveries, ${acknowledged} acknowledged by named officers, ${evidence} pieces of signed evidence`;
      write(`\n${styleText(['bold', 'green'], 'Done.')} ${sum}, ${since().toFixed(1)} s.`);
    },
  };
}

function deliveryTable(rows: readonly DeliveryLine[]): string[] {
  const cells = rows.map((one) => [
    reference(one.message),
    one.type,
    one.from,
    one.to,
    one.channel,
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
