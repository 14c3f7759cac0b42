// A project of a shop: the example, with the package installed from its tarball.
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

const { tarball } = require('../../js/support/tarball.js');

const ROOT = path.resolve(__dirname, '../../..');
const DIST = path.join(ROOT, 'js-glue/miniprogram_dist');
const EXAMPLE = path.join(ROOT, 'example-miniprogram');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const PACKED = 'miniprogram_npm/wx-subscribe';

const run = promisify(execFile);

/** The folder of all test files; deleted when the process ends. */
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-gate-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

let folders = 0;
function newFolder() {
  folders += 1;
  return fs.mkdtempSync(path.join(scratch, `${folders}-`));
}

/** The files of the mini-program itself, without earlier build output and packages. */
const isOwn = (file) => !/[\\/](node_modules|miniprogram_npm|backend|simulator)$/.test(file);

/** A copy of the mini-program, for tests that damage it. */
function copyPages() {
  const folder = newFolder();
  fs.cpSync(path.join(EXAMPLE, 'miniprogram'), folder, { recursive: true, filter: isOwn });
  return folder;
}

/** Makes `folder` depend on the tarball, and installs that. */
async function install(folder) {
  const file = path.join(folder, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(path.join(EXAMPLE, 'package.json'), 'utf8'));
  manifest.dependencies['wx-subscribe'] = `file:${tarball()}`;
  fs.writeFileSync(file, JSON.stringify(manifest));
  await run(NPM, ['install', '--offline', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
  });
}

/** The example as it is: `package.json` beside the mini-program's folder. */
async function createProject() {
  const folder = newFolder();
  fs.cpSync(EXAMPLE, folder, { recursive: true, filter: isOwn });
  await install(folder);
  return { folder, miniprogram: path.join(folder, 'miniprogram') };
}

/** The other usual layout: `package.json` within the mini-program's folder. */
async function createFlatProject() {
  const folder = copyPages();
  const config = JSON.parse(fs.readFileSync(path.join(EXAMPLE, 'project.config.json'), 'utf8'));
  delete config.miniprogramRoot;
  delete config.setting.packNpmManually;
  delete config.setting.packNpmRelationList;
  fs.writeFileSync(path.join(folder, 'project.config.json'), JSON.stringify(config));
  await install(folder);
  return { folder, miniprogram: folder };
}

/** Runs steps of WeChat's tools on a project, see `tools.js`: their report, and where the compiled files are. */
async function useTools({ folder }, ...steps) {
  const out = newFolder();
  await run(process.execPath, [path.join(__dirname, 'tools.js'), folder, out, ...steps], {
    maxBuffer: 1 << 26,
  });
  const report = JSON.parse(fs.readFileSync(path.join(out, 'report.json'), 'utf8'));
  return { ...report, compiled: path.join(out, 'compiled') };
}

exports.DIST = DIST;
exports.PACKED = PACKED;
exports.ROOT = ROOT;
exports.copyPages = copyPages;
exports.createFlatProject = createFlatProject;
exports.createProject = createProject;
exports.useTools = useTools;
