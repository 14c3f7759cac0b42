import { PropsWithChildren } from 'react';
import Taro, { useLaunch } from '@tarojs/taro';
import { setup } from 'wx-subscribe';
import fallback from 'wx-subscribe/fallback';

function App({ children }: PropsWithChildren<any>) {
  useLaunch(() => {
    setup({
      baseUrl: 'https://shop.example.com/api',
      wasmPath: '/wx_subscribe.wasm',
      fallback,
      header: () => ({ authorization: Taro.getStorageSync('token') }),
    }).catch((error) => console.error('[wx-subscribe]', error.kind, error.message));
  });

  return children;
}

export default App;
