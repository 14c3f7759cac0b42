// The page of a framework in the documentation: the commands it gives, and the
// code it shows.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const DOCS = path.resolve(__dirname, '../../../docs');
const LANGUAGES = ['zh', 'en'];

/** The first line of a piece of code names its file: `// src/app.ts`, or as a comment of HTML. */
const FILE_NAME = /^(?:\/\/|<!--) (\S+\.\w+)(?: -->)?$/;
/** Stands for lines of the file that the page leaves out. */
const LEFT_OUT = /^(\/\/|<!--) …/;
const COMMENT = /^(\/\/ |<!-- .* -->$)/;

/** The lines that count: comments are in the page's language, and indentation depends on what is left out. */
const linesOf = (code) =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function readPage(language, name) {
  const file = path.join(DOCS, language, 'frameworks', `${name}.md`);
  const blocks = [...fs.readFileSync(file, 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  const commands = blocks.filter(([, kind]) => kind === 'sh').flatMap(([, , code]) => linesOf(code));
  const snippets = blocks
    .filter(([, kind]) => kind !== 'sh')
    .map(([, , code]) => {
      const [first, ...lines] = linesOf(code);
      const named = FILE_NAME.exec(first);
      if (!named) throw new Error(`${file}: a piece of code does not name its file: ${first}`);
      return { page: path.relative(DOCS, file), file: named[1], lines };
    });
  return { commands, snippets };
}

/**
 * @param {string} name of the page, without `.md`
 * @returns `commands` that a user types, in order, and `snippets` of both languages. Throws if the languages differ in
 *   the commands, or in the files that they show.
 */
function readGuide(name) {
  const [zh, en] = LANGUAGES.map((language) => readPage(language, name));
  const outline = ({ commands, snippets }) => JSON.stringify([commands, snippets.map(({ file }) => file)]);
  if (outline(zh) !== outline(en)) throw new Error(`the pages of ${name} differ: ${outline(zh)} and ${outline(en)}`);
  return { commands: zh.commands, snippets: [...zh.snippets, ...en.snippets] };
}

/** What of a snippet is not in the file: the first run of lines that is missing, or null. */
function missingFrom(content, { lines }) {
  const isCode = (line) => !COMMENT.test(line) || LEFT_OUT.test(line);
  const whole = linesOf(content).filter(isCode);
  const runs = [[]];
  lines.filter(isCode).forEach((line) => {
    if (LEFT_OUT.test(line)) runs.push([]);
    else runs[runs.length - 1].push(line);
  });
  let from = 0;
  for (const run of runs) {
    const starts = [...whole.keys()].slice(from);
    const at = starts.find((start) => run.every((line, offset) => whole[start + offset] === line));
    if (at === undefined) return run.join('\n');
    from = at + run.length;
  }
  return null;
}

exports.missingFrom = missingFrom;
exports.readGuide = readGuide;
