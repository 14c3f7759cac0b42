// The scripts of the package use only the language and the names that old
// phones have. This checks their source, not only the code that tests run.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const acorn = require('acorn');
const { analyze } = require('eslint-scope');

const { GLUE_ROOT } = require('./support/bare-context.js');
const {
  BUILTINS,
  ECMA_VERSION,
  GUARDED_MEMBERS,
  LATER_MEMBERS,
  LATER_SYMBOLS,
  USED_GLOBALS,
} = require('./support/platform-globals.js');

const DIST = path.join(GLUE_ROOT, 'miniprogram_dist');
const SCRIPTS = ['index.js', 'fallback.js'];

const read = (name) => fs.readFileSync(path.join(DIST, name), 'utf8');
const parse = (source) =>
  acorn.parse(source, { ecmaVersion: ECMA_VERSION, sourceType: 'script', ranges: true });
const sorted = (names) => [...new Set(names)].sort();

/** The names that a script uses and does not declare, by `typeof` or otherwise. */
function globalsOf(source) {
  const { globalScope } = analyze(parse(source), {
    ecmaVersion: ECMA_VERSION,
    sourceType: 'commonjs',
  });
  return sorted(globalScope.through.map(({ identifier }) => identifier.name));
}

function visit(node, look) {
  look(node);
  Object.values(node)
    .flat()
    .filter((child) => child && typeof child.type === 'string')
    .forEach((child) => visit(child, look));
}

/** The names of all members that a script reads or writes: with a dot, by string, or by destructuring. */
function membersOf(source) {
  const names = [];
  visit(parse(source), ({ type, computed, property, properties }) => {
    if (type === 'MemberExpression') {
      if (!computed) names.push(property.name);
      else if (typeof property.value === 'string') names.push(property.value);
    }
    if (type === 'ObjectPattern')
      properties.forEach(({ key }) => names.push(key.name || key.value));
  });
  return sorted(names);
}

const later = new Set(
  [...Object.values(LATER_MEMBERS), LATER_SYMBOLS].flatMap((names) => names.split(' ')),
);
const laterMembersOf = (source) => membersOf(source).filter((name) => later.has(name));

SCRIPTS.forEach((name) => {
  describe(name, () => {
    test(`is ECMAScript ${ECMA_VERSION}`, () => {
      assert.equal(parse(read(name)).type, 'Program');
    });

    test('touches the listed globals, and no other', () => {
      assert.deepEqual(globalsOf(read(name)), sorted(Object.keys(USED_GLOBALS[name])));
    });

    test('touches no member that is newer, but for the listed ones', () => {
      assert.deepEqual(laterMembersOf(read(name)), sorted(Object.keys(GUARDED_MEMBERS[name])));
    });

    test('what is said to be of the language is', () => {
      Object.entries(USED_GLOBALS[name]).forEach(([global, reason]) => {
        assert.equal(
          BUILTINS.has(global),
          reason.startsWith('is of ECMAScript'),
          `${global} ${reason}`,
        );
      });
    });
  });
});

test('the package holds no other script', () => {
  assert.deepEqual(
    sorted(fs.readdirSync(DIST).filter((name) => name.endsWith('.js'))),
    sorted(SCRIPTS),
  );
});

describe('these checks find', () => {
  const newer = {
    'an async function': 'async function f() {}',
    'a power': 'f(a ** b)',
    'a spread of an object': 'f({ ...a })',
    'a catch without a name': 'try {} catch {}',
    'optional chaining': 'f(a?.b)',
    'a BigInt': 'f(1n)',
  };
  Object.entries(newer).forEach(([what, source]) => {
    test(what, () => {
      assert.throws(() => parse(source), SyntaxError);
    });
  });

  test('a global in an inner function, and one that only typeof asks about', () => {
    const source =
      'var own; function f(given) { return own + given + globalThis; } typeof TextDecoder; try {} catch (e) { e; }';
    assert.deepEqual(globalsOf(source), ['TextDecoder', 'globalThis']);
  });

  test('a newer member with a dot, by text and taken apart', () => {
    const source = "f(a.padStart(2), Object['entries'](a), a[flat]); var { allSettled } = Promise;";
    assert.deepEqual(laterMembersOf(source), ['allSettled', 'entries', 'padStart']);
  });
});
