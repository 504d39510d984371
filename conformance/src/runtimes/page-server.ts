import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Result } from '../suite.ts';
import { CONFORMANCE_FOLDER } from './process.ts';

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['drivers/page.html', 'text/html'],
  '/drivers/page.mjs': ['drivers/page.mjs', 'text/javascript'],
  '/dist/suite.js': ['dist/suite.js', 'text/javascript'],
};
/** As strict as a page can be: no inline script, no eval, no other origin. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";

/** Serves the page on loopback, has a browser open it, and gives what the page sends back. */
export async function withPage(open: (address: string) => Promise<unknown>): Promise<Result> {
  let deliver: (body: string) => void;
  const delivered = new Promise<string>((resolve) => {
    deliver = resolve;
  });
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/result') {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      response.end();
      deliver(body);
      return;
    }
    const [file, type] = FILES[request.url ?? ''] ?? [];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY });
    response.end(await readFile(join(CONFORMANCE_FOLDER, file)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the page sent no result within 60 s')), 60_000);
  });
  try {
    await Promise.race([open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), late]);
    return JSON.parse(await Promise.race([delivered, late])) as Result;
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  }
}
