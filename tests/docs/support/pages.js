// The pages for people, read as Markdown.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

export const ROOT = path.resolve(import.meta.dirname, '../../..');

const markdown = new MarkdownIt();

/** The text of an inline token, as a heading or a cell shows it. */
const plain = ({ children }) => children.map(({ content }) => content).join('');

/** The code blocks of one page: `{ language, code, line }`. */
const codeOf = (tokens) =>
  tokens
    .filter(({ type }) => type === 'fence')
    .map(({ info, content, map }) => ({ language: info.trim(), code: content, line: map[0] + 1 }));

function headingsOf(tokens) {
  const slugger = new GithubSlugger();
  return tokens.flatMap(({ type, tag }, at) => {
    if (type !== 'heading_open') return [];
    const text = plain(tokens[at + 1]);
    return { level: Number(tag.slice(1)), text, anchor: slugger.slug(text) };
  });
}

/** Targets of links and images, in order. */
const linksOf = (tokens) =>
  tokens
    .flatMap(({ children }) => children ?? [])
    .flatMap((token) => token.attrGet('href') ?? token.attrGet('src') ?? []);

/** Tables as `{ section, rows }`: how many headings of level 2 come before, and the texts of the cells. */
function tablesOf(tokens) {
  const tables = [];
  let section = 0;
  tokens.forEach(({ type, tag }, at) => {
    if (type === 'heading_open' && tag === 'h2') section += 1;
    if (type === 'table_open') tables.push({ section, rows: [] });
    if (type === 'tr_open') tables.at(-1).rows.push([]);
    if (type === 'th_open' || type === 'td_open')
      tables
        .at(-1)
        .rows.at(-1)
        .push(plain(tokens[at + 1]));
  });
  return tables;
}

/** Reads the page at a path from the root of the repository. */
export function page(name) {
  const text = readFileSync(path.join(ROOT, name), 'utf8');
  const tokens = markdown.parse(text, {});
  return {
    name,
    text,
    code: codeOf(tokens),
    headings: headingsOf(tokens),
    links: linksOf(tokens),
    tables: tablesOf(tokens),
  };
}

/** The names of the pages in a folder and below it. */
export const pagesIn = (folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .sort();

const rootPages = readdirSync(ROOT).filter((name) => name.endsWith('.md'));

/** The pages that the npm package holds; the second one is built. */
const ofThePackage = ['js-glue/README.md', 'js-glue/REFERENCE.md'];

/** Every page of the repository for people. */
export const allPages = [...rootPages, ...pagesIn('docs'), 'tests/README.md', ...ofThePackage];

/** Pairs of pages that say the same, Chinese and English. */
export const pairs = [
  ['README.md', 'README.en.md'],
  ...pagesIn('docs/zh').map((name) => [name, name.replace('docs/zh/', 'docs/en/')]),
];
