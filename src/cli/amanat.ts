#!/usr/bin/env node
/** The `amanat` program. */
import { runCommandLine } from './program.ts';

// A reader such as `head` closes the pipe early; that is not an error.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));
process.exit(await runCommandLine(process.argv.slice(2)));
