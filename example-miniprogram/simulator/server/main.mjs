// The program: serves the simulator until it is asked to stop, or its parent
// process is gone.
import { parseArgs } from 'node:util';

import { startSimulator } from './simulator.mjs';

const USAGE = `The example mini-program in a browser, on 127.0.0.1 only.

Usage: WX_SUBSCRIBE_BACKEND=PATH node server/main.mjs [--port N] [--state DIR]
       [--stop-with-input]

  WX_SUBSCRIBE_BACKEND   the built wx-subscribe-backend; it is started as well
  --port N               port of the page; 0 takes a free one (default: 0)
  --state DIR            where the database and WeChat's users outlive it (default: nowhere)
  --stop-with-input      end when standard input does

\`cargo xtask demo\` builds all that is needed and runs this.
`;

function optionsOf(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      port: { type: 'string' },
      state: { type: 'string' },
      'stop-with-input': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const backend = process.env.WX_SUBSCRIBE_BACKEND;
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error('--port needs a number up to 65535');
  if (!values.help && !backend)
    throw new Error('WX_SUBSCRIBE_BACKEND must name the built back end');
  const { state } = values;
  return { backend, port, state, stopWithInput: values['stop-with-input'], help: values.help };
}

async function main() {
  const { help, stopWithInput, ...options } = optionsOf(process.argv.slice(2));
  if (help) return process.stdout.write(USAGE);
  const simulator = await startSimulator(options);
  console.log(`listening on ${simulator.url}`);

  let ending = false;
  const end = async (code) => {
    if (ending) return;
    ending = true;
    await simulator.close();
    process.exit(code);
  };
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
  // The parent process holds the other end, and may be killed.
  if (stopWithInput) process.stdin.on('end', () => end(0)).resume();
  simulator.backend.ended.then(() => {
    if (!ending) console.error(`the back end ended by itself\n${simulator.backend.words()}`);
    end(1);
  });
}

main().catch((error) => {
  console.error(`simulator: ${error.message}`);
  process.exitCode = 1;
});
