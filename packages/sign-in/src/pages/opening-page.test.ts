import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OPENING_TEXTS } from './page-texts.ts';

const texts = OPENING_TEXTS.en;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<main aria-busy="true"><p></p><button hidden></button></main>';
});
afterEach(() => void vi.useRealTimers());

/** The policies of the app's page and of this one. */
function servePolicies(ofApp: string, ofThisPage: string) {
  const fetched = vi.spyOn(globalThis, 'fetch');
  for (const policy of [ofApp, ofThisPage]) {
    const headers = { 'Cross-Origin-Opener-Policy': policy };
    fetched.mockResolvedValueOnce(new Response(null, { headers }));
  }
}

const main = () => document.querySelector('main')!;
const button = () => document.querySelector('button')!;

/** Runs the script of the page. @param historyLength 1 in a new window, more where the page has replaced another one */
async function loadOpeningPage({ historyLength }: { historyLength: number }): Promise<void> {
  vi.spyOn(history, 'length', 'get').mockReturnValue(historyLength);
  vi.resetModules();
  await import('./opening-page.ts');
}

test.each([
  ['in place of the app, after 3 seconds', { historyLength: 2, afterMs: 3_000 }],
  ['in a window, when the tab would have closed the window', { historyLength: 1, afterMs: 20_000 }],
])('if nobody sends the page on, it offers the way to the app: %s', async (_, { historyLength, afterMs }) => {
  servePolicies('unsafe-none', 'unsafe-none');
  const leave = vi.spyOn(location, 'replace').mockReturnValue();
  await loadOpeningPage({ historyLength });
  vi.advanceTimersByTime(afterMs - 1);
  expect(main().textContent).toBe(texts.connecting);
  expect(button().hidden).toBe(true);
  vi.advanceTimersByTime(1);
  expect(main().textContent).toBe(texts.nothingHappens + texts.home);
  expect(main().getAttribute('aria-busy')).toBe('false');
  button().click();
  expect(leave).toHaveBeenCalledWith('/');
});

test.each([
  ['unsafe-none', 'same-origin', 1],
  ['same-origin', 'same-origin', 0],
  ['same-origin', 'unsafe-none', 0],
])(
  'with the policy %s for the app and %s for the window, the window shows %i hints about its policy',
  async (app, own, count) => {
    servePolicies(app, own);
    await loadOpeningPage({ historyLength: 1 });
    await vi.advanceTimersByTimeAsync(3_000);
    const hints = Array.from(document.querySelectorAll('main [lang=en]'), ({ textContent }) => textContent);
    expect(hints.filter((hint) => hint.includes('Cross-Origin-Opener-Policy: same-origin'))).toHaveLength(
      count,
    );
  },
);
