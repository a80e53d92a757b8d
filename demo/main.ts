/**
 * `npm run demo`: plays a story from the field on this machine alone, with invented people. It is a separate program
 * beside `amanat`. It uses the gateways' public interfaces, and the operator's commands.
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
    new Option('--story <story>', 'which story to play')
      .choices(STORY_NAMES)
      .default('stranded' satisfies StoryName),
  )
  .option('--stay', 'keep the gateways running after the story, and print the addresses')
  .option('--out <dir>', 'write what each outside party received')
  .option('--json', 'print one JSON object per line')
  // One place prints failures, both as text and as JSON.
  .configureOutput({ outputError: () => {} })
  .exitOverride();

/** Plays the story that the command line names. @returns the exit code; never throws */
async function play(words: readonly string[]): Promise<number> {
  try {
    program.parse(words, { from: 'user' });
    const { story, stay = false, out, json = false } = program.opts<DemoFlags>();
    return await runDemo({ story, json, stay, ...present({ out }) });
  } catch (thrown) {
    // commander also throws after it has printed its help.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok.code;
    return printFailure(words.includes('--json'), describeFailure(thrown));
  }
}

// A reader such as `head` may close the pipe early; that is not a fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));
process.exit(await play(process.argv.slice(2)));
