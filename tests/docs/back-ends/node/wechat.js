// The client of WeChat that the page requires, for the test's `subscribe/send`.
'use strict';

exports.send = async (message) => {
  const response = await fetch(process.env.WECHAT_URL, {
    method: 'POST',
    body: JSON.stringify(message),
  });
  return response.json();
};
