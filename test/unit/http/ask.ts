// Asks an HTTP server as a probe does: one question, one connection.
import { request } from 'node:http';
import { PATIENCE_MS } from '../../support/wait.js';

export interface Reply {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export function ask(address: string, path: string, method = 'GET'): Promise<Reply> {
  const { hostname, port } = new URL(`http://${address}`);
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: hostname.replace(/^\[|\]$/g, ''), port, path, method, agent: false, timeout: PATIENCE_MS },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('error', reject).on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${address} in ${PATIENCE_MS} ms`)));
    asked.on('error', reject).end();
  });
}
