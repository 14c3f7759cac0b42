// Writes a program from the code of a page, and starts it.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { freePort } from './databases.js';
import { ROOT, page } from './pages.js';

const HARNESSES = path.join(ROOT, 'tests/docs/back-ends');
const START_TIMEOUT_MS = 60_000;

/** The first code block of a page in a language that contains a text. */
export const codeOfPage = (name, language, text = '') =>
  page(name).code.find((block) => block.language === language && block.code.includes(text)).code;

/** A folder of its own below `target`, with these files. */
export function folder(name, files) {
  const where = path.join(ROOT, 'target/docs/back-ends', name);
  rmSync(where, { recursive: true, force: true });
  Object.entries(files).forEach(([file, code]) => {
    mkdirSync(path.dirname(path.join(where, file)), { recursive: true });
    writeFileSync(path.join(where, file), code);
  });
  return where;
}

/** Copies a file that stands in for what the application has. */
export const copyHarness = (harness, where, file, to = file) =>
  copyFileSync(path.join(HARNESSES, harness, file), path.join(where, to));

const isUp = (url) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** Starts one that listens on two ports: its own, and one for the test. */
export async function startProgram({ where, command }, environment) {
  const [port, controlPort] = [await freePort(), await freePort()];
  const child = spawn(command[0], command.slice(1), {
    cwd: where,
    env: { ...process.env, ...environment, PORT: port, CONTROL_PORT: controlPort },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = (signal = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  const [url, controlUrl] = [port, controlPort].map((number) => `http://127.0.0.1:${number}`);
  const end = performance.now() + START_TIMEOUT_MS;
  while (!((await isUp(url)) && (await isUp(controlUrl)))) {
    if (performance.now() > end || child.exitCode !== null) {
      await stop();
      throw new Error(`${command[0]} did not start\n${complaints}`);
    }
    await wait(100);
  }
  return { url, controlUrl, complaints: () => complaints, stop };
}
