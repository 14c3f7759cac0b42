// WeChat's own component engine, set up for the phone: pages and components of
// the mini-program, and the built-in ones.
import * as glassEasel from 'glass-easel';
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter';

import { SCOPE_MARK } from '../../../compile/scope.mjs';
import { BUILT_INS, defineBuiltIns } from './components';
import type { Surroundings } from './components/built-in';
import type { Core } from './core';
import { connectEvents } from './events';
import { soon } from './natives';
import { report } from './report';
import { createViewDocument } from './view-document';

export interface PageInstance extends Record<string, unknown> {
  route: string;
  options: Record<string, string>;
}

export interface Root {
  page: PageInstance;
  element: HTMLElement;
  /** Draws it, hidden or not. */
  attach(): void;
  lifetime(name: 'show' | 'hide'): void;
  release(): void;
}

type Definition = Record<string, unknown>;

export interface Engine {
  Page(definition: Definition): void;
  Component(definition: Definition): void;
  Behavior(definition: Definition): unknown;
  /** Makes a page that was registered under its path. */
  createRoot(path: string): Root;
  /** Runs a file that registers a page or component under this path. */
  register(path: string, load: () => void): void;
  isRegistered(path: string): boolean;
  /** Makes the built-in components known. */
  connect(surroundings: Omit<Surroundings, 'core'>): void;
}

/** A CSS identifier of a path. */
const scopeOf = (path: string) => path.replace(/[^\w]/g, '-');

export function createEngine(core: Core): Engine {
  const { host, tap, miniprogram } = core;
  const { document } = host.view;
  const env = new MiniProgramEnv();
  const backendContext = new glassEasel.CurrentWindowBackendContext();
  backendContext.document = createViewDocument(
    document,
    new Set(BUILT_INS.keys()),
  ) as unknown as typeof backendContext.document;
  const backend = env.associateBackend(backendContext);

  connectEvents(backendContext, tap);
  glassEasel.addGlobalErrorListener((error: unknown, where?: string) => {
    report(host, error, where);
    return false;
  });
  glassEasel.addGlobalWarningListener((message: unknown) => {
    host.print('warn', [String(message)]);
    return false;
  });

  const space = env.createCodeSpace('app', true);
  // The host of the engine has to call `ready`: here, after the attached elements are drawn.
  const readying = space.getComponentSpace().defineBehavior({
    lifetimes: {
      attached(this: { _$?: glassEasel.GeneralComponent }) {
        const component = this._$ ?? (this as unknown as glassEasel.GeneralComponent);
        soon(() => tap.run(null, () => component.triggerLifetime('ready', [])));
      },
    },
  });
  space.setOverallBehavior(readying as unknown as glassEasel.GeneralBehavior);
  let current: string | null = null;

  const createTemplates = host.define('templates', `return ${miniprogram.templates}`, [
    'getRegExp',
    'getDate',
  ]);
  if (!createTemplates) throw new SyntaxError('the compiled templates cannot be run');
  const groupList = createTemplates(
    (source: string, flags?: string) => new RegExp(source, flags),
    (...given: []) => new Date(...given),
  ) as Record<string, never>;

  function addStaticParts(path: string, isolation?: string): void {
    const config = miniprogram.components[path];
    if (!config) throw new Error(`${path} is neither a page of app.json nor a component in use`);
    const using: Record<string, string> = {};
    Object.entries(config.usingComponents).forEach(([tag, target]) => {
      using[tag] = `/${target}`;
    });
    const styleIsolation = config.styleIsolation ?? isolation;
    space.addComponentStaticConfig(path, {
      ...config,
      usingComponents: using,
      ...(styleIsolation ? { styleIsolation } : {}),
    } as never);
    space.addCompiledTemplate(path, {
      groupList,
      content: groupList[path],
      fallbackListenerOnNativeNode: true,
    } as never);
    space.addStyleSheet(path, undefined, scopeOf(path));
    addStyle(path, styleIsolation);
  }

  function addStyle(path: string, isolation?: string): void {
    const css = miniprogram.styles[path];
    if (css === undefined) return;
    const style = document.createElement('style');
    style.dataset.path = path;
    const shared = isolation === 'shared' || isolation === 'page-shared';
    const scope = scopeOf(path);
    style.textContent = css
      .replaceAll(`[wx-host="${SCOPE_MARK}"]`, `[wx-host="${scope}"]`)
      .replaceAll(SCOPE_MARK, shared ? '' : `${scope}--`);
    document.head.append(style);
  }
  addStyle('app');

  /** The path that a file's call of `Page` or `Component` registers. */
  function registering(name: string): string {
    if (current === null)
      throw new Error(`${name} was called outside the file of a page or component`);
    return current;
  }

  /** The page with handlers that tell the log of a tap before they run. */
  function telling(page: string, definition: Definition): Definition {
    const told = Object.entries(definition).map(([handler, method]) => {
      if (typeof method !== 'function') return [handler, method];
      const source = Function.prototype.toString.call(method);
      function tellingMethod(this: unknown, ...given: { type?: unknown }[]) {
        if (given[0]?.type === 'tap') host.log({ kind: 'tap', page, handler, source });
        return (method as (...given: unknown[]) => unknown).apply(this, given);
      }
      return [handler, tellingMethod];
    });
    return Object.fromEntries(told) as Definition;
  }

  const engine: Engine = {
    Page(definition) {
      const path = registering('Page');
      addStaticParts(path);
      space
        .component(path)
        .pageDefinition(telling(path, definition) as never)
        .register();
    },
    Component(definition) {
      const path = registering('Component');
      const { styleIsolation, addGlobalClass } = (definition.options ?? {}) as Record<
        string,
        unknown
      >;
      addStaticParts(
        path,
        (styleIsolation as string) ?? (addGlobalClass ? 'apply-shared' : undefined),
      );
      space
        .component(path)
        .definition(definition as never)
        .register();
    },
    Behavior: (definition) =>
      space
        .behavior()
        .definition(definition as never)
        .register(),

    register(path, load) {
      const outer = current;
      current = path;
      try {
        load();
      } finally {
        current = outer;
      }
      if (!engine.isRegistered(path)) throw new Error(`${path}.js registers no page or component`);
    },
    isRegistered: (path) =>
      space.getComponentSpace().getComponentByUrlWithoutDefault(path, '') !== null,

    createRoot(path) {
      const root = backend.createRoot('page', space, path);
      const component = root.getComponent();
      const element = component.getBackendElement() as unknown as HTMLElement;
      element.setAttribute('is', path);
      element.setAttribute('role', 'main');
      return {
        page: root.get() as unknown as PageInstance,
        element,
        attach() {
          const placeholder = document.createElement('div');
          document.body.append(placeholder);
          root.attach(document.body as never, placeholder as never);
        },
        lifetime: (name) => component.triggerPageLifetime(name, []),
        release() {
          root.release();
          element.remove();
        },
      };
    },
    connect(surroundings) {
      const defined = defineBuiltIns(env.getGlobalCodeSpace().getComponentSpace(), {
        core,
        ...surroundings,
      });
      defined.forEach((component, tag) =>
        space.getComponentSpace().setGlobalUsingComponent(tag, component),
      );
    },
  };
  return engine;
}
