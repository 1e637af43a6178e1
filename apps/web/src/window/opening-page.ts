import { opening as en } from '../texts/window/en.json';
import { opening as ko } from '../texts/window/ko.json';
import { preferredLocale } from '../texts/locale.ts';

/* What a new window shows until it goes to the provider. The window that opened it sends it on. */

const locale = preferredLocale(navigator.languages);
document.documentElement.lang = locale;
document.querySelector('p')!.textContent = { en, ko }[locale].connecting;
