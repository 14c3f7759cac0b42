// `wx.onAppShow` and its family.
'use strict';

const EVENTS = ['AppShow', 'AppHide', 'NetworkStatusChange'];

function createEvents(platform, api) {
  const functions = {};
  EVENTS.forEach((event) => {
    const listeners = [];
    platform.listeners[event] = listeners;
    functions[`on${event}`] = (listener) => {
      api.record(`on${event}`);
      if (typeof listener === 'function') listeners.push(listener);
    };
    // Without a listener, all of them are removed.
    functions[`off${event}`] = (listener) => {
      api.record(`off${event}`);
      if (listener === undefined) listeners.splice(0);
      const at = listeners.indexOf(listener);
      if (at >= 0) listeners.splice(at, 1);
    };
  });
  return functions;
}

exports.createEvents = createEvents;
