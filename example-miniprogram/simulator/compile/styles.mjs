// WXSS → CSS for the phone's web view: `@import`, rpx, tag names and style scopes.
import postcss from 'postcss';

import { BUILT_IN_TAGS } from './tags.mjs';
import { CompileError } from './error.mjs';
import { convertRpx } from './rpx.mjs';
import { resolvePath } from './files.mjs';
import { SCOPE_MARK } from './scope.mjs';

/**
 * The tokens of a selector. Strings and attribute selectors come first, so that
 * nothing inside them matches as a tag or a class.
 */
const SELECTOR_TOKENS =
  /:host\(([^()]*)\)|"[^"]*"|'[^']*'|\[[^\]]*\]|::?[\w-]+|#[\w-]+|\.(-?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*)|(?<![\w-])([A-Za-z][\w-]*)/g;

function convertSelector(selector, owner) {
  const { kind, name } = owner;
  let ofPage = false;
  const converted = selector.replace(SELECTOR_TOKENS, (token, hostSelector, className, tag) => {
    if (hostSelector !== undefined)
      return `[wx-host="${SCOPE_MARK}"]${convertSelector(hostSelector, owner)}`;
    if (className !== undefined) return kind === 'component' ? `.${SCOPE_MARK}${className}` : token;
    if (tag === 'page') {
      ofPage = true;
      return kind === 'page' ? `wx-page:where([is="${name}"])` : 'wx-page';
    }
    if (tag !== undefined) return BUILT_IN_TAGS.has(tag) ? `wx-${tag}` : token;
    if (kind === 'component' && token === ':host') return `[wx-host="${SCOPE_MARK}"]`;
    return token;
  });
  // `:where` has no specificity: a page's rule keeps its own.
  return kind === 'page' && !ofPage ? `:where(wx-page[is="${name}"]) ${converted}` : converted;
}

async function inlineImports(source, file, seen) {
  if (seen.includes(file))
    throw new CompileError(file, `imports itself (${[...seen, file].join(' → ')})`);
  const text = await source.text(file);
  let root;
  try {
    root = postcss.parse(text, { from: file });
  } catch (error) {
    throw new CompileError(file, error.reason, { line: error.line, column: error.column });
  }
  const imports = root.nodes.filter((node) => node.type === 'atrule' && node.name === 'import');
  for (const rule of imports) {
    const target = /^(?:url\()?\s*["']([^"']+)["']\s*\)?$/.exec(rule.params)?.[1];
    if (!target)
      throw new CompileError(file, `@import ${rule.params} is not understood`, rule.source?.start);
    const imported = resolvePath(file, target);
    if (!source.has(imported)) {
      throw new CompileError(file, `there is no ${imported} to import`, rule.source?.start);
    }
    rule.replaceWith((await inlineImports(source, imported, [...seen, file])).nodes);
  }
  return root;
}

const insideKeyframes = (rule) =>
  rule.parent?.type === 'atrule' && /keyframes$/i.test(rule.parent.name);

/**
 * @param source of `readPackage`
 * @param {string} file
 * @param {{ kind: 'app' | 'page' | 'component', name?: string }} owner whose style sheet it is
 */
export async function compileStyle(source, file, owner) {
  const root = await inlineImports(source, file, []);
  root.walkDecls((declaration) => {
    declaration.value = convertRpx(declaration.value);
  });
  root.walkAtRules((rule) => {
    rule.params = convertRpx(rule.params);
  });
  root.walkRules((rule) => {
    if (insideKeyframes(rule)) return;
    rule.selectors = rule.selectors.map((selector) => convertSelector(selector, owner));
  });
  root.walkComments((comment) => {
    comment.remove();
  });
  return root.toString();
}
