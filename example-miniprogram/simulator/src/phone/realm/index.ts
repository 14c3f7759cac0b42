// The logic realm ("逻辑层"): runs the mini-program's JavaScript, and WeChat's
// component engine that draws its pages in the web view.
import './natives';

import type { CompiledMiniprogram, Faults, TemplateInfo } from '../../shared/phone';
import { createTapState } from '../../shared/wechat';
import type { Controls, Host } from '../bridge';
import { createConsole } from './console';
import { createDiagnose } from './diagnose';
import { createEngine } from './engine';
import { createModules } from './modules';
import { soon, startTimer } from './natives';
import { createOldPromise } from './old-promise';
import { createPages } from './pages';
import { seal } from './seal';
import { createTimers } from './timers';
import { createWasm } from './wasm';
import { createWx } from './wx';

export function start(host: Host): Controls {
  const miniprogram = JSON.parse(host.miniprogram) as CompiledMiniprogram;
  const templates = JSON.parse(host.templates) as TemplateInfo[];
  const tap = createTapState({ nativePromises: !host.oldPromises, soon });
  const timers = createTimers(tap);
  const MiniPromise = host.oldPromises
    ? createOldPromise(
        (work) => startTimer(() => tap.run(null, work), 0),
        (reason) => host.unseenRejection(reason),
      )
    : Promise;
  const faults = () => JSON.parse(host.faults()) as Faults;
  const core = { host, tap, miniprogram, templates, faults, Promise: MiniPromise };

  const engine = createEngine(core);
  const pages = createPages(core, engine);
  const wx = createWx(core, pages);
  engine.connect({ wx: wx.wx, route: () => pages.getCurrentPages().at(-1)?.route ?? '' });

  const names = seal({
    ...timers,
    console: createConsole(host),
    wx: wx.wx,
    Promise: MiniPromise,
    ...(host.noWasm ? {} : { WXWebAssembly: createWasm(core) }),
    App: pages.App,
    getApp: pages.getApp,
    getCurrentPages: pages.getCurrentPages,
    Page: engine.Page,
    Component: engine.Component,
    Behavior: engine.Behavior,
  });
  const modules = createModules(host, miniprogram.modules, names);
  const controls = pages.begin(modules);
  return {
    ...controls,
    networkChanged: wx.networkChanged,
    diagnose: createDiagnose(core, modules),
  };
}
