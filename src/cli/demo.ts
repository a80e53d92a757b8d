/** `amanat demo`: a story from the field on this machine alone, with invented people. */
import { type Command, Option } from 'commander';
import { STORY_NAMES, type StoryName } from '../../demo/story-names.ts';
import { present } from '../domain/words/present.ts';
import { terminalOf } from './terminal.ts';

interface DemoFlags {
  readonly story: StoryName;
  readonly stay?: true;
  readonly out?: string;
}

export function addDemo(program: Command, end: (code: number) => void): void {
  program
    .command('demo')
    .description('Play a story from the field on this machine alone, with invented people')
    .addOption(
      new Option('--story <story>', 'which one').choices(STORY_NAMES).default('stranded' satisfies StoryName),
    )
    .option('--stay', 'go on serving after the story, and show the addresses')
    .option('--out <dir>', 'write what each outside party received')
    .action(async (_flags, command: Command) => {
      const { story, stay = false, out } = command.opts<DemoFlags>();
      // Loaded here: no other command needs a mail server and a Bot API.
      const { runDemo } = await import('../../demo/demo.ts');
      end(await runDemo({ story, json: terminalOf(command).json, stay, ...present({ out }) }));
    });
}
