// Runs the suites in one engine, and parses their output.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { bundle } = require('./bundle.js');

/** Far more than any engine takes, even on a busy machine. */
const LIMIT_MS = 600000;

/** Runs a program to its end. Resolves with its output, and the reason if it failed. */
function execute([program, args], env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.once('error', (error) => {
      errors += error.message;
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const failure = code === 0 ? null : `it ended with ${signal || code}: ${errors.trim()}`;
      resolve({ output, failure });
    });
  });
}

const countOf = (output, pattern) => (output.match(pattern) || []).length;

/** Each failed test with its message, as printed. */
const failures = (output) =>
  output.match(/^(not ok .*(\n# .*)*|Bail out! .*(\n(?!ok |not ok |#|1\.\.).*)*)/gm) || [];

/** Errors that make a run invalid, even if its tests pass. */
function defects(output, { hasJit, hasWebAssembly }) {
  const word = (has) => (has ? 'with' : 'without');
  const facts = `# ${word(hasJit)} JIT, ${word(hasWebAssembly)} WebAssembly\n`;
  const [, planned] = /^1\.\.(\d+)$/m.exec(output) || [];
  const reported = countOf(output, /^(not )?ok /gm);
  const found = [];
  if (!output.startsWith(facts)) found.push(`the engine is not ${facts.slice(2).trim()}`);
  if (!Number(planned)) found.push('it did not come to its end');
  else if (Number(planned) !== reported)
    found.push(`${planned} tests were to run, and ${reported} did`);
  return found;
}

/**
 * @param {(typeof import('./engines.js').ENGINES)[number]} engine
 * @param {object} [options] of `bundle`, beside the build
 * @returns {Promise<{ passed: number, left: Record<string, number>, failures: string[] }>} `left`: how many tests were
 *   left out for each reason
 */
async function runIn(engine, options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-engine-'));
  try {
    const prelude = engine.prelude ? fs.readFileSync(engine.prelude, 'utf8') : '';
    const script = path.join(folder, 'suites.js');
    fs.writeFileSync(script, prelude + (await bundle({ build: engine.build, ...options })));
    const { output, failure } = await execute(engine.command(script), engine.env);

    const left = {};
    (output.match(/^ok .* # SKIP .*$/gm) || []).forEach((line) => {
      const reason = line.slice(line.indexOf('# SKIP ') + 7);
      left[reason] = (left[reason] || 0) + 1;
    });
    return {
      passed: countOf(output, /^ok (?!.* # SKIP )/gm),
      left,
      failures: [...failures(output), ...defects(output, engine), ...(failure ? [failure] : [])],
    };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

exports.runIn = runIn;
