// Every piece of code in the pages is real: it compiles, parses, or is a command that there is.
// Those of a framework's page are tested where they are built, in `tests/frameworks`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { compile } from './support/compile.js';
import { ROOT, allPages, page } from './support/pages.js';

const snippets = allPages
  .filter((name) => !name.includes('/frameworks/'))
  .flatMap((name) => page(name).code.map((block) => ({ ...block, name: `${name}:${block.line}` })));
const inLanguage = (...languages) =>
  snippets.filter(({ language }) => languages.includes(language));

/** The names that the one line in front of both READMEs takes from its page. */
const AROUND_ONE_LINE = `
const { asyncSubscribeMessage } = require('wx-subscribe');
const [type, busNo, extraVariableMap] = [1, 'product-1001', { price: '129.00' }];
`;

/** Server code runs in `back-ends.test.js` and `push.test.js`: it does not use the package. */
const isServer = ({ name }) => /\/(servers|push)\.md:/.test(name);

function fileOf({ name, language, code }) {
  const isOneLine = code.trim().split('\n').length === 1;
  return [`${name.replace(/\W/g, '-')}.${language}`, isOneLine ? AROUND_ONE_LINE + code : code];
}

test('the code for mini-programs compiles, in strict TypeScript', () => {
  const files = inLanguage('js', 'ts')
    .filter((snippet) => !isServer(snippet))
    .map(fileOf);
  assert.ok(files.length > 20, `only ${files.length} snippets`);
  assert.deepEqual(compile('snippets', Object.fromEntries(files)), []);
});

test('code that is wrong does not compile', () => {
  const wrong = {
    'a.js':
      "const { setup } = require('wx-subscribe');\nsetup({ baseURL: 'https://shop.example.com' });\n",
    'b.js': "const { subscribe } = require('wx-subscribe');\nsubscribe();\n",
    'c.js':
      "const { asyncSubscribeMessage } = require('wx-subscribe');\nasyncSubscribeMessage(1, 2);\n",
    'd.js': 'wx.requestSubscribe({});\n',
  };
  const failed = new Set(compile('wrong-snippets', wrong).map((line) => line.slice(0, 4)));
  assert.deepEqual([...failed].sort(), Object.keys(wrong));
});

test('JSON parses', () => {
  inLanguage('json').forEach(({ code }) => JSON.parse(code));
});

test('commands are commands that there are', () => {
  const usage = readFileSync(path.join(ROOT, 'xtask/src/usage.rs'), 'utf8');
  const commands = new Set(
    [...usage.matchAll(/^ {2}([a-z][a-z-]+)(?= )/gm)].map(([, command]) => command),
  );
  assert.ok(commands.has('build') && commands.has('demo'), [...commands].join());
  allPages.forEach((name) => {
    for (const [, command] of page(name).text.matchAll(/cargo xtask ([a-z][a-z-]*)/g)) {
      assert.ok(commands.has(command), `${name} names cargo xtask ${command}`);
    }
  });
  inLanguage('sh').forEach(({ code }) => execFileSync('bash', ['-n'], { input: code }));
});

test('there is no language that nothing checks', () => {
  // Checked here, in `contract.test.js` (http) and in `back-ends.test.js` and `push.test.js` (the servers); `text` is a drawing.
  const checked = ['go', 'http', 'java', 'js', 'json', 'sh', 'sql', 'text', 'ts'];
  const unchecked = snippets.filter(({ language }) => !checked.includes(language));
  assert.deepEqual(
    unchecked.map(({ name, language }) => [name, language]),
    [],
  );
});
