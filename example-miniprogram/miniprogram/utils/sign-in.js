/**
 * Stores the user's `openId` where wx-subscribe reads it.
 *
 * This is a placeholder. A real shop sends the code of `wx.login` to its server,
 * which gets the openId from WeChat; here it is made up once and kept.
 */
function signIn() {
  if (wx.getStorageSync('openId')) return;
  const random = Math.random().toString(36).slice(2, 10);
  wx.setStorageSync('openId', `example-${Date.now().toString(36)}-${random}`);
}

module.exports = { signIn };
