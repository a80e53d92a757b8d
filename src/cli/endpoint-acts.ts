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

/** Members that are called otherwise where a person reads. */
const SHOWN: Readonly<Record<string, string>> = { back: 'put back into use', todo: 'what to do' };

type Work = (gateway: Reaching, endpoint: Endpoint) => Promise<Record<string, unknown>>;

export function addEndpointActs(group: Command): void {
  const verb = (name: string, description: string, work: Work, question?: string) =>
    group
      .command(name)
      .description(description)
      .argument('<id>', 'its id, or 8 digits or more of its beginning')
      .action((id, _flags, command) => act(id, command, work, question));
  verb(
    'disable',
    'Take an endpoint out of use; what waits there goes elsewhere or waits',
    async (gateway, one) => {
      await disableEndpoint(gateway, one);
      return { enabled: false };
    },
  );
  verb('enable', 'Put an endpoint back into use; what waited for it goes at once', async (gateway, one) => {
    const { enabled, waiting } = await enableEndpoint(gateway, one);
    return { enabled, ...present({ waits_until: waiting?.until.toISOString() }) };
  });
  verb(
    'remove',
    'Take an endpoint out for good, with its address, certificate and secrets',
    async (gateway, one) => {
      await removeEndpoint(gateway, one);
      return { removed: true };
    },
    'Remove this endpoint for good?',
  );
  verb(
    'test',
    'Try an endpoint by its own channel, with nothing of a case; one that works is put back into use',
    tested,
  );
}

async function tested(gateway: Reaching, endpoint: Endpoint): Promise<Record<string, unknown>> {
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

async function act(id: string, command: Command, work: Work, question?: string): Promise<void> {
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
