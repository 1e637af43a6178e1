/*
 * What a replaced `window.open` returns in place of a window that works, by name. Extensions and built-in browsers of
 * apps replace it.
 */

const anything: object = new Proxy(() => undefined, { get: () => anything });

/** A window as far as one can tell, with these differences. */
function almostAWindow(differences: object): object {
  const almost = {
    closed: false,
    close: () => undefined,
    location: { replace: () => undefined },
    get top(): object {
      return almost;
    },
  };
  return Object.defineProperties(almost, Object.getOwnPropertyDescriptors(differences));
}

export const BROKEN_WINDOWS: readonly [string, () => unknown][] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['an empty object', () => ({})],
  ['true', () => true],
  ['a text', () => 'blocked'],
  ['an object that has every property', () => anything],
  ['this window', () => window],
  ['a frame', () => almostAWindow({ top: window })],
  ['a window that is closed', () => almostAWindow({ closed: true })],
  ['a window without a location', () => almostAWindow({ location: undefined })],
  ['a window that cannot be sent anywhere', () => almostAWindow({ location: {} })],
  ['a window that cannot be closed', () => almostAWindow({ close: undefined })],
  ['a window that cannot be disowned', () => Object.freeze(almostAWindow({ opener: window }))],
  [
    'a window that refuses to be looked at',
    () =>
      almostAWindow({
        get closed() {
          throw new DOMException('', 'SecurityError');
        },
      }),
  ],
  [
    'a window that fails to navigate',
    () =>
      almostAWindow({
        location: {
          replace() {
            throw new DOMException('', 'SecurityError');
          },
        },
      }),
  ],
  [
    'an error',
    () => {
      throw new TypeError('window.open is disabled');
    },
  ],
];
