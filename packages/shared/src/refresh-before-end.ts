/**
 * Seconds before the end of an access token at which it counts as due for a refresh. AIHubMix asks its clients
 * for five minutes. The API refreshes in `POST /api/oauth/session` from this point on.
 *
 * @see https://docs.aihubmix.com/en/api/Auth
 * @example
 * const isDue = secondsLeft < REFRESH_BEFORE_END_SECONDS;
 */
export const REFRESH_BEFORE_END_SECONDS = 300;

/**
 * Seconds by which a page asks later than that. Both sides count whole seconds on clocks of their own: without the
 * margin, a page could ask a moment too early and get the same token back.
 *
 * @example
 * const askAtSecondsLeft = REFRESH_BEFORE_END_SECONDS - REFRESH_MARGIN_SECONDS;
 */
export const REFRESH_MARGIN_SECONDS = 10;
