import { setTimeout as delay } from 'node:timers/promises';
import { PATHS } from '@oneclick/shared/paths';
import type { Engine, EngineBrowser, EngineProfile, EngineTab } from './engine.ts';
import { DEMO } from './person.ts';
import { expect, type System, test } from './system.ts';

/** Runs in the tab: from now on, `posted` contains the type of each message that the tab posts. */
export const RECORD_POSTED = `(() => {
  const { postMessage } = BroadcastChannel.prototype;
  globalThis.posted = [];
  BroadcastChannel.prototype.postMessage = function (message) {
    posted.push(message.type);
    postMessage.call(this, message);
  };
})()`;

/** What a tab posts that takes the response by a call. It answers `done` to an `arrived` that the page has repeated. */
export const POSTED_AFTER_CALL = /^(?:done,)*signed-in$/;

/** Tests the main sign-in paths in another engine. `sign-in.test.ts` covers more paths in Chromium. */
export function testSignInScenarios(engine: Engine): void {
  test.describe(engine.name, () => {
    test.skip(engine.missing !== undefined, engine.missing);

    let browser: EngineBrowser;
    let profile: EngineProfile;
    test.beforeAll(async () => {
      browser = await engine.launch();
    });
    test.afterAll(async () => browser?.close());
    test.beforeEach(async () => {
      profile = await browser.newProfile();
    });
    test.afterEach(async () => profile?.close());

    const newPerson = async (system: System) => {
      const tab = await profile.newTab();
      await tab.goTo(system.origins.web);
      return createPerson({ tab, profile });
    };

    test(`${engine.name} signs in, reloads, signs out and signs in again`, async ({ system }) => {
      const alice = await newPerson(system);
      await alice.seesSignedOut();
      expect(await alice.readAll()).not.toContain('too old');
      const popup = await alice.clickSignIn();
      await popup.passProvider();
      await alice.seesAccount();
      await expect.poll(() => alice.read('balance')).toBe('750.00');
      await expect.poll(async () => (await profile.tabs()).length).toBe(1);

      await alice.tab.goTo(system.origins.web);
      await alice.seesAccount();
      await alice.signOut();
      const again = await alice.clickSignIn();
      await again.allow();
      await alice.seesAccount();
    });

    test(`${engine.name} opens a prepared window at the provider, disowned, and signs in`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      await alice.seesSignedOut();
      await alice.tab.evaluate("document.querySelector('[data-testid=sign-in]').focus()");
      const isStarted = `performance.getEntriesByType('resource').some(
        ({ name, responseEnd }) => name.endsWith('${PATHS.start}') && responseEnd > 0)`;
      await expect.poll(() => alice.tab.evaluate(isStarted)).toBe(true);
      const popup = await alice.clickSignIn();
      await popup.sees('provider-sign-in');
      expect(await popup.tab.evaluate('window.opener')).toBeNull();
      await popup.passProvider();
      await alice.seesAccount();
      await expect.poll(async () => (await profile.tabs()).length).toBe(1);
    });

    test(`${engine.name} takes the response out of the window, without a message to it`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      await alice.seesSignedOut();
      await alice.tab.evaluate(RECORD_POSTED);
      const popup = await alice.clickSignIn();
      await popup.passProvider();
      await alice.seesAccount();
      expect(await alice.tab.evaluate('posted.join()')).toMatch(POSTED_AFTER_CALL);
    });

    test(`${engine.name} brings the button back after a closed window, and shows a notice after a denial`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      const first = await alice.clickSignIn();
      await first.sees('provider-sign-in');
      await first.tab.close();
      await alice.seesSignedOut();

      const second = await alice.clickSignIn();
      await second.enterPassword();
      await second.click('provider-deny');
      await alice.seesNotice('authorization_denied');
      await alice.seesSignedOut();
      await expect.poll(async () => (await profile.tabs()).length).toBe(1);
    });

    test(`${engine.name} signs in two tabs at the same time in reverse order, and signs both out`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      const other = await newPerson(system);
      const first = await alice.clickSignIn();
      const second = await other.clickSignIn();
      await first.enterPassword();
      await second.enterPassword();
      await second.allow();
      await other.seesAccount();
      await first.allow();
      await alice.seesAccount();
      await other.seesAccount();

      await alice.signOut();
      await other.seesSignedOut();
    });

    test(`${engine.name} signs in a second tab that was signed out`, async ({ system }) => {
      const other = await newPerson(system);
      await other.seesSignedOut();
      const alice = await newPerson(system);
      const popup = await alice.clickSignIn();
      await popup.passProvider();
      await alice.seesAccount();
      await other.seesAccount();
    });

    test(`${engine.name} continues the sign-in in the same tab and returns to the same page`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      await alice.tab.goTo(`${system.origins.web}/?from=here`);
      const popup = await alice.clickSignIn();
      await popup.sees('provider-sign-in');
      await alice.click('continue-here');
      await alice.passProvider();
      await alice.seesAccount();
      expect(await alice.tab.evaluate('location.href')).toBe(`${system.origins.web}/?from=here`);

      await popup.passProvider();
      await expect.poll(() => popup.readAll()).toContain('has continued in another tab');
    });

    test(`${engine.name} continues the sign-in in the same tab if it blocks the window`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      await alice.seesSignedOut();
      // This click has no user gesture, so the browser blocks the window.
      await alice.tab.evaluate(`void setTimeout(() => ${element('sign-in')}.click(), 1500)`);
      await delay(1500);
      await alice.passProvider();
      await alice.seesAccount();
      expect(await profile.tabs()).toHaveLength(1);
    });

    test(`${engine.name} gives up a request for the session that is never answered, and "Try again" restores it`, async ({
      system,
    }) => {
      const alice = await newPerson(system);
      const popup = await alice.clickSignIn();
      await popup.passProvider();
      await alice.seesAccount();
      system.wires.api.break(PATHS.session, 'hang');
      await alice.tab.goTo(system.origins.web);
      // WebKit may collect the time-out of a signal that nobody holds. The garbage invites it to collect.
      const code = `[Array.from({ length: 100 }, () => Array(1e5).fill(0)), ${element('notice')}?.dataset.code][1]`;
      const noticeCode = () => alice.tab.evaluate(code).catch(() => undefined);
      await expect.poll(noticeCode, { timeout: 30_000 }).toBe('api_unreachable');

      system.wires.api.mend();
      // The page also retries by itself, and may have been faster.
      await alice.tab.evaluate(`${element('try-again')}?.click()`);
      await alice.seesAccount();
    });

    test.describe('with a Cross-Origin-Opener-Policy of the provider', () => {
      test.use({ environment: { provider: { OPENER_POLICY: 'same-origin' } } });

      test(`${engine.name} completes the sign-in and closes the window despite the provider's Cross-Origin-Opener-Policy`, async ({
        system,
      }) => {
        const alice = await newPerson(system);
        const popup = await alice.clickSignIn();
        await popup.sees('provider-sign-in');
        // The window is open, but to the app it looks closed.
        await alice.seesSignedOut();
        await popup.passProvider();
        await alice.seesAccount();
        await expect.poll(async () => (await profile.tabs()).length).toBe(1);
      });
    });
  });
}

const element = (testId: string) => `document.querySelector('[data-testid="${testId}"]')`;

/** A person who acts in one tab or window. */
interface Person {
  tab: EngineTab;
  /** Returns the text of the element, or undefined if there is none. */
  read: (testId: string) => Promise<unknown>;
  /** Returns the text of the page. */
  readAll: () => Promise<unknown>;
  sees: (testId: string) => Promise<void>;
  click: (testId: string) => Promise<void>;
  /** Clicks the button and returns the person in the window that opens. */
  clickSignIn: () => Promise<Person>;
  enterPassword: () => Promise<void>;
  allow: () => Promise<void>;
  /** Enters the password and consents. */
  passProvider: () => Promise<void>;
  signOut: () => Promise<void>;
  seesAccount: () => Promise<void>;
  seesSignedOut: () => Promise<void>;
  seesNotice: (code: string) => Promise<void>;
}

export function createPerson({ tab, profile }: { tab: EngineTab; profile: EngineProfile }): Person {
  /** Returns undefined if the element or the page does not exist. */
  const evaluate = (expression: string): Promise<unknown> => tab.evaluate(expression).catch(() => undefined);
  const read = (testId: string) => evaluate(`${element(testId)}?.textContent`);
  const readAll = () => evaluate('document.body.innerText');
  const sees = (testId: string) => expect.poll(() => evaluate(`${element(testId)} !== null`)).toBe(true);
  const seesSession = (expected: RegExp) =>
    expect.poll(() => evaluate('document.documentElement.dataset.session')).toMatch(expected);

  async function click(testId: string): Promise<void> {
    await sees(testId);
    await tab.click(`[data-testid="${testId}"]`);
  }

  async function clickSignIn(): Promise<Person> {
    await sees('sign-in');
    const before = await profile.tabs();
    await click('sign-in');
    const opened = async () => (await profile.tabs()).find((candidate) => !before.includes(candidate));
    await expect.poll(opened).toBeDefined();
    return createPerson({ tab: (await opened())!, profile });
  }

  async function enterPassword(): Promise<void> {
    await sees('provider-sign-in');
    await tab.fill('[name=username]', DEMO.username);
    await tab.fill('[name=password]', DEMO.password);
    await click('provider-sign-in');
    await sees('provider-allow');
  }

  const allow = () => click('provider-allow');

  async function passProvider(): Promise<void> {
    await enterPassword();
    await allow();
  }

  async function seesSignedOut(): Promise<void> {
    await seesSession(/^(signed-out|ended)$/);
    await sees('sign-in');
  }

  async function signOut(): Promise<void> {
    await click('sign-out');
    await seesSignedOut();
  }

  async function seesAccount(): Promise<void> {
    await seesSession(/^signed-in$/);
    await expect.poll(() => read('username')).toBe(DEMO.username);
  }

  const seesNotice = (code: string) =>
    expect.poll(() => evaluate(`${element('notice')}?.dataset.code`)).toBe(code);

  return {
    tab,
    read,
    readAll,
    sees,
    click,
    clickSignIn,
    enterPassword,
    allow,
    passProvider,
    signOut,
    seesAccount,
    seesSignedOut,
    seesNotice,
  };
}
