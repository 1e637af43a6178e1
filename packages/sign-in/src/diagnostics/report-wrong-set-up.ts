import { WEB_PATHS } from '@oneclick/shared/paths';
import { showSetUpProblem } from './show-set-up-problem.ts';

/** The callback page of this package contains this text, and the app's own page does not. */
const CALLBACK_PAGE_MARK = 'name="oneclick-page"';

/** Checks that the callback page is there and that it is not the app itself. */
export function reportWrongSetUp(): void {
  if (location.pathname === WEB_PATHS.callback) {
    // First of all: the code leaves the address and the history (RFC 9700 §4.3.1).
    history.replaceState(null, '', location.pathname);
    showSetUpProblem(
      `This is the app, in the place of the callback page: the server answers ${WEB_PATHS.callback} with index.html. ` +
        `The sign-in can't finish. ${REMEDY}`,
    );
  } else void checkCallbackPage();
}

async function checkCallbackPage(): Promise<void> {
  const response = await fetch(WEB_PATHS.callback).catch(() => undefined);
  if (!response) return;
  if (!response.ok) {
    showSetUpProblem(
      `There is no callback page: ${WEB_PATHS.callback} has status ${response.status}. ${REMEDY}`,
    );
  } else if (!(await response.text()).includes(CALLBACK_PAGE_MARK)) {
    showSetUpProblem(
      `The callback page is missing: the server answers ${WEB_PATHS.callback} with another page, probably the app's ` +
        `index.html. ${REMEDY}`,
    );
  }
}

const REMEDY =
  'Add the Vite plugin of @oneclick/sign-in/vite, which serves the page in development and builds it, or serve the ' +
  'built page without a fallback to index.html.';
