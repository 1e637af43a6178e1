import { installedWebServers } from '@oneclick/stack/web-servers';
import { firefox, firefoxWith } from './firefox.ts';
import { createPerson, testSignInScenarios } from './sign-in-scenarios.ts';
import { expect, test } from './system.ts';

testSignInScenarios(firefox);

test.describe('Firefox with all cookies and site data blocked', () => {
  // The setting "All cookies (will cause websites to break)". It also refuses storage, channels and locks.
  const engine = firefoxWith({ 'network.cookie.cookieBehavior': 2 });
  test.skip(engine.missing !== undefined, engine.missing);

  test('Firefox with blocked cookies says so on the first screen, after a click and on the callback page', async ({
    system,
  }) => {
    const browser = await engine.launch();
    try {
      const profile = await browser.newProfile();
      const tab = await profile.newTab();
      const notice = () => tab.evaluate(`document.querySelector('[data-testid="notice"]')?.dataset.code`);
      await tab.goTo(system.origins.web);
      await expect.poll(notice).toBe('cookies_blocked');
      expect(await tab.evaluate('document.documentElement.dataset.session')).toBe('signed-out');

      await tab.click('[data-testid="sign-in"]');
      expect(await notice()).toBe('cookies_blocked');
      expect(await profile.tabs()).toHaveLength(1);

      // Cookies were blocked while the window was at the provider.
      await tab.goTo(`${system.origins.web}/oauth/callback.html?code=code-1&state=${'s'.repeat(43)}`);
      await expect.poll(() => tab.evaluate('document.body.innerText')).toContain('blocks cookies');
      await tab.click('button');
      await expect.poll(() => tab.evaluate('location.pathname').catch(() => undefined)).toBe('/');
      await expect.poll(() => notice().catch(() => undefined)).toBe('cookies_blocked');
    } finally {
      await browser.close();
    }
  });
});

test.describe('Firefox with third-party cookies blocked', () => {
  // The setting "All cross-site cookies (may cause websites to break)".
  const engine = firefoxWith({ 'network.cookie.cookieBehavior': 1 });
  test.skip(engine.missing !== undefined, engine.missing);
  test.skip(!installedWebServers.nginx, 'nginx is not installed');
  test.use({
    deployment: { server: 'nginx', hosts: { web: 'app.one.localhost', api: 'api.two.localhost' } },
    environment: { api: { OAUTH_SERVER_REDIRECT_URI: '' } },
  });

  test('with web app and API on two sites, a Firefox that blocks third-party cookies names the cause after the sign-in', async ({
    system,
  }) => {
    const browser = await engine.launch();
    try {
      const profile = await browser.newProfile();
      const tab = await profile.newTab();
      await tab.goTo(system.origins.web);
      const person = createPerson({ tab, profile });
      const popup = await person.clickSignIn();
      await popup.passProvider();
      await person.seesNotice('api_cookies_blocked');
      await person.seesSignedOut();
    } finally {
      await browser.close();
    }
  });
});
