// The styles of the phone. Sizes are those of an iPhone 375 points wide; the web
// view inside measures in rpx, so that any other width holds as well.

export const SCREEN_STYLE = `
:host {
  display: block; container: phone / inline-size; color-scheme: light;
  font-family: -apple-system, BlinkMacSystemFont, "PingFang SC", "Helvetica Neue", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
  font-size: 17px; line-height: 1.4; color: #000; -webkit-font-smoothing: antialiased;
  --green: #07c160; --green-pressed: #06ae56; --line: rgb(0 0 0 / 10%); --quiet: rgb(0 0 0 / 62%); --faint: rgb(0 0 0 / 60%);
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button { margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; cursor: pointer; }
button:focus-visible { outline: 2px solid #10aeff; outline-offset: -2px; }
h2, h3, h4, p, ul { margin: 0; padding: 0; font: inherit; }
.icon { width: 24px; height: 24px; fill: none; stroke: currentcolor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.realm { display: none; }

.phone {
  width: 100%; max-width: 397px; height: 100%; min-height: 420px; max-height: 834px; margin: 0 auto; padding: 11px;
  border-radius: 54px; background: #16181b;
  box-shadow: inset 0 0 0 2px #3b3f45, 0 24px 60px -16px rgb(15 23 20 / 45%), 0 4px 14px rgb(15 23 20 / 20%);
}
.screen {
  position: relative; display: flex; flex-direction: column; height: 100%; overflow: hidden;
  border-radius: 43px; background: #ededed; isolation: isolate; user-select: none;
}
@container phone (max-width: 374px) {
  .phone { padding: 0; border-radius: 24px; box-shadow: 0 12px 32px -12px rgb(15 23 20 / 40%); }
  .screen { border-radius: 24px; }
}

.status {
  position: absolute; inset: 0 0 auto; z-index: 5; display: flex; align-items: center; justify-content: space-between; height: 44px;
  padding: 4px 22px 0 30px; color: var(--bar-text, #000); font-size: 15px; font-weight: 600; pointer-events: none;
}
.island { position: absolute; top: 10px; left: 50%; width: 92px; height: 26px; margin-left: -46px; border-radius: 13px; background: #000; }
.status-icons { display: flex; align-items: center; gap: 4px; font-size: 12px; }
.status-icons b { font-weight: 600; }
.status .signal { width: 18px; height: 18px; stroke-width: 3.4; }
.battery { position: relative; width: 25px; height: 12px; padding: 1.5px; border: 1px solid color-mix(in srgb, currentcolor 40%, transparent); border-radius: 4px; }
.battery::after { content: ""; position: absolute; top: 3px; right: -3px; width: 1.5px; height: 4px; border-radius: 0 1px 1px 0; background: currentcolor; opacity: .4; }
.battery span { display: block; width: 80%; height: 100%; border-radius: 2px; background: currentcolor; }

.app { display: flex; flex: 1; flex-direction: column; min-height: 0; background: var(--bar, #fff); }
.nav { position: relative; flex: none; height: 88px; padding-top: 44px; color: var(--bar-text, #000); }
.nav-title { display: flex; align-items: center; justify-content: center; gap: 6px; height: 44px; margin: 0 100px; }
.nav h2 { overflow: hidden; font-size: 17px; font-weight: 600; text-overflow: ellipsis; white-space: nowrap; }
.back { position: absolute; bottom: 0; left: 4px; display: grid; place-items: center; width: 40px; height: 44px; }
.nav .spinner { width: 16px; height: 16px; border-width: 2px; }
.app.custom-bar .nav { position: absolute; inset: 0 0 auto; z-index: 1; pointer-events: none; }
.app.custom-bar .nav > * { visibility: hidden; }
.pages { position: relative; flex: 1; min-height: 0; background: #fff; }
.web-view { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }

.capsule {
  position: absolute; top: 50px; right: 7px; z-index: 2; display: flex; align-items: center; width: 87px; height: 32px;
  border: .5px solid rgb(0 0 0 / 12%); border-radius: 16px; background: rgb(255 255 255 / 60%);
}
.capsule button { display: flex; flex: 1; align-items: center; justify-content: center; gap: 3px; height: 100%; border-radius: 16px; }
.capsule button + button { position: relative; }
.capsule button + button::before { content: ""; position: absolute; left: 0; width: .5px; height: 18px; background: rgb(0 0 0 / 20%); }
.dots span { width: 4px; height: 4px; border-radius: 50%; background: #000; }
.dots span:nth-child(2) { width: 6.500px; height: 6.500px; }
.capsule .circle span { display: grid; place-items: center; width: 18px; height: 18px; border: 2.200px solid #000; border-radius: 50%; }
.capsule .circle span::after { content: ""; width: 6px; height: 6px; border-radius: 50%; background: #000; }
.dark-bar .capsule { border-color: rgb(255 255 255 / 25%); background: rgb(0 0 0 / 15%); }
.dark-bar .capsule button + button::before { background: rgb(255 255 255 / 30%); }
.dark-bar .dots span, .dark-bar .capsule .circle span::after { background: #fff; }
.dark-bar .capsule .circle span { border-color: #fff; }

.tabs { display: flex; flex: none; padding-bottom: 24px; border-top: .5px solid; }
.tab { display: flex; flex: 1; flex-direction: column; align-items: center; justify-content: center; gap: 2px; height: 49px; font-size: 10px; }
.tab img { width: 27px; height: 27px; }
.tabs.text-only .tab { font-size: 16px; }
.home { position: absolute; bottom: 8px; left: 50%; z-index: 6; width: 134px; height: 5px; margin-left: -67px; border-radius: 3px; background: #000; pointer-events: none; }

.layer { position: absolute; inset: 0; z-index: 3; pointer-events: none; }
.cover { position: absolute; inset: 0; pointer-events: auto; }
.backdrop { position: absolute; inset: 0; background: rgb(0 0 0 / 50%); animation: fade .2s; }
.sheet { position: absolute; background: #fff; outline: 0; }
.sheet.bottom { inset: auto 0 0; max-height: 86%; overflow: auto; padding-bottom: 30px; border-radius: 12px 12px 0 0; animation: rise .24s cubic-bezier(.2, .8, .3, 1); }
.sheet.center { top: 50%; left: 50%; width: min(320px, 86%); border-radius: 12px; transform: translate(-50%, -50%); animation: pop .2s; overflow: hidden; }
.sheet.full { inset: 0; background: #ededed; animation: push .24s ease-out; }
.cover.leaving { pointer-events: none; }
.cover.leaving > * { opacity: 0; transition: opacity .18s; }
.cover.leaving .sheet.bottom { transform: translateY(100%); opacity: 1; transition: transform .18s ease-in; }
.cover.leaving .sheet.full { transform: translateX(100%); opacity: 1; transition: transform .18s ease-in; }
@keyframes fade { from { opacity: 0; } }
@keyframes rise { from { transform: translateY(100%); } }
@keyframes push { from { transform: translateX(100%); } }
@keyframes pop { from { opacity: 0; transform: translate(-50%, -50%) scale(.94); } }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .backdrop, .sheet, .banner { animation-duration: .01s !important; } }

.avatar { display: inline-grid; flex: none; place-items: center; width: 24px; height: 24px; border-radius: 50%; background: #3f6b57; color: #fff; font-size: 13px; font-weight: 500; }
.avatar.small { width: 20px; height: 20px; font-size: 11px; }
.choice { min-width: 0; flex: 1; max-width: 184px; height: 46px; border-radius: 8px; background: rgb(0 0 0 / 5%); color: var(--green-pressed); font-size: 17px; font-weight: 500; text-align: center; }
.choice.primary { background: var(--green); color: #fff; }
.choice:active { background: rgb(0 0 0 / 10%); }
.choice.primary:active { background: var(--green-pressed); }
.circle .icon { width: 14px; height: 14px; stroke: #fff; stroke-width: 3; }

.consent { padding: 22px 24px 0; }
.consent header { display: flex; align-items: center; gap: 8px; font-size: 15px; }
.consent header strong { overflow: hidden; font-weight: 500; text-overflow: ellipsis; white-space: nowrap; }
.consent header span:last-child { flex: none; color: var(--quiet); }
.consent h3 { margin: 18px 0 6px; font-size: 19px; font-weight: 600; }
.consent ul { list-style: none; }
.consent li { display: flex; align-items: center; border-bottom: .5px solid var(--line); }
.tick { display: flex; flex: 1; align-items: center; gap: 12px; min-width: 0; padding: 15px 0; }
.tick .circle, .keeper .circle { display: grid; flex: none; place-items: center; width: 20px; height: 20px; border: 1.5px solid rgb(0 0 0 / 22%); border-radius: 50%; }
.tick .circle .icon, .keeper .circle .icon { visibility: hidden; }
[aria-checked="true"] > .circle { border-color: var(--green); background: var(--green); }
[aria-checked="true"] > .circle .icon { visibility: visible; }
.consent-title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.info { display: grid; flex: none; place-items: center; width: 36px; height: 44px; margin-right: -8px; color: var(--faint); }
.info .icon { width: 18px; height: 18px; }
.keeper { display: flex; align-items: center; gap: 8px; padding: 16px 0 4px; color: var(--quiet); font-size: 14px; }
.keeper .circle { width: 16px; height: 16px; }
.keeper .circle .icon { width: 11px; height: 11px; }
.choices { display: flex; justify-content: center; gap: 16px; padding: 24px 0 8px; }
.sheet:has(> * > .consent-example) { background: #ededed; }
.consent-example { min-height: 320px; padding: 0 16px 8px; background: #ededed; border-radius: 12px 12px 0 0; }
.consent-example header, .settings header, .chats header { position: relative; display: grid; place-items: center; height: 52px; }
.consent-example header .back { left: -8px; height: 52px; }

.message { display: block; width: 100%; padding: 14px 16px 0; border-radius: 8px; background: #fff; }
.message-from { display: flex; align-items: center; gap: 8px; color: var(--quiet); font-size: 14px; }
.message h4 { margin: 12px 0 8px; font-size: 17px; font-weight: 500; }
.message p { display: flex; gap: 12px; padding: 3px 0; font-size: 15px; }
.message p span { flex: none; min-width: 64px; color: var(--quiet); }
.message p b { font-weight: 400; overflow-wrap: anywhere; }
.message footer { display: flex; align-items: center; justify-content: space-between; margin-top: 12px; padding: 11px 0; border-top: .5px solid var(--line); font-size: 14px; }
.message footer .icon { width: 16px; height: 16px; color: var(--faint); }

.modal { padding-top: 32px; text-align: center; }
.modal h3 { padding: 0 24px; font-size: 17px; font-weight: 600; }
.modal p { max-height: 320px; padding: 12px 24px 0; overflow: auto; color: var(--quiet); white-space: pre-wrap; overflow-wrap: anywhere; }
.modal h3:first-child:nth-last-child(2) { font-weight: 500; }
.modal-field { display: block; width: calc(100% - 48px); margin: 16px 24px 0; padding: 8px 10px; border: 0; border-radius: 6px; background: #f2f2f2; font: inherit; resize: none; }
.modal-choices { display: flex; margin-top: 32px; border-top: .5px solid var(--line); }
.modal-choice { flex: 1; height: 56px; font-weight: 600; text-align: center; }
.modal-choice:first-child:not(:only-child) { border-right: .5px solid var(--line); }
.modal-choice:active, .action:active { background: rgb(0 0 0 / 5%); }

.actions { margin-bottom: -30px; padding-bottom: 26px; border-radius: 12px 12px 0 0; overflow: hidden; }
.action-title { padding: 16px 24px; color: var(--quiet); font-size: 13px; text-align: center; }
.action { display: block; width: 100%; height: 56px; border-top: .5px solid var(--line); text-align: center; }
.action:first-child { border-top: 0; }
.action.cancel { border-top: 8px solid #f7f7f7; height: 64px; }

.cashier { padding: 0 24px; text-align: center; }
.cashier header { position: relative; display: grid; place-items: center; height: 56px; }
.cashier .close { position: absolute; left: -8px; width: 36px; height: 44px; text-align: center; }
.payee { display: flex; align-items: center; justify-content: center; gap: 8px; margin-top: 20px; }
.amount { margin: 12px 0 4px; font-size: 22px; font-weight: 500; }
.hint { margin-bottom: 32px; color: var(--quiet); font-size: 14px; }
.choice.wide { display: block; width: 184px; margin: 0 auto 12px; }
.choice.plain { background: none; color: #576b95; }

.settings { padding-top: 44px; }
.settings header { height: 44px; }
.setting { display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 56px; padding: 10px 16px; background: #fff; }
.settings > .setting { margin-top: 8px; }
.setting-items { margin-top: 8px; }
.setting + .setting { border-top: .5px solid var(--line); }
.setting-note { padding: 8px 16px; color: var(--quiet); font-size: 14px; }
.toggle { flex: none; width: 50px; height: 30px; padding: 2px; border-radius: 15px; background: rgb(0 0 0 / 12%); transition: background .2s; }
.toggle span { display: block; width: 26px; height: 26px; border-radius: 50%; background: #fff; box-shadow: 0 1px 3px rgb(0 0 0 / 25%); transition: transform .2s; }
.toggle[aria-checked="true"] { background: var(--green); }
.toggle[aria-checked="true"] span { transform: translateX(20px); }

.toast-cover { position: absolute; inset: 0; display: grid; place-items: center; pointer-events: none; }
.toast-cover.masking { pointer-events: auto; }
.toast { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; width: 136px; min-height: 136px; padding: 16px; border-radius: 12px; background: #4c4c4c; color: rgb(255 255 255 / 90%); text-align: center; animation: fade .15s; overflow-wrap: anywhere; }
.toast.text-only { width: auto; max-width: 76%; min-height: 0; padding: 12px 18px; border-radius: 8px; font-size: 15px; }
.toast-icon { width: 40px; height: 40px; }
.spinner { display: block; width: 36px; height: 36px; border: 3px solid currentcolor; border-right-color: transparent; border-radius: 50%; animation: turn 1s linear infinite; }

.banner {
  position: absolute; inset: 48px 8px auto; z-index: 7; display: flex; align-items: center; gap: 10px; padding: 12px 14px;
  border-radius: 18px; background: rgb(255 255 255 / 92%); box-shadow: 0 6px 28px rgb(0 0 0 / 22%); backdrop-filter: blur(16px);
  animation: drop .32s cubic-bezier(.2, .9, .3, 1.1);
}
@keyframes drop { from { transform: translateY(-140px); } }
.banner-text, .chat-text { display: flex; flex: 1; flex-direction: column; min-width: 0; }
.banner-text { font-size: 14px; line-height: 1.35; }
.banner-text > *, .chat-text > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.banner-text strong, .chat-text strong { display: flex; justify-content: space-between; font-weight: 600; }
.banner time, .chat time { color: var(--faint); font-size: 12px; font-weight: 400; }
.banner-text span:last-child { color: var(--quiet); }
.avatar.service { width: 42px; height: 42px; border-radius: 10px; background: #fa9d3b; }

.chats { display: flex; flex: 1; flex-direction: column; min-height: 0; padding-top: 44px; }
.chats header { flex: none; height: 44px; }
.chats header strong { font-weight: 600; }
.chat-list { flex: 1; background: #fff; }
.chat { display: flex; align-items: center; gap: 12px; width: 100%; padding: 12px 16px; border-bottom: .5px solid var(--line); }
.chat:active { background: #ececec; }
.chat .avatar { width: 48px; height: 48px; border-radius: 8px; font-size: 20px; }
.chat-text strong { font-weight: 400; font-size: 17px; }
.chat-text > span { color: var(--faint); font-size: 14px; }
.messages { flex: 1; min-height: 0; overflow: auto; padding: 8px 16px 40px; }
.message-time { display: block; margin: 14px 0 8px; color: var(--faint); font-size: 13px; text-align: center; }
.nothing { margin-top: 80px; color: var(--faint); text-align: center; }
`;
