import { useState } from 'react';
import { Button, Text, View } from '@tarojs/components';
import { useLoad, useRouter } from '@tarojs/taro';
import { asyncSubscribeMessage, prefetchTemplates, TriggerType } from 'wx-subscribe';

export default function Product() {
  const { productNo = '' } = useRouter().params;
  const [message, setMessage] = useState('');

  useLoad(() => {
    prefetchTemplates(TriggerType.AddToCart, productNo);
  });

  async function onAddToCart() {
    // 第一行就调用，之前不能有 await
    const asked = asyncSubscribeMessage(TriggerType.AddToCart, productNo, { price: '129.00' });
    setMessage('已加入购物车');

    const outcome = await asked;
    if (outcome.status === 'answered' && outcome.accepted.length > 0) setMessage('降价会通知您');
    if (outcome.status === 'failed') console.warn(outcome.stage, outcome.error.kind, outcome.error.message);
  }

  return (
    <View>
      <Button onClick={onAddToCart}>加入购物车</Button>
      <Text>{message}</Text>
    </View>
  );
}
