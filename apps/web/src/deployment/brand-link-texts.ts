import type { Locale } from '@oneclick/shared/languages';

/** The links to pages of the operator. A language that lacks a text does not compile. */
export const BRAND_LINK_TEXTS: Record<Locale, Record<'terms' | 'help', string>> = {
  en: { terms: 'Terms', help: 'Help' },
  ko: { terms: '이용약관', help: '도움말' },
  ja: { terms: '利用規約', help: 'ヘルプ' },
  'zh-Hans': { terms: '服务条款', help: '帮助' },
};
