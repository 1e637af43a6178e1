import { requestEarlySession } from './session/early-session-request.ts';

/* The first script of the page. The Vite plugin puts it into index.html. */

requestEarlySession();
