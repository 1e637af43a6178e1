import { beforeAll, beforeEach, expect, test, vi } from 'vitest';

const { dataset } = document.documentElement;

let systemIsDark = false;
/** The preference of the system, as `matchMedia` reports it. */
const system = Object.defineProperty(window.matchMedia('(prefers-color-scheme: dark)'), 'matches', {
  get: () => systemIsDark,
});

beforeAll(async () => {
  vi.spyOn(window, 'matchMedia').mockReturnValue(system);
  const { followTheme } = await import('./theme.ts');
  followTheme();
});

beforeEach(() => {
  localStorage.clear();
  delete dataset['chosenTheme'];
  document.body.innerHTML =
    '<select data-testid="theme"><option>system<option>light<option>dark</select><select><option>dark</select>';
  setSystem({ isDark: false });
});

const select = () => document.querySelector('select')!;

function setSystem({ isDark }: { isDark: boolean }): void {
  systemIsDark = isDark;
  system.dispatchEvent(new Event('change'));
}

function choose(theme: string): void {
  select().value = theme;
  select().dispatchEvent(new Event('change', { bubbles: true }));
}

test('without a choice the theme is that of the system, and changes with it', () => {
  expect(dataset['theme']).toBe('light');
  setSystem({ isDark: true });
  expect(dataset['theme']).toBe('dark');
  expect(select().value).toBe('system');
});

test('a chosen theme replaces that of the system, and the browser remembers it', () => {
  choose('dark');
  expect(dataset['theme']).toBe('dark');
  expect(localStorage.getItem('oneclick:theme')).toBe('dark');
  choose('light');
  setSystem({ isDark: true });
  expect(dataset['theme']).toBe('light');
  choose('system');
  expect(dataset['theme']).toBe('dark');
});

test('a remembered value that is no theme is ignored', () => {
  localStorage.setItem('oneclick:theme', 'darker');
  window.dispatchEvent(new Event('storage'));
  expect(select().value).toBe('system');
});

test.each(['storage', 'pageshow'])(
  '"%s" shows the theme that another tab has chosen, also in the control',
  (type) => {
    localStorage.setItem('oneclick:theme', 'dark');
    window.dispatchEvent(new Event(type));
    expect(dataset['theme']).toBe('dark');
    expect(select().value).toBe('dark');
  },
);

test('where the browser refuses storage, the choice lasts as long as the page', () => {
  vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('refused', 'SecurityError');
  });
  choose('dark');
  expect(dataset['theme']).toBe('dark');
  window.dispatchEvent(new Event('pageshow'));
  expect(dataset['theme']).toBe('dark');
});

test('another control does not change the theme', () => {
  document.querySelectorAll('select')[1]!.dispatchEvent(new Event('change', { bubbles: true }));
  expect(dataset['theme']).toBe('light');
});

test('the bar of the browser has the colour of the page', () => {
  const meta = document.createElement('meta');
  meta.name = 'theme-color';
  document.head.append(meta);
  document.body.style.backgroundColor = 'rgb(15, 17, 26)';
  choose('dark');
  expect(meta.content).toBe('rgb(15, 17, 26)');
});
