// Holds a session, and an ephemeral znode in it, until it is killed. Says on stdout what it holds.
import { writeSync } from 'node:fs';
import type { Client } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';

export interface Held {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** 32 hexadecimal digits. */
  readonly password: string;
  /** As granted, in milliseconds. */
  readonly sessionTimeoutMs: number;
}

const EPHEMERAL = 1;
const [address = '', path = '', sessionTimeout = ''] = process.argv.slice(2);

const client = zookeeper.createClient(address, {
  sessionTimeout: Number(sessionTimeout),
  spinDelay: 50,
  retries: 0,
}) as Client & { getSessionPassword(): Buffer };
client.once('connected', () => {
  client.create(path, null, zookeeper.ACL.OPEN_ACL_UNSAFE, EPHEMERAL, (error) => {
    if (error !== null) throw error;
    const held: Held = {
      id: client.getSessionId().toString('hex'),
      password: client.getSessionPassword().toString('hex'),
      sessionTimeoutMs: client.getSessionTimeout(),
    };
    writeSync(1, `${JSON.stringify(held)}\n`);
  });
});
client.connect();
