// Builds and starts the servers of the page about back ends, each from its very code.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

import { ROOT, page } from './pages.js';

const PAGE = 'docs/zh/backend.md';
const HARNESSES = path.join(ROOT, 'tests/docs/back-ends');
const START_TIMEOUT_MS = 30_000;

const codeIn = (language, text = '') =>
  page(PAGE).code.find((block) => block.language === language && block.code.includes(text)).code;

/** A folder of its own below `target`, with these files. */
function folder(name, files) {
  const where = path.join(ROOT, 'target/docs/back-ends', name);
  rmSync(where, { recursive: true, force: true });
  Object.entries({ ...files, 'schema.sql': codeIn('sql') }).forEach(([file, code]) => {
    mkdirSync(path.dirname(path.join(where, file)), { recursive: true });
    writeFileSync(path.join(where, file), code);
  });
  return where;
}

const copy = (harness, where, file, to = file) =>
  copyFileSync(path.join(HARNESSES, harness, file), path.join(where, to));

function node() {
  const where = folder('node', { 'server.js': codeIn('js', "require('node:http')") });
  ['db.js', 'session.js'].forEach((file) => copy('node', where, file));
  return { where, command: [process.execPath, 'server.js'] };
}

const JARS = '/usr/share/java';
const JAR_NAMES = [
  // Debian's names for Spring 4.3.
  ...[
    'aop',
    'beans',
    'context',
    'core',
    'expression',
    'jdbc',
    'transaction',
    'web',
    'web.servlet',
  ].map((name) => `spring3-${name}`),
  ...['http', 'io', 'security', 'server', 'servlet', 'util'].map((name) => `jetty9-${name}`),
  ...['annotations', 'core', 'databind'].map((name) => `jackson-${name}`),
  'commons-logging',
  'h2',
  'servlet-api',
];

function spring() {
  const where = folder('spring', { 'SubscribeController.java': codeIn('java') });
  copy('spring', where, 'Main.java');
  const jars = JAR_NAMES.map((name) => path.join(JARS, `${name}.jar`));
  const missing = jars.filter((jar) => !existsSync(jar));
  if (missing.length > 0)
    throw new Error(
      `there is no ${missing.join(', no ')}: install the packages of xtask/src/suites/docs.rs`,
    );
  const classpath = ['.', ...jars].join(path.delimiter);
  execFileSync(
    'javac',
    ['-encoding', 'UTF-8', '-cp', classpath, 'Main.java', 'SubscribeController.java'],
    { cwd: where },
  );
  return { where, command: ['java', '-cp', classpath, 'Main'] };
}

function go() {
  const where = folder('go', { 'src/subscribe/subscribe.go': codeIn('go') });
  mkdirSync(path.join(where, 'src/server'), { recursive: true });
  copy('go', where, 'main.go', 'src/server/main.go');
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: [where, '/usr/share/gocode'].join(path.delimiter),
  };
  const unformatted = execFileSync('gofmt', ['-l', 'src'], { cwd: where, encoding: 'utf8' });
  if (unformatted !== '') throw new Error(`gofmt would change ${unformatted}`);
  execFileSync('go', ['vet', 'subscribe'], { cwd: where, env });
  execFileSync('go', ['build', '-tags', 'libsqlite3', '-o', 'server', 'server'], {
    cwd: where,
    env,
  });
  return { where, command: ['./server'] };
}

export const BUILDS = { Node: node, 'Java (Spring)': spring, Go: go };

/** A port that is free now. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const isUp = (url) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** Builds and starts one. */
export async function startBackEnd(name) {
  const { where, command } = BUILDS[name]();
  const [port, grantsPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    PORT: port,
    GRANTS_PORT: grantsPort,
    SCHEMA: path.join(where, 'schema.sql'),
  };
  const child = spawn(command[0], command.slice(1), {
    cwd: where,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const [url, grantsUrl] = [port, grantsPort].map((number) => `http://127.0.0.1:${number}`);
  const end = performance.now() + START_TIMEOUT_MS;
  while (!((await isUp(url)) && (await isUp(grantsUrl)))) {
    if (performance.now() > end || child.exitCode !== null) {
      child.kill();
      throw new Error(`${name} did not start\n${complaints}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url: `${url}/api`,
    /** How many grants it has. */
    grants: async () => Number(await (await fetch(grantsUrl)).text()),
    stop() {
      child.kill();
      return ended;
    },
  };
}
