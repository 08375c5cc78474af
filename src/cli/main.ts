#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { ConfigError } from '../core/errors';
import { patchable } from '../patch/patchable';
import { type Command, parseCommand } from './arguments';
import { runDoctor } from './doctor/run';
import { helpText } from './help';
import { runProgram } from './run';

const PACKAGE = path.join(__dirname, '..', '..', '..', 'package.json');
// As shells have it for a command that is used wrongly.
const MISUSED = 2;

function execute(command: Command): void {
  if (command.name === 'run') runProgram(command);
  else if (command.name === 'doctor') runDoctor(command);
  else if (command.name === 'help') process.stdout.write(helpText(patchable));
  else console.log((JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version);
}

try {
  execute(parseCommand(process.argv.slice(2), patchable));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`unblock: ${error.message}`);
  process.exitCode = MISUSED;
}
