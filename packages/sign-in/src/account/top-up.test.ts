import { expect, test, vi } from 'vitest';
import { BROKEN_WINDOWS } from '../../test/broken-windows.ts';
import { stubWindowOpen } from '../../test/stub-window-open.ts';
import { isSafeTopupUrl, topUp } from './top-up.ts';

const answerWith =
  (body: unknown) =>
  async <T>(_path: string, { parse }: { parse: (body: unknown) => T }) =>
    parse(body);
const topup_url = 'https://provider.example/topup';

test('the tab opens before the request, disowned, and then goes to the link', async () => {
  const opened = stubWindowOpen();
  const toppingUp = topUp(answerWith({ topup_url }));
  expect(opened).toMatchObject([{ url: '/oauth/opening.html', opener: null }]);
  const tab = await toppingUp;
  expect(opened).toMatchObject([{ url: topup_url, closed: false }]);
  expect(tab.closed).toBe(false);
  opened[0]!.closed = true;
  expect(tab.closed).toBe(true);
});

test('a link that is not safe is not opened, and the tab closes', async () => {
  const opened = stubWindowOpen();
  await expect(topUp(answerWith({ topup_url: 'javascript:alert(1)' }))).rejects.toMatchObject({
    code: 'unsafe_topup_url',
  });
  expect(opened).toMatchObject([{ url: '/oauth/opening.html', closed: true }]);
});

test.each(BROKEN_WINDOWS)('a browser that returns %s in place of a tab opens none', async (_, open) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no Window on purpose
  vi.spyOn(window, 'open').mockImplementation(open as typeof window.open);
  await expect(topUp(answerWith({ topup_url }))).rejects.toMatchObject({ code: 'tab_blocked' });
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
