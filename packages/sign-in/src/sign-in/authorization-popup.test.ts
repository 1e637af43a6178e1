import { WEB_PATHS } from '@oneclick/shared/paths';
import { afterEach, expect, test, vi } from 'vitest';
import { stubWindowOpen } from '../../test/stub-window-open.ts';
import { openAuthorizationPopup } from './authorization-popup.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['on the primary monitor', { screenX: 200, screenY: 100 }, 'left=550,top=200'],
  ['on a monitor left of the primary one', { screenX: -1920, screenY: 0 }, 'left=-1570,top=100'],
  ['on a monitor above the primary one', { screenX: 0, screenY: -1080 }, 'left=350,top=-980'],
  [
    'that is narrower than the sign-in window',
    { screenX: 0, screenY: 0, outerWidth: 400 },
    'left=-50,top=100',
  ],
])('the sign-in window opens in the middle of an app window %s', (_, appWindow, position) => {
  vi.stubGlobal('outerWidth', 1200);
  vi.stubGlobal('outerHeight', 800);
  for (const [name, value] of Object.entries(appWindow)) vi.stubGlobal(name, value);
  stubWindowOpen();
  openAuthorizationPopup(undefined);
  expect(window.open).toHaveBeenCalledWith(
    WEB_PATHS.opening,
    '_blank',
    `popup,width=500,height=600,${position}`,
  );
});

test('the response is taken out of the window only while it shows the callback page', () => {
  const [state, response] = ['state-1', { state: 'state-1', code: 'code-1' }];
  const opened = stubWindowOpen();
  const popup = openAuthorizationPopup(undefined);
  expect(popup?.takeResponse(state)).toBeUndefined();
  const takeFromPage = vi.fn<(wanted: string) => typeof response>(() => response);
  Object.assign(opened[0]!, { oneclickTakeResponse: takeFromPage });
  expect(popup?.takeResponse(state)).toBe(response);
  expect(takeFromPage).toHaveBeenCalledExactlyOnceWith(state);
  // A page of another origin.
  Object.defineProperty(opened[0]!, 'oneclickTakeResponse', {
    get() {
      throw new DOMException('cross-origin', 'SecurityError');
    },
  });
  expect(popup?.takeResponse(state)).toBeUndefined();
});
