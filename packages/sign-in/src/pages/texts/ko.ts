import type { CallbackTexts, LateCallbackTexts, OpeningTexts } from '../page-texts.ts';

/* The Korean texts of the two pages of the sign-in window. */

export const callback: CallbackTexts = {
  working: '로그인하는 중…',
  done: '로그인되었습니다. 이 창을 닫아도 됩니다.',
  denied: '로그인이 완료되지 않았습니다. 이 창을 닫아도 됩니다.',
  cancelled: '로그인을 취소했습니다. 이 창을 닫아도 됩니다.',
};

export const lateCallback: LateCallbackTexts = {
  ended: 'AIHubMix에서 로그인을 종료했습니다. 이 창을 닫아도 됩니다.',
  unanswered: '로그인을 시작한 페이지가 응답하지 않습니다.',
  goneOn: '로그인이 다른 탭에서 계속되었습니다. 이 창을 닫아도 됩니다.',
  finish: '여기에서 로그인 마치기',
  nothing: '여기에서 마칠 로그인이 없습니다.',
  home: '앱으로 가기',
  cookiesBlocked:
    '이 브라우저가 쿠키를 차단하고 있어 로그인을 마칠 수 없습니다. 이 사이트의 쿠키를 허용한 뒤 다시 로그인해 주세요.',
};

export const opening: OpeningTexts = {
  connecting: 'AIHubMix에 연결하는 중…',
  nothingHappens: '앱이 응답하지 않습니다. 앱으로 돌아가서 다시 시도해 주세요.',
  home: '앱으로 가기',
};
