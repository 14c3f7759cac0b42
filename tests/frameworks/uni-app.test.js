// uni-app: Vue 3, Vite, TypeScript.
'use strict';

const { journey } = require('./support/journey.js');

journey({
  project: 'uni-app',
  output: 'dist/build/mp-weixin',
  wasmPath: /^\/assets\/wx_subscribe\.\w+\.wasm$/,
  page: 'pages/product/index',
  mistakes: 'pages/mistakes/index',
  mistaken: ['先等登录', '没有 data-eventsync', '里层没有 data-eventsync'],
  hasTypes: true,
});
