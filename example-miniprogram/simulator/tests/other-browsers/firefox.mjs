// Firefox, by WebDriver BiDi.
import puppeteer from 'puppeteer-core';

const VARIABLE = 'WX_SUBSCRIBE_FIREFOX';

/** Starts the Firefox that the environment names, on this page. */
export async function openFirefox(url) {
  const executablePath = process.env[VARIABLE];
  if (!executablePath) throw new Error(`${VARIABLE} must name a Firefox`);
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    args: ['--width=1280', '--height=900'],
    defaultViewport: null,
  });
  const page = await browser.newPage();
  await page.goto(url);
  return {
    evaluate: (work, argument) => page.evaluate(work, argument),
    press: ({ x, y }) => page.mouse.click(x, y),
    close: () => browser.close(),
  };
}
