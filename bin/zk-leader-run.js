#!/usr/bin/env node
// Before anything else is loaded: Node's default for SIGUSR1 is to open its inspector, and a look at process.stdout is
// enough to give the command EAGAIN.
import { SignalSource } from '../dist/bundle/signals.js';
import { replaceStandardStreams } from '../dist/bundle/standard-streams.js';

replaceStandardStreams();
const signals = new SignalSource();
const { main } = await import('../dist/bundle/main.js');
await main(signals);
