// What `wx.getSetting` and `wx.openSetting` answer.
// @ts-check
'use strict';

/**
 * `subscriptionsSetting`: `itemSettings` lists kept choices only and is missing without any; each id stands beside
 * `mainSwitch` as well.
 *
 * @param {{ mainSwitch: boolean, kept: Record<string, string> }} subscriptions
 */
function subscriptionsSetting({ mainSwitch, kept }) {
  if (Object.keys(kept).length === 0) return { mainSwitch };
  return Object.assign({}, kept, { mainSwitch, itemSettings: Object.assign({}, kept) });
}

/**
 * @param {Record<string, unknown>} options of the call
 * @param {{ mainSwitch: boolean, kept: Record<string, string> }} subscriptions
 * @returns {Record<string, unknown>}
 */
function settingsAnswer({ withSubscriptions }, subscriptions) {
  if (!withSubscriptions) return { authSetting: {} };
  return { authSetting: {}, subscriptionsSetting: subscriptionsSetting(subscriptions) };
}

exports.settingsAnswer = settingsAnswer;
