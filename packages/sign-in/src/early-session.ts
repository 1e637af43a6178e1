import { requestEarlySession } from './session/early-session-request.ts';

/* The first script of the page. The Vite plugin puts it into index.html, as an inline script. */

requestEarlySession();
