// The web view ("渲染层"): the document that pages are drawn in, with the styles
// of WeChat's built-in components.

const PAGE_STYLE = `
html, body { margin: 0; height: 100%; overflow: hidden; background: transparent; }
body {
  font-family: -apple-system, BlinkMacSystemFont, "PingFang SC", "Helvetica Neue", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
  font-size: 16px; line-height: 1.4; color: #000;
  -webkit-font-smoothing: antialiased; -webkit-tap-highlight-color: transparent;
  -webkit-text-size-adjust: 100%; user-select: none; cursor: default;
}
::-webkit-scrollbar { display: none; }
[hidden] { display: none !important; }

wx-page {
  position: absolute; inset: 0; display: block; box-sizing: border-box;
  overflow: hidden auto; scrollbar-width: none; background: #fff;
}
wx-page.entering { animation: enter .24s ease-out; box-shadow: 0 0 24px rgb(0 0 0 / 12%); }
@keyframes enter { from { transform: translateX(100%); } }
@media (prefers-reduced-motion: reduce) { wx-page.entering { animation: none; } }

wx-view, wx-form, wx-checkbox-group, wx-radio-group { display: block; }
wx-text { white-space: pre-line; }
wx-text[selectable] { user-select: text; cursor: text; }
wx-label, wx-navigator { cursor: default; }
wx-navigator { display: block; }
wx-navigator:active { background: rgb(0 0 0 / 5%); }

wx-button {
  position: relative; display: block; box-sizing: border-box; margin: 0 auto; padding: 0 14px;
  border-radius: 5px; background: #f8f8f8; color: #000; overflow: hidden;
  font-size: 18px; line-height: 2.55555556; text-align: center; text-decoration: none; cursor: pointer;
}
wx-button::after {
  content: ""; position: absolute; top: 0; left: 0; box-sizing: border-box; width: 200%; height: 200%;
  border: 1px solid rgb(0 0 0 / 20%); border-radius: 10px; transform: scale(.5); transform-origin: 0 0;
  pointer-events: none;
}
wx-button[type="primary"] { background: #07c160; color: #fff; }
wx-button[type="warn"] { background: #e64340; color: #fff; }
wx-button[plain] { border: 1px solid #353535; background: transparent; color: #353535; }
wx-button[plain]::after { border-width: 0; }
wx-button[plain][type="primary"] { border-color: #07c160; color: #07c160; }
wx-button[size="mini"] { display: inline-block; padding: 0 1.32em; font-size: 13px; line-height: 2.3; }
wx-button:active:not([disabled])::before {
  content: ""; position: absolute; inset: 0; background: rgb(0 0 0 / 10%); pointer-events: none;
}
wx-button[disabled] { cursor: default; }
wx-button[disabled]:not([type="primary"], [type="warn"]) { background: #f7f7f7; color: rgb(0 0 0 / 30%); }
wx-button[disabled]:is([type="primary"], [type="warn"]) { color: rgb(255 255 255 / 60%); }
wx-button[loading]::before {
  content: ""; position: static; display: inline-block; width: 18px; height: 18px; margin-right: 8px;
  border: 2px solid currentcolor; border-top-color: transparent; border-radius: 50%;
  vertical-align: -3px; animation: spin 1s linear infinite;
}
@keyframes spin { to { transform: rotate(1turn); } }

wx-input, wx-textarea { display: block; height: 1.4rem; overflow: hidden; text-overflow: clip; text-align: inherit; }
wx-textarea { width: 300px; height: 150px; }
wx-input > input, wx-textarea > textarea {
  display: block; width: 100%; height: 100%; min-height: 1.4em; margin: 0; padding: 0; border: 0; outline: 0;
  background: none; color: inherit; font: inherit; text-align: inherit; caret-color: #07c160; resize: none;
}
wx-input > input::placeholder, wx-textarea > textarea::placeholder { color: #808080; opacity: 1; }

wx-image { display: inline-block; width: 320px; height: 240px; overflow: hidden; }
wx-image > img { display: block; width: 100%; height: 100%; }
wx-image > img:not([src]) { visibility: hidden; }
wx-image[mode="widthFix"] { height: auto; }
wx-image[mode="widthFix"] > img { height: auto; }
wx-image[mode="heightFix"] { width: auto; }
wx-image[mode="heightFix"] > img { width: auto; }

wx-scroll-view { display: block; overflow: hidden; scrollbar-width: none; }
wx-scroll-view[scroll-x] { overflow-x: auto; }
wx-scroll-view[scroll-y] { overflow-y: auto; }

wx-switch {
  position: relative; display: inline-block; box-sizing: border-box; width: 52px; height: 32px; border-radius: 16px;
  background: #e5e5e5; vertical-align: middle; cursor: pointer; transition: background .2s;
}
wx-switch::before {
  content: ""; position: absolute; top: 2px; left: 2px; width: 28px; height: 28px; border-radius: 50%;
  background: #fff; box-shadow: 0 1px 3px rgb(0 0 0 / 30%); transition: transform .2s;
}
wx-switch[checked] { background: var(--color, #07c160); }
wx-switch[checked]::before { transform: translateX(20px); }

wx-checkbox, wx-radio { display: inline-block; cursor: pointer; }
wx-checkbox::before, wx-radio::before {
  content: ""; display: inline-block; box-sizing: border-box; width: 22px; height: 22px; margin-right: 5px;
  border: 1px solid #d1d1d1; border-radius: 3px; background: #fff center / 16px no-repeat; vertical-align: -5px;
}
wx-radio::before { border-radius: 50%; }
wx-checkbox[checked]::before, wx-radio[checked]::before {
  border-color: var(--color, #07c160); background-color: var(--color, #07c160);
  background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='white' stroke-width='2'%3E%3Cpath d='m3 8.5 3.5 3.5L13 5'/%3E%3C/svg%3E");
}
wx-switch[disabled], wx-checkbox[disabled], wx-radio[disabled] { opacity: .5; cursor: default; }

wx-icon {
  display: inline-block; width: var(--size, 23px); height: var(--size, 23px); border-radius: 50%;
  background: var(--color, #07c160); vertical-align: middle;
  mask: radial-gradient(circle, #000 70%, transparent 71%);
}
wx-icon:is([type="warn"], [type="cancel"]) { background: var(--color, #fa5151); }
wx-icon:is([type="info"], [type="download"]) { background: var(--color, #10aeff); }
wx-icon:is([type="waiting"], [type="waiting_circle"]) { background: var(--color, #10aeff); }

wx-progress { display: flex; align-items: center; }
wx-progress::before {
  content: ""; flex: 1; height: var(--height);
  background: linear-gradient(var(--active) 0 0) 0 0 / var(--percent) 100% no-repeat var(--rest);
}
wx-progress[data-info]::after { content: attr(data-info); margin-left: 15px; }
`;

/** Inline styles, as in pages of WeChat; pictures from anywhere; no scripts. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; font-src * data:";
const PAGE = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>小程序页面</title>
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${PAGE_STYLE}</style><body></body></html>`;

export interface WebView {
  window: Window & typeof globalThis;
  remove(): void;
}

export async function createWebView(parent: Node & ParentNode): Promise<WebView> {
  const frame = document.createElement('iframe');
  frame.className = 'web-view';
  frame.title = '小程序页面';
  frame.srcdoc = PAGE;
  await new Promise((resolve) => {
    frame.addEventListener('load', resolve, { once: true });
    parent.append(frame);
  });
  return {
    window: frame.contentWindow as Window & typeof globalThis,
    remove: () => frame.remove(),
  };
}
