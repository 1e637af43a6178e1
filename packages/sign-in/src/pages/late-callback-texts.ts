/* The texts of the callback page that most windows never show. A script of its own. */

export { LATE_CALLBACK_TEXTS } from './page-texts.ts';
