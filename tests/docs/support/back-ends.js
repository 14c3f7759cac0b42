// Builds and starts the servers of the page about servers, each from its very code.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { startDatabase } from './databases.js';
import { codeOfPage, copyHarness as copy, folder as emptyFolder, startProgram } from './program.js';

const codeIn = (language, text) => codeOfPage('docs/zh/servers.md', language, text);
const schema = () => codeIn('sql');
const folder = (name, files) => emptyFolder(name, { ...files, 'schema.sql': schema() });

function node(database) {
  const where = folder('node', {
    'server.js': codeIn('js', '// server.js'),
    'grants.js': codeIn('js', '// grants.js'),
  });
  ['main.js', 'session.js', 'wechat.js'].forEach((file) => copy('node', where, file));
  copy('node', where, database ? 'db-pg.js' : 'db-pglite.js', 'db.js');
  return { where, command: [process.execPath, 'main.js'] };
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
  'HikariCP',
  'commons-logging',
  'mariadb-java-client',
  'postgresql',
  'servlet-api',
  'slf4j-api',
];

function spring() {
  const where = folder('spring', {
    'SubscribeController.java': codeIn('java', 'class SubscribeController'),
    'Grants.java': codeIn('java', 'class Grants'),
  });
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
    [
      '-encoding',
      'UTF-8',
      '-cp',
      classpath,
      'Main.java',
      'SubscribeController.java',
      'Grants.java',
    ],
    { cwd: where },
  );
  return { where, command: ['java', '-XX:TieredStopAtLevel=1', '-cp', classpath, 'Main'] };
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
  execFileSync('go', ['build', '-o', 'server', 'server'], { cwd: where, env });
  return { where, command: ['./server'] };
}

/** The servers and what each runs on; without a database, PostgreSQL inside Node. */
export const BACK_ENDS = {
  Node: { build: node },
  'Node on PostgreSQL': { build: node, database: 'PostgreSQL' },
  'Java (Spring) on PostgreSQL': { build: spring, database: 'PostgreSQL' },
  'Java (Spring) on MariaDB': { build: spring, database: 'MariaDB' },
  'Go on MariaDB': { build: go, database: 'MariaDB' },
};

async function startInstance(program, environment) {
  const { url, controlUrl, complaints, stop } = await startProgram(program, environment);
  return {
    url: `${url}/api`,
    /** All grants, with the trigger and the time of their answers. */
    async grants() {
      const rows = await (await fetch(controlUrl)).json();
      return rows.map(([reportId, state, answeredAt, trigger]) => ({
        reportId,
        state,
        answeredAt,
        trigger,
      }));
    },
    /** Sends messages, given as [message id, openId, template id], all at once: how many had each result. */
    async send(messages) {
      const body = JSON.stringify(messages);
      return (await fetch(controlUrl, { method: 'POST', body })).json();
    },
    /** What it has written to stderr. */
    complaints,
    stop,
  };
}

/** Builds one, and starts instances of it that share a database. */
export async function startBackEnd(name, { instances, weChatUrl }) {
  const { build, database } = BACK_ENDS[name];
  const program = build(database);
  const server = database && (await startDatabase(database));
  server?.execute(schema());
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((instance) => instance.stop()));
    await server?.stop();
  };
  const environment = {
    WECHAT_URL: weChatUrl,
    DATABASE_PORT: server?.port,
    DATABASE_URL: `jdbc:${database?.toLowerCase()}://127.0.0.1:${server?.port}/shop`,
  };
  try {
    for (let count = 0; count < instances; count += 1)
      started.push(await startInstance(program, environment));
  } catch (error) {
    await stop();
    throw error;
  }
  return { instances: started, stop };
}
