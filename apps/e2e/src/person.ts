import { PATHS } from '@oneclick/shared/paths';
import { expect, type Locator, type Page } from '@playwright/test';

interface Account {
  username: string;
  password: string;
}

/** The first demo account of the local provider. */
export const DEMO: Account = { username: 'user123', password: 'one-click' };

/** A person who uses the app in one tab. */
export interface Person {
  page: Page;
  /** Returns the element with this data-testid. */
  see: (testId: string) => Locator;
  openApp: () => Promise<unknown>;
  /** Clicks the sign-in button and returns the window that opens. */
  clickSignIn: () => Promise<Page>;
  /** Moves the pointer to the button, and waits until the app knows where the provider is. */
  prepareSignIn: () => Promise<void>;
  enterPassword: (popup: Page, account?: Account) => Promise<void>;
  /** Signs in from the app's page, with password and consent, until the account is shown and the window has closed. */
  signIn: (account?: Account) => Promise<void>;
  seesAccount: (account?: { username: string }) => Promise<void>;
  seesSignedOut: () => Promise<void>;
  /** Sees the notice with this error code. */
  seesNotice: (code: string) => Promise<void>;
}

async function enterPassword(popup: Page, { username, password } = DEMO): Promise<void> {
  await popup.locator('[name=username]').fill(username);
  await popup.locator('[name=password]').fill(password);
  await popup.getByTestId('provider-sign-in').click();
}

export function createPerson({ page, system }: { page: Page; system: { origins: { web: string } } }): Person {
  const see = (testId: string) => page.getByTestId(testId);
  const root = page.locator('html');

  async function clickSignIn(): Promise<Page> {
    const [popup] = await Promise.all([page.waitForEvent('popup'), see('sign-in').click()]);
    return popup;
  }

  async function prepareSignIn(): Promise<void> {
    const started = page.waitForResponse((response) => response.url().endsWith(PATHS.start));
    await see('sign-in').hover();
    await (await started).finished();
  }

  async function seesAccount({ username }: { username: string } = DEMO): Promise<void> {
    await expect(see('username')).toHaveText(username);
    await expect(root).toHaveAttribute('data-session', 'signed-in');
  }

  return {
    page,
    see,
    openApp: () => page.goto(system.origins.web),
    clickSignIn,
    prepareSignIn,
    enterPassword,
    signIn: async (account = DEMO) => {
      const popup = await clickSignIn();
      const closed = popup.waitForEvent('close');
      await enterPassword(popup, account);
      await popup.getByTestId('provider-allow').click();
      await seesAccount(account);
      // The window shares a process with the app: when it closes, Chromium ends the offline emulation of both.
      await closed;
    },
    seesAccount,
    seesSignedOut: async () => {
      await expect(see('sign-in')).toBeVisible();
      await expect(root).toHaveAttribute('data-session', /^(signed-out|ended)$/);
    },
    seesNotice: (code) => expect(see('notice')).toHaveAttribute('data-code', code),
  };
}
