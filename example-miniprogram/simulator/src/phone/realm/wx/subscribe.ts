// wx.requestSubscribeMessage: the consent sheet, and all that WeChat refuses.
import type { PopupErrorCode, TemplateInfo } from '../../../shared/phone';
import type { ConsentAnswer, SubscriptionState } from '../../bridge';
import type { Core } from '../core';
import { type Api, type Settle, createApi } from './api';

const TEXTS: Record<PopupErrorCode, string> = {
  10001: "TmplIds can't be empty",
  10002: 'Request list fail',
  10003: 'Request subscribe fail',
  10004: 'Invalid template id',
  10005: 'Cannot show subscribe message UI',
  20001: 'No template data return, verify the template id exist',
  20002: 'Templates type must be same',
  20003: 'Templates count out of max bounds',
  20004: 'The main switch is switched off',
  20005: 'This mini program was banned from subscribing messages',
  20013: 'Reject DeviceMsg Template',
};

const NOT_TAPPED = 'can only be invoked by user TAP gesture.';
const LAST_CALL_OPEN = 'last call has not ended';

const refuse = (settle: Settle, errCode: PopupErrorCode) => settle.fail(TEXTS[errCode], { errCode });

/** What is wrong with the ids, before anybody is asked. */
function check(tmplIds: unknown, owned: Map<string, TemplateInfo>, most: number): PopupErrorCode | null {
  if (!Array.isArray(tmplIds)) return tmplIds === undefined ? 10001 : 10004;
  if (tmplIds.length === 0) return 10001;
  if (tmplIds.some((id) => typeof id !== 'string' || id === '')) return 10004;
  if (tmplIds.length > most) return 20003;
  const kinds = new Set(tmplIds.map((id: string) => owned.get(id)?.kind));
  if (kinds.has(undefined)) return 20001;
  return kinds.size > 1 ? 20002 : null;
}

export function createSubscribe(core: Core): Record<string, Api> {
  const { host, tap } = core;
  const owned = new Map(core.templates.map((template) => [template.templateId, template]));
  let open = false;

  function ask(tmplIds: string[], settle: Settle): void {
    const { kept } = JSON.parse(host.subscriptions()) as SubscriptionState;
    const banned = JSON.parse(host.bannedTemplates()) as string[];
    const words: Record<string, string> = {};
    const asked: TemplateInfo[] = [];
    const titles = new Set<string>();
    new Set(tmplIds).forEach((id) => {
      const template = owned.get(id);
      if (!template) return;
      if (template.banned || banned.includes(id)) words[id] = 'ban';
      else if (titles.has(template.title)) words[id] = 'filter';
      else {
        titles.add(template.title);
        const choice = kept[id];
        if (choice) words[id] = choice;
        else asked.push(template);
      }
    });

    const silent = host.isPopupSilent();
    if (asked.length === 0) {
      if (!silent) settle.success(words);
      return;
    }
    open = true;
    host.showConsent(JSON.stringify({ templates: asked }), (text) => {
      const { allowed, ticked, keep } = JSON.parse(text) as ConsentAnswer;
      open = false;
      const choices: SubscriptionState['kept'] = {};
      asked.forEach(({ templateId }) => {
        choices[templateId] = allowed && ticked.includes(templateId) ? 'accept' : 'reject';
      });
      if (keep) host.keepChoices(JSON.stringify(choices));
      if (!silent) settle.success({ ...words, ...choices });
    });
  }

  return {
    requestSubscribeMessage: createApi(core, 'requestSubscribeMessage', ({ tmplIds }, settle) => {
      if (!tap.consume()) {
        settle.fail(NOT_TAPPED);
        return;
      }
      if (open) {
        settle.fail(LAST_CALL_OPEN);
        return;
      }
      const forced = host.takePopupError();
      const wrong = forced ?? check(tmplIds, owned, host.maxTemplates());
      if (wrong) refuse(settle, wrong);
      else if (host.isHidden()) refuse(settle, 10005);
      else if (host.isOffline()) refuse(settle, 10002);
      else if (host.isBanned()) refuse(settle, 20005);
      else if (!(JSON.parse(host.subscriptions()) as SubscriptionState).mainSwitch) refuse(settle, 20004);
      else ask(tmplIds as string[], settle);
    }),
  };
}
