#!/usr/bin/env node
// Takes the signals over before anything else is loaded: Node's default for SIGUSR1 is to open its inspector.
import { SignalSource } from '../dist/bundle/signals.js';

const signals = new SignalSource();
const { main } = await import('../dist/bundle/main.js');
await main(signals);
