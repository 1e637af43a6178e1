import { PAGE_TEXTS } from './page-texts.ts';
import { preferredLocale } from './preferred-locale.ts';

/* What a new window shows until it goes to the provider. The window that opened it sends it on. */

const locale = preferredLocale(navigator.languages);
document.documentElement.lang = locale;
document.querySelector('p')!.textContent = PAGE_TEXTS[locale].opening.connecting;
