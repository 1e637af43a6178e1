import { preferredLocale } from '@oneclick/shared/preferred-locale';
import { PAGE_TEXTS } from './page-texts.ts';

/* The script of the page that a new window shows until the tab that opened it sends it to the provider. */

const locale = preferredLocale(navigator.languages, ['en', 'ko']);
document.documentElement.lang = locale;
document.querySelector('p')!.textContent = PAGE_TEXTS[locale].opening.connecting;
