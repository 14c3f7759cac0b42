// The browser that the suites and the demo drive: one for a process.
import { chromium } from 'playwright-core';

const VARIABLE = 'WX_SUBSCRIBE_BROWSER';

const ARGUMENTS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** Starts the browser that the environment names. */
export function launchBrowser() {
  const executablePath = process.env[VARIABLE];
  if (!executablePath) {
    throw new Error(
      `${VARIABLE} must name a Chromium, Chrome or Edge: \`cargo xtask test\` finds one, or set it to a path`,
    );
  }
  // Chromium's sandbox does not work for root, as in a container.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: isRoot ? [...ARGUMENTS, '--no-sandbox'] : ARGUMENTS,
  });
}
