import type { FirstTexts } from './en.ts';

/** The Korean texts of the first screens and of the sign-in. */
export const ko: FirstTexts = {
  app: {
    title: 'AIHubMix 원클릭 로그인',
    brand: '원클릭 로그인',
    language: '언어',
    theme: '테마',
    themeSystem: '시스템',
    themeLight: '라이트',
    themeDark: '다크',
    restoring: '로그인 상태를 확인하는 중…',
    balance: 'AIHubMix 잔액',
    tryAgain: '다시 시도',
    notLoadedTitle: '앱을 열 수 없습니다',
    notLoaded: '앱을 불러오지 못했습니다. 인터넷 연결을 확인한 뒤 다시 시도해 주세요.',
  },
  signedOut: {
    title: 'AIHubMix로 로그인',
    lead: '이미 쓰고 있는 AIHubMix 계정이면 됩니다. 새 비밀번호도, 가입 양식도 필요 없습니다.',
    signIn: 'AIHubMix로 로그인',
    signInAgain: '다시 로그인',
    windowLost:
      '로그인 창을 더 이상 확인할 수 없습니다. 창이 아직 열려 있다면 그 창에서 로그인을 마치고, 닫혔다면 다시 로그인해 주세요.',
    inAppBrowser: (app) =>
      `지금 ${app} 앱의 내장 브라우저를 사용하고 있습니다. 여기에서 AIHubMix 로그인이 되지 않으면 모서리의 메뉴를 눌러 평소 쓰는 브라우저로 이 페이지를 열어 주세요.`,
    passwordStays: '비밀번호는 AIHubMix 페이지에서만 입력합니다. 이 앱에는 전달되지 않습니다.',
    readOnly: '이 앱은 계정 정보와 잔액을 볼 수만 있습니다.',
  },
  signingIn: {
    openingTitle: 'AIHubMix를 여는 중…',
    openingWindow: '로그인 창을 여는 중입니다.',
    redirecting: '로그인하면 이 페이지로 돌아옵니다.',
    waitingTitle: 'AIHubMix 창에서 계속하세요',
    waiting:
      '그 창에서 로그인하면 이 페이지가 자동으로 이어집니다. 창이 보이지 않나요? 이 화면 뒤에 있을 수 있습니다. ‘창 다시 열기’를 누르면 다시 열 수 있습니다.',
    exchangingTitle: '로그인하는 중…',
    exchanging: 'AIHubMix에서 돌아왔습니다. 잠시만 기다려 주세요.',
    showWindow: '창 다시 열기',
    continueHere: '이 화면에서 계속',
    cancel: '취소',
  },
};
