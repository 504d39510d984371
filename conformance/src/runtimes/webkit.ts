import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { withPage } from './page-server.ts';
import { start, stop } from './process.ts';
import type { Runtime } from './runtime.ts';

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One command of the WebDriver protocol (W3C), of which four are needed. */
async function command(method: 'GET' | 'POST' | 'DELETE', address: string, parameters?: object): Promise<unknown> {
  const response = await fetch(address, {
    method,
    ...(parameters && { body: JSON.stringify(parameters) }),
    signal: AbortSignal.timeout(30_000),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebKitWebDriver: ${method} ${address}: ${JSON.stringify(value)}`);
  return value;
}

/** Waits until the driver listens. */
async function ready(driver: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await command('GET', `${driver}/status`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
  throw new Error('WebKitWebDriver did not start');
}

/** WebKitGTK's MiniBrowser, through its own driver, on a display that nobody sees. */
export const webkitRuntime: Runtime = {
  name: 'WebKit',
  // The driver cannot tell its version, but its package can; all three are needed.
  command: ['dpkg-query', '--show', 'webkit2gtk-driver', 'xvfb', 'xauth'],
  async run() {
    const port = await freePort();
    const driver = `http://127.0.0.1:${port}`;
    const program = start(['xvfb-run', '--auto-servernum', 'WebKitWebDriver', `--port=${port}`]);
    try {
      await ready(driver);
      const capabilities = { alwaysMatch: { browserName: 'MiniBrowser' } };
      const { sessionId } = (await command('POST', `${driver}/session`, { capabilities })) as { sessionId: string };
      const session = `${driver}/session/${sessionId}`;
      try {
        return await withPage((url) => command('POST', `${session}/url`, { url }));
      } finally {
        await command('DELETE', session);
      }
    } finally {
      stop(program);
    }
  },
};
