// The classes of the program itself, for the scenarios.
import { Supervisor } from '../../../src/supervisor/supervisor.js';
import { ElectionLine } from '../../../src/zookeeper/election-line.js';
import { Session } from '../../../src/zookeeper/session.js';
import type { Subject } from './subject.js';

export const PROGRAM: Subject = { ElectionLine, Session, Supervisor };
