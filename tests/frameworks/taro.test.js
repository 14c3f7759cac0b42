// Taro 4: React, webpack 5, TypeScript.
'use strict';

const { journey } = require('./support/journey.js');

journey({
  project: 'taro',
  output: 'dist',
  wasmPath: /^\/wx_subscribe\.wasm$/,
  page: 'pages/product/index',
  mistakes: 'pages/mistakes/index',
  hasTypes: true,
});
