// wx.requestSubscribeMessage: the consent sheet, between WeChat's rules and the user.
import { type Account, type Question, createPopupRules } from '../../../shared/wechat';
import type { ConsentAnswer, SubscriptionState } from '../../bridge';
import type { Core } from '../core';
import { type Api, type Settle, createApi } from './api';

export function createSubscribe(core: Core): Record<string, Api> {
  const { host, tap, faults } = core;
  const owned = new Map(core.templates.map((template) => [template.templateId, template]));
  const rules = createPopupRules(tap);

  function readAccount(): Account {
    const { maxTemplates, offline, banned, bannedTemplates, codesAsStrings } = faults();
    const { mainSwitch, kept } = JSON.parse(host.subscriptions()) as SubscriptionState;
    return {
      maxTemplates,
      inBackground: host.isHidden(),
      offline,
      banned,
      mainSwitch,
      kept,
      template(id) {
        const template = owned.get(id);
        if (!template) return undefined;
        const { title, kind: type } = template;
        return { title, type, banned: template.banned === true || bannedTemplates.includes(id) };
      },
      forced: host.takePopupError(),
      codesAsStrings,
    };
  }

  function ask({ asked, answer }: Question, settle: Settle): void {
    const { silentPopup } = faults();
    if (asked.length === 0) {
      const answers = answer({});
      if (!silentPopup) settle.success(answers);
      return;
    }
    const templates = asked.flatMap((id) => owned.get(id) ?? []);
    host.showConsent(JSON.stringify({ templates }), (text) => {
      const { allowed, ticked, keep } = JSON.parse(text) as ConsentAnswer;
      const choices: SubscriptionState['kept'] = {};
      asked.forEach((id) => {
        choices[id] = allowed && ticked.includes(id) ? 'accept' : 'reject';
      });
      if (keep) host.keepChoices(JSON.stringify(choices));
      const answers = answer(choices);
      if (!silentPopup) settle.success(answers);
    });
  }

  return {
    requestSubscribeMessage: createApi(core, 'requestSubscribeMessage', ({ tmplIds }, settle) => {
      const { failure, question } = rules.begin(tmplIds, readAccount);
      if (question) {
        ask(question, settle);
        return;
      }
      const { text, errCode } = failure;
      settle.fail(text, errCode === undefined ? {} : { errCode });
    }),
  };
}
