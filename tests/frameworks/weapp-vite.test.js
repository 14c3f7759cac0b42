// weapp-vite: Vite, TypeScript.
'use strict';

const { journey } = require('./support/journey.js');

journey({
  project: 'weapp-vite',
  output: 'dist',
  wasmPath: /^\/miniprogram_npm\/wx-subscribe\/wx_subscribe\.wasm$/,
  page: 'pages/product/index',
  mistakes: 'pages/mistakes/index',
  hasTypes: true,
});
