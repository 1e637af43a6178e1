import { preferredLocale } from '@oneclick/shared/preferred-locale';
import { PAGE_TEXTS } from './page-texts.ts';

/* What a new window shows until it goes to the provider. The window that opened it sends it on. */

const locale = preferredLocale(navigator.languages, ['en', 'ko']);
document.documentElement.lang = locale;
document.querySelector('p')!.textContent = PAGE_TEXTS[locale].opening.connecting;
