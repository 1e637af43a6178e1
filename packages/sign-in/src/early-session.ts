import { requestEarlySession } from './session/early-session-request.ts';

/* The first script of each page of the app. The Vite plugin puts it into the page, as an inline script. */

requestEarlySession();
