/** `amanat endpoint disable`, `enable`, `remove` and `test`. */
import type { Command } from 'commander';
import type { Endpoint } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import {
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  removeEndpoint,
  testEndpoint,
} from '../entry/enrolling/endpoints.ts';
import { exitOfProblem } from '../entry/exit.ts';
import { CommandFailure } from '../entry/failure.ts';
import type { Reaching } from '../gateway-parts.ts';
import { sentencesOfTest } from './endpoint-tested.ts';
import { askYes } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

const YES_NO = { true: 'yes', false: 'no' } as const;

/** Labels of JSON members whose name does not read well for a person. */
const SHOWN: Readonly<Record<string, string>> = { back: 'switched on again', todo: 'what to do' };

type Work = (gateway: Reaching, endpoint: Endpoint) => Promise<Record<string, unknown>>;

export function addEndpointActs(group: Command): void {
  const verb = (name: string, description: string, work: Work, question?: string) =>
    group
      .command(name)
      .description(description)
      .argument('<id>', 'id of the endpoint, or at least its first 8 digits')
      .action((id, _flags, command) => runOnEndpoint(id, command, work, question));
  verb(
    'disable',
    'Switch an endpoint off; waiting deliveries go to another endpoint or wait',
    async (gateway, one) => {
      await disableEndpoint(gateway, one);
      return { enabled: false };
    },
  );
  verb(
    'enable',
    'Switch an endpoint on again; deliveries that wait for it are sent at once',
    async (gateway, one) => {
      const { enabled, waiting } = await enableEndpoint(gateway, one);
      return { enabled, ...present({ waits_until: waiting?.until.toISOString() }) };
    },
  );
  verb(
    'remove',
    'Delete an endpoint with its address, certificate and secrets',
    async (gateway, one) => {
      await removeEndpoint(gateway, one);
      return { removed: true };
    },
    'Delete this endpoint? This cannot be undone.',
  );
  verb(
    'test',
    'Send a test without case content to an endpoint; if it works, the endpoint is switched on again',
    sendTest,
  );
}

async function sendTest(gateway: Reaching, endpoint: Endpoint): Promise<Record<string, unknown>> {
  const test = await testEndpoint(gateway, endpoint);
  const { outcome, back } = test;
  const words = sentencesOfTest(endpoint, test);
  if (outcome.kind === 'accepted') return { works: true, code: outcome.code, back, ...words };
  throw new CommandFailure({
    exit: exitOfProblem('endpoint-test-failed'),
    code: 'endpoint-test-failed',
    detail: `${words.tried} ${words.answered}`,
    help: words.todo,
  });
}

async function runOnEndpoint(id: string, command: Command, work: Work, question?: string): Promise<void> {
  const terminal = terminalOf(command);
  const document = await withOpenedHome(terminal, async ({ gateway }) => {
    const endpoint = await findEndpoint(gateway, id);
    if (question !== undefined && terminal.interactive) await askYes(question);
    const { channel } = endpoint;
    return { endpoint: endpoint.id, channel, ...(await work(gateway, endpoint)) };
  });
  printAnswer(terminal, document, () =>
    formatPairs(
      Object.entries(document).map(([name, value]) => [
        SHOWN[name] ?? name,
        typeof value === 'boolean' ? YES_NO[`${value}`] : String(value),
      ]),
    ),
  );
}
