// 反例：弹不出来的写法。
import { useState } from 'react';
import { Button, Text, View } from '@tarojs/components';
import Taro, { useLoad } from '@tarojs/taro';
import { asyncSubscribeMessage, prefetchTemplates, TriggerType } from 'wx-subscribe';

export default function Mistakes() {
  const [message, setMessage] = useState('');

  useLoad(() => {
    prefetchTemplates(TriggerType.AddToCart, 'product-1001');
  });

  async function onTapThenAwait() {
    await Taro.login();
    const outcome = await asyncSubscribeMessage(TriggerType.AddToCart, 'product-1001');
    setMessage(outcome.status === 'failed' ? outcome.error.kind : outcome.status);
  }

  return (
    <View>
      <Button onClick={onTapThenAwait}>先等登录</Button>
      <Text>{message}</Text>
    </View>
  );
}
