// The page of a framework in the documentation: the commands it gives, and the
// code it shows. The Chinese page; `tests/docs` keeps the English one in step.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const PAGES = path.resolve(__dirname, '../../../docs/zh/frameworks');

/** The first line of a piece of code names its file: `// src/app.ts`, or as a comment of HTML. */
const FILE_NAME = /^(?:\/\/|<!--) (\S+\.\w+)(?: -->)?$/;

/** Without indentation: a page may show an inner part of a file. */
const linesOf = (code) =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/**
 * @param {string} name of the page, without `.md`
 * @returns `commands` that a user types, in order, and `snippets`, each `{ file, lines }`
 */
function readGuide(name) {
  const text = fs.readFileSync(path.join(PAGES, `${name}.md`), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, code]) => ({ language, code }));
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => linesOf(code));
  const snippets = blocks
    .filter(({ language }) => language !== 'sh')
    .map(({ code }) => {
      const [first, ...lines] = linesOf(code);
      const named = FILE_NAME.exec(first);
      if (!named) throw new Error(`${name}.md: a piece of code does not name its file: ${first}`);
      return { file: named[1], lines };
    });
  return { commands, snippets };
}

/** Whether these lines are in a file, one after the other. */
function holds(content, lines) {
  const whole = linesOf(content);
  return [...whole.keys()].some((start) => lines.every((line, offset) => whole[start + offset] === line));
}

exports.holds = holds;
exports.readGuide = readGuide;
