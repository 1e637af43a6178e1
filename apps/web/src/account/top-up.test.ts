import { expect, test, vi } from 'vitest';
import { stubWindowOpen } from '@oneclick/sign-in/test/stub-window-open.ts';
import { isSafeTopupUrl, topUp } from './top-up.ts';

const sessionThatAnswers = (body: unknown) => ({
  fetchWithAccessToken: async <T>(_path: string, { parse }: { parse: (body: unknown) => T }) => parse(body),
});
const topup_url = 'https://provider.example/topup';

test('the top-up tab opens without an opener before the API is asked for the link, then goes to it', async () => {
  const opened = stubWindowOpen();
  const toppingUp = topUp(sessionThatAnswers({ topup_url }));
  expect(opened).toMatchObject([{ url: '/oauth/opening.html', opener: null }]);
  await toppingUp;
  expect(opened).toMatchObject([{ url: topup_url, closed: false }]);
});

test('a top-up link that is not safe is not followed, and its tab closes', async () => {
  const opened = stubWindowOpen();
  const answer = sessionThatAnswers({ topup_url: 'javascript:alert(1)' });
  await expect(topUp(answer)).rejects.toMatchObject({
    code: 'unsafe_topup_url',
  });
  expect(opened).toMatchObject([{ url: '/oauth/opening.html', closed: true }]);
});

test('a blocked top-up tab is an error with its own code', async () => {
  vi.spyOn(window, 'open').mockReturnValue(null);
  await expect(topUp(sessionThatAnswers({ topup_url }))).rejects.toMatchObject({ code: 'tab_blocked' });
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
])('isSafeTopupUrl(%j) is %s', (url, isSafe) => {
  expect(isSafeTopupUrl(url)).toBe(isSafe);
});
