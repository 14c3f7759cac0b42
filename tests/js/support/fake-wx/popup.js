// The fake `wx.requestSubscribeMessage`: a popup that the test answers.
'use strict';

const { createPopupRules, failureOf } = require('../../../wechat/popup.js');

/** Without a list, every id is a one-time template without a title. */
function templateFinder(templates) {
  if (!templates) return () => ({});
  return (id) => (Object.prototype.hasOwnProperty.call(templates, id) ? templates[id] : undefined);
}

const refuse = (settle, { text, errCode }) =>
  settle.fail(text, errCode === undefined ? {} : { errCode });

function createSubscribeMessage(fake, platform, api) {
  const rules = createPopupRules(platform.tap);
  const template = templateFinder(platform.templates);

  function readAccount() {
    const forced = fake.nextPopupError;
    fake.nextPopupError = null;
    return {
      maxTemplates: platform.maxTemplates,
      inBackground: platform.background,
      offline: !platform.network.isConnected,
      banned: platform.banned,
      mainSwitch: platform.settings.mainSwitch,
      kept: platform.settings.itemSettings || {},
      template,
      forced,
      codesAsStrings: fake.codesAsStrings,
    };
  }

  function showPopup({ asked, answer: answersFor, close }, settle) {
    let isOpen = true;
    const closeOnce = () => {
      if (!isOpen) throw new Error('this popup has been answered already');
      isOpen = false;
      fake.popup = null;
    };
    const answer = (chosen = {}, { keep = false } = {}) => {
      Object.keys(chosen).forEach((id) => {
        if (!asked.includes(id)) throw new Error(`the popup does not ask about ${id}`);
      });
      closeOnce();
      const answers = answersFor(chosen);
      if (keep) {
        const kept = Object.assign({}, platform.settings.itemSettings);
        asked.forEach((id) => {
          kept[id] = answers[id];
        });
        platform.settings.itemSettings = kept;
      }
      if (!fake.silentPopup) settle.success(answers);
    };
    const fail = (code, text) => {
      closeOnce();
      close();
      if (fake.silentPopup) return;
      const known = code === undefined ? { text: '' } : failureOf(code, fake);
      refuse(settle, text === undefined ? known : { text, errCode: known.errCode });
    };
    const all = (value) => (more) => {
      const chosen = {};
      asked.forEach((id) => {
        chosen[id] = value;
      });
      answer(chosen, more);
    };

    const popup = {
      tmplIds: asked,
      answer,
      fail,
      acceptAll: all('accept'),
      rejectAll: all('reject'),
    };
    fake.popup = popup;
    platform.popupWaiters.splice(0).forEach((resolve) => resolve(popup));
    if (fake.showWhilePopupOpen) {
      platform.timers.after(0, () => {
        if (fake.popup === popup) fake.emit('appShow', {});
      });
    }
    if (fake.autoAnswer) {
      platform.timers.after(0, () => {
        if (fake.popup !== popup) return;
        const outcome = fake.autoAnswer(asked) || {};
        if (outcome.errMsg !== undefined || outcome.errCode !== undefined)
          fail(outcome.errCode, outcome.errMsg);
        else answer(outcome);
      });
    }
  }

  return function requestSubscribeMessage(options) {
    return api.call('requestSubscribeMessage', options, ({ tmplIds }, settle) => {
      const { failure, question } = rules.begin(tmplIds, readAccount);
      if (failure) {
        refuse(settle, failure);
      } else if (question.asked.length > 0) {
        showPopup(question, settle);
      } else {
        const answers = question.answer({});
        if (!fake.silentPopup) settle.success(answers);
      }
    });
  };
}

exports.createSubscribeMessage = createSubscribeMessage;
