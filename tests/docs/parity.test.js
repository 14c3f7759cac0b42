// The Chinese and the English pages have the same files, structure, code and links.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tokenizer } from 'acorn';

import { page, pagesIn, pairs } from './support/pages.js';

const LINE_COMMENTS = { go: '//', java: '//', sh: '#', sql: '--', tsx: '//', vue: '//' };

/** Code without its comments and the space before them: comments are translated. */
function withoutComments({ language, code }) {
  if (language === 'js' || language === 'ts') {
    const comments = [];
    const onComment = (isBlock, text, start, end) => comments.unshift([start, end]);
    Array.from(tokenizer(code, { ecmaVersion: 'latest', sourceType: 'module', onComment }));
    return tidy(
      comments.reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), code),
    );
  }
  const mark = LINE_COMMENTS[language];
  return mark ? tidy(code.replace(new RegExp(`(^|\\s)${mark}.*`, 'gm'), '')) : code;
}

const tidy = (code) => code.replace(/[ \t]+$/gm, '').replace(/^\n+/, '');

const shapeOf = ({ headings, tables }) => ({
  headings: headings.map(({ level }) => level),
  tables: tables.map(({ section, rows }) => [section, ...rows.map((cells) => cells.length)]),
});

/** Targets without their anchors, as if both languages had one name. */
const targetsOf = ({ links }) =>
  links.map((link) =>
    link
      .replace(/#.*/, '')
      .replace(/\b(zh|en)\//, '')
      .replace('README.en.md', 'README.md'),
  );

test('each page is there in both languages', () => {
  const names = (language) =>
    pagesIn(`docs/${language}`).map((name) => name.replace(`docs/${language}/`, ''));
  assert.deepEqual(names('zh'), names('en'));
});

for (const [chinese, english] of pairs) {
  test(`${chinese} and ${english} have the same headings, tables, code and links`, () => {
    const [zh, en] = [page(chinese), page(english)];
    assert.deepEqual(shapeOf(en), shapeOf(zh));
    const code = (one) => one.code.map((block) => [block.language, withoutComments(block)]);
    assert.deepEqual(code(en), code(zh));
    assert.deepEqual(targetsOf(en), targetsOf(zh));
  });
}

test('both READMEs can be read in a few minutes', () => {
  for (const name of ['README.md', 'README.en.md']) {
    const lines = page(name).text.split('\n').length - 1;
    assert.ok(lines <= 150, `${name} has ${lines} lines`);
  }
});

test('comments are left out of the comparison, and nothing else', () => {
  const js = (code) => withoutComments({ language: 'js', code });
  assert.equal(js("a('https://b'); // 一\n"), "a('https://b');\n");
  assert.notEqual(js('a();'), js('b();'));
  assert.equal(withoutComments({ language: 'sh', code: 'cargo test   # 测试\n' }), 'cargo test\n');
});
