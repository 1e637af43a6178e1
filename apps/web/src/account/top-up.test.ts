import { expect, test, vi } from 'vitest';
import { stubWindowOpen } from '@oneclick/sign-in/test/stub-window-open.ts';
import { isSafeTopupUrl, topUp } from './top-up.ts';

const sessionThatAnswers = (body: unknown) => ({
  fetchWithAccessToken: async <T>(_path: string, { parse }: { parse: (body: unknown) => T }) => parse(body),
});
const topup_url = 'https://provider.example/topup';

test('the tab opens before the link is asked for, disowned, and then goes to it', async () => {
  const opened = stubWindowOpen();
  const signal = new AbortController().signal;
  const toppingUp = topUp(sessionThatAnswers({ topup_url }), { onReturn: vi.fn<() => void>(), signal });
  expect(opened).toMatchObject([{ url: '/oauth/opening.html', opener: null }]);
  await toppingUp;
  expect(opened).toMatchObject([{ url: topup_url, closed: false }]);
});

test('the balance is read again on return, until nobody looks any more', async () => {
  stubWindowOpen();
  const onReturn = vi.fn<() => void>();
  const watching = new AbortController();
  await topUp(sessionThatAnswers({ topup_url }), { onReturn, signal: watching.signal });
  window.dispatchEvent(new Event('focus'));
  expect(onReturn).toHaveBeenCalledTimes(1);
  watching.abort();
  window.dispatchEvent(new Event('focus'));
  expect(onReturn).toHaveBeenCalledTimes(1);
});

test('a link that is not safe is not opened, and the tab closes', async () => {
  const opened = stubWindowOpen();
  const answer = sessionThatAnswers({ topup_url: 'javascript:alert(1)' });
  const signal = new AbortController().signal;
  await expect(topUp(answer, { onReturn: vi.fn<() => void>(), signal })).rejects.toMatchObject({
    code: 'unsafe_topup_url',
  });
  expect(opened).toMatchObject([{ url: '/oauth/opening.html', closed: true }]);
});

test('a browser that opens no tab is said', async () => {
  vi.spyOn(window, 'open').mockReturnValue(null);
  const signal = new AbortController().signal;
  await expect(
    topUp(sessionThatAnswers({ topup_url }), { onReturn: vi.fn<() => void>(), signal }),
  ).rejects.toMatchObject({ code: 'tab_blocked' });
});

test.each([
  ['https://aihubmix.com/topup?x=1', true],
  ['http://localhost:4400/topup', true],
  ['http://aihubmix.com/topup', false],
  ['https://user@aihubmix.com/topup', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['//evil.example', false],
  ['', false],
])('%s: safe to open is %s', (url, isSafe) => {
  expect(isSafeTopupUrl(url)).toBe(isSafe);
});
