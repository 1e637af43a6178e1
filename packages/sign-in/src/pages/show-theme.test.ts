import { beforeEach, expect, test, vi } from 'vitest';
import { showTheme } from './show-theme.ts';

const { dataset } = document.documentElement;

beforeEach(() => {
  localStorage.clear();
  delete dataset['theme'];
});

function setSystem({ isDark }: { isDark: boolean }): void {
  const system = Object.defineProperty(window.matchMedia('(prefers-color-scheme: dark)'), 'matches', {
    value: isDark,
  });
  vi.spyOn(window, 'matchMedia').mockReturnValue(system);
}

test.each([
  { remembered: 'light', isDark: true, shown: 'light' },
  { remembered: 'dark', isDark: false, shown: 'dark' },
  { remembered: 'system', isDark: true, shown: 'dark' },
  { remembered: null, isDark: false, shown: 'light' },
  { remembered: 'darker', isDark: true, shown: 'dark' },
])(
  'a window of a browser that remembers "$remembered" is $shown if the system is dark: $isDark',
  ({ remembered, isDark, shown }) => {
    if (remembered) localStorage.setItem('oneclick:theme', remembered);
    setSystem({ isDark });
    showTheme();
    expect(dataset['theme']).toBe(shown);
  },
);

test('where the browser refuses storage, the window has the theme of the system', () => {
  vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('refused', 'SecurityError');
  });
  setSystem({ isDark: true });
  showTheme();
  expect(dataset['theme']).toBe('dark');
});
