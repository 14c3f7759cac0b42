// A user's project: a copy outside of this repository, so that nothing is found
// in the folders above it, with the packages of its lock file. From one run to
// the next only what changed is installed.
'use strict';

const { execFile } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

const { tarball } = require('../../js/support/tarball.js');

const ROOT = path.resolve(__dirname, '../../..');
const PROJECTS = path.resolve(__dirname, '..');

const run = promisify(execFile);
const hashOf = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Where the copies are kept. */
const WORKSHOP =
  process.env.WX_SUBSCRIBE_FRAMEWORKS || path.join(os.tmpdir(), `wx-subscribe-frameworks-${hashOf(ROOT)}`);

/** npm as a careful user has it set. */
const SETTINGS = {
  npm_config_ignore_scripts: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_prefer_offline: 'true',
  npm_config_update_notifier: 'false',
};

/** Runs a line of shell in the folder; fails with all it printed. */
async function shell(folder, line) {
  const env = { ...process.env, ...SETTINGS };
  // Frameworks take the test runner's own settings for theirs.
  ['NODE_ENV', 'NODE_OPTIONS', 'NODE_TEST_CONTEXT'].forEach((name) => delete env[name]);
  try {
    await run('sh', ['-c', line], { cwd: folder, env, maxBuffer: 1 << 26 });
  } catch (error) {
    throw new Error(`${line}\n${error.stdout}\n${error.stderr}`);
  }
}

/** Installs what the project's lock file names, unless that was done before. */
async function installPackages(folder) {
  const lock = path.join(folder, 'package-lock.json');
  if (!fs.existsSync(lock)) return;
  const stamp = path.join(folder, 'node_modules/.wx-subscribe-lock');
  const wanted = hashOf(fs.readFileSync(lock));
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return;
  await shell(folder, 'npm ci --ignore-scripts');
  fs.writeFileSync(stamp, wanted);
}

/**
 * The project as it is before its user reads the guide; then the commands of
 * the guide, one after the other.
 *
 * @returns the folder
 */
async function followGuide(name, commands) {
  const folder = path.join(WORKSHOP, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.readdirSync(folder)
    .filter((entry) => entry !== 'node_modules')
    .forEach((entry) => fs.rmSync(path.join(folder, entry), { recursive: true }));
  fs.cpSync(path.join(PROJECTS, name), folder, { recursive: true });
  await installPackages(folder);
  fs.copyFileSync(tarball(), path.join(folder, path.basename(tarball())));
  for (const command of commands) await shell(folder, command);
  return folder;
}

exports.PROJECTS = PROJECTS;
exports.followGuide = followGuide;
exports.shell = shell;
