import { type BrowserType, chromium, firefox, type LaunchOptions } from 'playwright-core';
import { withPage } from './page-server.ts';
import type { Runtime } from './runtime.ts';

/** A browser that Playwright drives; the distribution's own, never one that is downloaded. */
function browserRuntime(name: string, type: BrowserType, executablePath: string, options: LaunchOptions): Runtime {
  return {
    name,
    command: [executablePath, '--version'],
    async run() {
      const browser = await type.launch({ executablePath, ...options });
      try {
        const page = await browser.newPage();
        return await withPage((address) => page.goto(address));
      } finally {
        await browser.close();
      }
    },
  };
}

export const chromiumRuntime: Runtime = browserRuntime('Chromium', chromium, '/usr/bin/chromium', {
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

export const firefoxRuntime: Runtime = browserRuntime('Firefox', firefox, '/usr/bin/firefox-esr', {
  channel: 'moz-firefox',
});
