/**
 * `npm run demo`: a story from the field on this machine alone, with invented people. A program of its own beside
 * `amanat`; it speaks with the gateways as outsiders do, and as their operators do.
 */
import { Command, CommanderError, Option } from 'commander';
import { printFailure } from '../src/cli/output.ts';
import { present } from '../src/domain/words/present.ts';
import { EXIT } from '../src/entry/exit.ts';
import { describeFailure } from '../src/entry/failure.ts';
import { runDemo } from './run.ts';
import { STORY_NAMES, type StoryName } from './story-names.ts';

interface DemoFlags {
  readonly story: StoryName;
  readonly stay?: true;
  readonly out?: string;
  readonly json?: true;
}

const program = new Command('demo')
  .description('Play a story from the field on this machine alone, with invented people')
  .addOption(
    new Option('--story <story>', 'which one').choices(STORY_NAMES).default('stranded' satisfies StoryName),
  )
  .option('--stay', 'go on serving after the story, and show the addresses')
  .option('--out <dir>', 'write what each outside party received')
  .option('--json', 'print a JSON object a line')
  // Failures are printed in one place, in both ways of printing.
  .configureOutput({ outputError: () => {} })
  .exitOverride();

/** Plays what the command line asks for. @returns the exit code; never throws */
async function play(words: readonly string[]): Promise<number> {
  try {
    program.parse(words, { from: 'user' });
    const { story, stay = false, out, json = false } = program.opts<DemoFlags>();
    return await runDemo({ story, json, stay, ...present({ out }) });
  } catch (thrown) {
    // Help ends by being thrown, too.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok.code;
    return printFailure(words.includes('--json'), describeFailure(thrown));
  }
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));
process.exit(await play(process.argv.slice(2)));
