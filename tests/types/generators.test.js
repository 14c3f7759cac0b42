// Generators of types make one flat type of each body in `docs/openapi.json`,
// and a program can use it.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, test } = require('node:test');

const CONTRACT = path.join(__dirname, '../../docs/openapi.json');
const MODULES = path.join(__dirname, 'node_modules');

let folder;
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-generators-'));
});
after(() => fs.rmSync(folder, { recursive: true }));

const binOf = (name) => {
  const { bin } = JSON.parse(fs.readFileSync(path.join(MODULES, name, 'package.json'), 'utf8'));
  return path.join(MODULES, name, typeof bin === 'string' ? bin : Object.values(bin)[0]);
};
const run = (file, args) =>
  execFileSync(process.execPath, [file, ...args], { cwd: folder, stdio: 'pipe', encoding: 'utf8' });

/** How a program names the types that each generator makes. */
const GENERATORS = {
  'openapi-typescript': {
    args: ['-o', 'schema.ts'],
    types: `import type { components } from './schema';
type Query = components['schemas']['TemplateQuery'];
type Templates = components['schemas']['Templates'];
type Report = components['schemas']['SubscribeResult'];`,
  },
  '@hey-api/openapi-ts': {
    args: ['-o', 'client', '-p', '@hey-api/typescript'],
    types: `import type { SubscribeResult as Report, TemplateQuery as Query, Templates } from './client';`,
  },
};

/** Compiles only if the types are exactly these: flat, with no union and no index of their own. */
const PROGRAM = `
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const query: Same<Query, { triggerAct: string; busNo: string }> = true;
const templates: Same<Templates, { data: string[] }> = true;
const report: Same<Report, {
  busNo: string; extraVariableMap: { [key: string]: unknown }; openId?: string;
  agreeTemplateIds: string[]; rejectTemplateIds: string[];
}> = true;
type Keys = keyof Report;
const keys: Same<Keys, 'busNo' | 'extraVariableMap' | 'openId' | 'agreeTemplateIds' | 'rejectTemplateIds'> = true;
// @ts-expect-error a report has a business number
const wrong: Report = { extraVariableMap: {}, agreeTemplateIds: [], rejectTemplateIds: [] };
export { keys, query, report, templates, wrong };
`;

describe('types made from the contract', () => {
  for (const [name, { args, types }] of Object.entries(GENERATORS)) {
    test(`${name}: one flat type for each body`, () => {
      const input = name === 'openapi-typescript' ? [CONTRACT] : ['-i', CONTRACT];
      run(binOf(name), [...input, ...args]);
      fs.writeFileSync(path.join(folder, 'program.ts'), `${types}\n${PROGRAM}`);
      const options = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2020'];
      const lookup = ['--module', 'esnext', '--moduleResolution', 'bundler'];
      const tsc = path.join(MODULES, 'typescript-5.9/bin/tsc');
      try {
        run(tsc, [...options, ...lookup, 'program.ts']);
      } catch ({ stdout }) {
        assert.fail(stdout);
      }
    });
  }
});
