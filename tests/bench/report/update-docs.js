// Writes the figures of one run to the pages in `docs` and to both READMEs:
// `node report/update-docs.js <results.json>`.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { page, splice, summary } = require('./page.js');
const { checkComplete } = require('./results.js');

const ROOT = path.join(__dirname, '../../..');
const READMES = { zh: 'README.md', en: 'README.en.md' };

const results = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
checkComplete(results);
// All files are generated before the first is written: a README may lack its marks.
const files = Object.entries(READMES).flatMap(([language, readme]) => {
  const text = fs.readFileSync(path.join(ROOT, readme), 'utf8');
  return [
    [readme, splice(text, summary(results, language))],
    [`docs/${language}/benchmarks.md`, page(results, language)],
  ];
});
files.forEach(([file, text]) => {
  fs.mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  fs.writeFileSync(path.join(ROOT, file), text);
});
