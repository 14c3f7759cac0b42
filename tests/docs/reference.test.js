// The tables of the reference list what the types declare: the compiler compares them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { compile } from './support/compile.js';
import { ROOT, page } from './support/pages.js';

const NAMES = ['docs/zh/reference.md', 'docs/en/reference.md'];
const SECTIONS = {
  functions: 1,
  triggers: 2,
  outcome: 3,
  kinds: 4,
  config: 5,
  events: 6,
  others: 7,
};

/** The rows of the tables of a section, without their heads. */
const rowsOf = (name, section) =>
  page(name)
    .tables.filter((table) => table.section === SECTIONS[section])
    .map(({ rows }) => rows.slice(1));

/** A type with these names for members. */
const record = (names) => `{ ${names.map((name) => `${JSON.stringify(name)}: true`).join('; ')} }`;
const wordsOf = (cell) => cell.match(/\w+/g) ?? [];
const memberOf = (cell) => cell.replace(/^error\./, '');

/** TypeScript that compiles if and only if the reference and the types agree. */
function comparison(name) {
  const columns = (section) => rowsOf(name, section).map((rows) => rows.map(([cell]) => cell));
  const first = (section) => columns(section)[0];
  const [, options] = columns('functions');
  const [answered, skipped, failed] = columns('outcome');
  const [preview, offered, diagnostics, waiting] = columns('others');
  const events = rowsOf(name, 'events')[0].map(
    ([event, members]) => `${event}: ${record(wordsOf(members))}`,
  );
  return `
import type * as sdk from 'wx-subscribe';
import type {
  Answered, Config, Diagnostics, Failed, Failure, FailureKind, OfferedSettings, Preview, Skipped, SubscribeEvent,
  SubscribeOptions, WaitingReport,
} from 'wx-subscribe';

type KeysOf<T> = T extends unknown ? keyof T : never;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Events = { [E in SubscribeEvent as E['name']]: Exclude<KeysOf<Extract<SubscribeEvent, { name: E['name'] }>>, 'name'> };
type Written = { ${events.join('; ')} };

export const functions: Same<keyof typeof sdk, keyof ${record(first('functions').map((cell) => cell.replace(/\(.*/, '')))}> = true;
export const config: Same<KeysOf<Config>, keyof ${record(first('config'))}> = true;
export const kinds: Same<FailureKind, keyof ${record(first('kinds'))}> = true;
export const answered: Same<Exclude<keyof Answered, 'status'>, keyof ${record(answered)}> = true;
export const failed: Same<Exclude<keyof Failed, 'status' | 'error'>, keyof ${record(failed.filter((cell) => !cell.startsWith('error.')))}> = true;
export const failure: Same<keyof Failure, keyof ${record(failed.filter((cell) => cell.startsWith('error.')).map(memberOf))}> = true;
export const skipped: Same<Exclude<KeysOf<Skipped>, 'status'>, keyof ${record(skipped)}> = true;
export const options: Same<keyof SubscribeOptions, keyof ${record(options)}> = true;
export const preview: Same<KeysOf<Preview>, keyof ${record(preview)}> = true;
export const offered: Same<KeysOf<OfferedSettings>, keyof ${record(offered)}> = true;
export const diagnostics: Same<KeysOf<Diagnostics>, keyof ${record(diagnostics)}> = true;
export const waiting: Same<keyof WaitingReport, keyof ${record(waiting)}> = true;
export const events: Same<keyof Events, keyof Written> = true;
export const members: { [N in keyof Events]: N extends keyof Written ? Same<Events[N], keyof Written[N]> : never } = {
  ${rowsOf(name, 'events')[0]
    .map(([event]) => `${event}: true`)
    .join(', ')},
};
`;
}

test('functions, configuration, kinds, outcomes and events are those of the types', () => {
  const files = Object.fromEntries(
    NAMES.map((name) => [`${name.replace(/\W/g, '-')}.ts`, comparison(name)]),
  );
  assert.deepEqual(compile('reference', files), []);
});

test('a row that is missing, and one too many, are found', () => {
  const right = comparison(NAMES[0]);
  const [without, withMore] = [
    right.replace(/"timeout": true; /, ''),
    right.replace('"busNo": true', '"busNr": true'),
  ];
  assert.ok(without !== right && withMore !== right);
  const errors = compile('wrong-reference', { 'without.ts': without, 'withMore.ts': withMore });
  assert.deepEqual([...new Set(errors.map((error) => error.split('(')[0]))].sort(), [
    'withMore.ts',
    'without.ts',
  ]);
});

test('the trigger types are those of the crate', () => {
  const crate = readFileSync(path.join(ROOT, 'src/trigger.rs'), 'utf8');
  const numbers = [...crate.matchAll(/^ {4}(\w+) = (\d+),/gm)].map(([, name, number]) => [
    number,
    name,
  ]);
  const acts = new Map(
    [...crate.matchAll(/Self::(\w+) => "(.+)",/g)].map(([, name, act]) => [name, act]),
  );
  const expected = numbers.map(([number, name]) => [number, name, acts.get(name)]);
  assert.equal(expected.length, 9);
  NAMES.forEach((name) => assert.deepEqual(rowsOf(name, 'triggers')[0], expected));
});
