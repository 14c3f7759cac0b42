// Debian's database servers, each in a temporary folder and on a free port of 127.0.0.1.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const START_TIMEOUT_MS = 30_000;

/** Both servers refuse to run as root: then they run as Debian's `nobody`. */
const USER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A port that is free now. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** The programs of the newest PostgreSQL that is installed. */
function postgresProgram(name) {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(a) - Number(b));
  return path.join('/usr/lib/postgresql', versions.at(-1), 'bin', name);
}

const KINDS = {
  PostgreSQL: {
    create(folder) {
      const options = [
        '--username=shop',
        '--auth=trust',
        '--no-sync',
        '--encoding=UTF8',
        '--locale=C',
      ];
      return [postgresProgram('initdb'), ...options, `--pgdata=${folder}/data`];
    },
    serve: (folder, port) => [
      postgresProgram('postgres'),
      ...['-D', `${folder}/data`, '-p', port, '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'fsync=off'],
    ],
    client: (port, database = 'shop') => [
      postgresProgram('psql'),
      ...['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1'],
      ...['--host=127.0.0.1', `--port=${port}`, '--username=shop', `--dbname=${database}`],
    ],
    setUp: (port) => ({
      command: KINDS.PostgreSQL.client(port, 'postgres'),
      input: 'CREATE DATABASE shop;',
    }),
  },
  MariaDB: {
    create(folder) {
      // The collation of the page: in MariaDB's own one, openIds that differ by case are equal.
      const sql = [
        'CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
        "CREATE USER shop@'%';",
        "GRANT ALL ON shop.* TO shop@'%';",
      ];
      writeFileSync(`${folder}/init.sql`, sql.join('\n'));
      const options = [
        '--no-defaults',
        '--skip-test-db',
        '--auth-root-authentication-method=normal',
      ];
      return ['/usr/bin/mariadb-install-db', ...options, `--datadir=${folder}/data`];
    },
    serve: (folder, port) => [
      '/usr/sbin/mariadbd',
      ...['--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/socket`],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'],
      ...[`--init-file=${folder}/init.sql`, '--innodb-flush-log-at-trx-commit=0'],
    ],
    client: (port) => [
      '/usr/bin/mariadb',
      ...['--no-defaults', '--host=127.0.0.1', `--port=${port}`, '--user=shop', 'shop'],
    ],
  },
};

function run([program, ...options], { input = '' } = {}) {
  return execFileSync(program, options.map(String), { ...USER, cwd: '/', input, stdio: 'pipe' });
}

function isReady({ client, setUp }, port) {
  try {
    const { command, input } = setUp?.(port) ?? { command: client(port), input: 'SELECT 1;' };
    run(command, { input });
    return true;
  } catch {
    return false;
  }
}

/** Starts a server with an empty database `shop` and its owner of the same name. */
export async function startDatabase(name) {
  const kind = KINDS[name];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-database-'));
  if (USER.uid) chownSync(folder, USER.uid, USER.gid);
  run(kind.create(folder));
  const port = await freePort();
  const [program, ...options] = kind.serve(folder, port);
  const child = spawn(program, options.map(String), {
    ...USER,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGINT'); // PostgreSQL: do not wait for clients
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const end = performance.now() + START_TIMEOUT_MS;
  while (!isReady(kind, port)) {
    if (performance.now() > end || child.exitCode !== null) {
      await stop();
      throw new Error(`${name} did not start\n${complaints}`);
    }
    await wait(100);
  }
  return {
    port,
    execute: (sql) => run(kind.client(port), { input: sql }),
    stop,
  };
}
