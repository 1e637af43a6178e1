import { createFakeSignInClient } from '@oneclick/sign-in/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { diagnose } from './diagnose.ts';

/** A client whose API can't be reached. */
function clientWith(status?: number) {
  const client = createFakeSignInClient();
  client.setSession({ status: 'loading', warning: { code: 'api_unreachable', ...(status && { status }) } });
  return client;
}

afterEach(() => {
  history.replaceState(null, '', '/');
  document.body.replaceChildren();
});

test('index.html served at /oauth/callback.html names the misconfiguration and removes the code from the address', () => {
  history.replaceState(null, '', '/oauth/callback.html?code=code-1&state=state-1');
  diagnose(clientWith());
  expect(document.querySelector('[role=alert]')?.textContent).toContain(
    'the server answers /oauth/callback.html with index.html',
  );
  expect(location.href).not.toMatch(/code-1|state-1/);
});

test.each([
  [undefined, /^\[sign-in\] \d+ ms http:\/\/localhost:3000\/api\/oauth\/ .*connect-src.* API_ORIGIN/],
  [502, /http:\/\/localhost:3000\/api\/oauth\/ was answered with status 502, but not by the API/],
])(
  '?debug names the address of an API that cannot be reached, and the likely causes: status %s',
  (status, text) => {
    const print = vi.spyOn(console, 'info').mockReturnValue();
    history.replaceState(null, '', '/?debug');
    diagnose(clientWith(status));
    expect(print).toHaveBeenCalledWith(expect.stringMatching(text));
    expect(document.querySelector('[role=alert]')).toBeNull();
  },
);
