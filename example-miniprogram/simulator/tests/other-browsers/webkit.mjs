// WebKitGTK, by its own WebDriver; its browser needs a display, so there is one
// of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Builder, Capabilities } from 'selenium-webdriver';

const VARIABLE = 'WX_SUBSCRIBE_WEBKIT';
const SIZE = '1280x900';

/** Starts a program; `end` ends it and waits for that. */
function start(program, args, options) {
  const child = spawn(program, args, options);
  const isOver = once(child, 'exit');
  return {
    child,
    async end() {
      child.kill();
      await isOver;
    },
  };
}

/** The display writes its number to the first pipe as soon as it can be used. */
async function startDisplay() {
  const display = start(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', `${SIZE}x24`, '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const [number] = await once(display.child.stdout, 'data');
  return { ...display, name: `:${String(number).trim()}` };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Connects to the WebDriver, which says nothing when it is ready. It knows where its browser is. */
async function connect(port) {
  const options = { args: ['--automation', `--geometry=${SIZE}`] };
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': options,
  });
  const builder = new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities(capabilities);
  for (let tries = 50; ; tries -= 1) {
    try {
      return await builder.build();
    } catch (error) {
      if (tries === 0 || !/ECONNREFUSED/.test(error.message)) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }
}

/** Starts WebKitGTK's MiniBrowser on this page, by the WebKitWebDriver that the environment names. */
export async function openWebKit(url) {
  const program = process.env[VARIABLE];
  if (!program) throw new Error(`${VARIABLE} must name a WebKitWebDriver`);
  const ends = [];
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const display = await startDisplay();
    ends.push(display.end);
    const port = await freePort();
    const env = { ...process.env, DISPLAY: display.name };
    const server = start(program, [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: 'ignore' });
    ends.push(server.end);
    const driver = await connect(port);
    ends.push(() => driver.quit());
    await driver.get(url);
    return {
      evaluate: (work, argument) =>
        driver.executeScript(`return (${work})(arguments[0])`, argument),
      press: (point) =>
        driver
          .actions()
          .move({ ...point, origin: 'viewport' })
          .click()
          .perform(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
