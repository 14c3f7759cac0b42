import { defineConfig } from '@tarojs/cli';

export default defineConfig<'webpack5'>(async () => {
  process.env.BROWSERSLIST_ENV = process.env.NODE_ENV;
  return {
    projectName: 'taro-shop',
    date: '2026-4-1',
    designWidth: 750,
    deviceRatio: {
      640: 2.34 / 2,
      750: 1,
      375: 2,
      828: 1.81 / 2,
    },
    sourceRoot: 'src',
    outputRoot: 'dist',
    plugins: [],
    defineConstants: {},
    copy: {
      patterns: [
        { from: 'node_modules/wx-subscribe/miniprogram_dist/wx_subscribe.wasm', to: 'dist/wx_subscribe.wasm' },
      ],
      options: {},
    },
    framework: 'react',
    compiler: 'webpack5',
    cache: {
      enable: false,
    },
    mini: {},
  };
});
