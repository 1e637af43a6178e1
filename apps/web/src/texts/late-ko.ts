import type { LateTexts } from './late-en.ts';

const OUR_FAULT =
  '저희 쪽에서 문제가 발생했습니다. 다시 시도해 주세요. 계속되면 아래 코드를 고객지원에 알려 주세요.';

/** The Korean texts of the account and of the errors. */
export const lateKo: LateTexts = {
  account: {
    title: '내 계정',
    loading: '계정 정보를 불러오는 중…',
    failed: '계정 정보를 불러오지 못했습니다.',
    username: '이름',
    email: '이메일',
    usage: '사용한 할당량',
    usageNumbers: ({ used, quota, share }) => `${quota} 중 ${used} 사용(${share})`,
    usedSoFar: (used) => `지금까지 ${used} 사용`,
    left: (share) => `${share} 남음`,
    runningLow: (share) => `잔액 부족: ${share} 남음`,
    usedUp: '모두 사용했습니다. 충전해 주세요.',
    inDebt: '잔액이 마이너스입니다. 충전해 주세요.',
    unlimited: '할당량 제한 없음',
    memberSince: '가입일',
    status: '상태',
    statusActive: '사용 중',
    statusInactive: '사용 중지',
    inactiveMeans:
      '이 AIHubMix 계정은 사용이 중지되어 앱에서 쓰지 못할 수 있습니다. 다시 사용하려면 AIHubMix에 문의해 주세요.',
    profileNotShared: '이름과 이메일을 이 앱과 공유하지 않았습니다.',
    balanceNotShared: '잔액을 이 앱과 공유하지 않았습니다.',
    refresh: '잔액 새로고침',
    refreshing: '새로고침 중…',
    topUp: '충전',
    topUpHint: '새 탭에서 AIHubMix가 열립니다.',
    signOut: '로그아웃',
    updatedAt: (time) => `${time}에 업데이트됨`,
    changed: ({ before, after }) => `잔액이 바뀌었습니다. 이전 ${before}, 현재 ${after}.`,
    unchanged: '잔액은 그대로입니다.',
    mayBeOutdated: (age) => `최신 정보가 아닐 수 있습니다. 마지막 업데이트: ${age}`,
  },
  error: {
    codeForSupport: '문의용 오류 코드:',
  },
  errors: {
    offline: '오프라인 상태입니다. 인터넷 연결을 확인해 주세요.',
    api_unreachable: '서버에 연결할 수 없습니다. 인터넷 연결을 확인한 뒤 다시 시도해 주세요.',
    not_answered_by_api: '지금은 서버가 응답할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    api_bad_answer: '서버의 응답을 이해할 수 없습니다. 페이지를 새로고침한 뒤 다시 시도해 주세요.',
    rate_limited: '요청이 너무 많습니다. 1분 뒤에 다시 시도해 주세요.',
    shutting_down: '서버를 다시 시작하고 있습니다. 잠시 후 다시 시도해 주세요.',
    origin_not_allowed: '보안을 위해 이 앱에서만 로그인할 수 있습니다. 원래 주소로 열어 주세요.',
    cookies_blocked:
      '브라우저가 쿠키를 차단하고 있어 로그인할 수 없습니다. 이 사이트의 쿠키를 허용한 뒤 페이지를 새로고침해 주세요.',
    api_cookies_blocked:
      '이 앱의 서버는 주소가 달라서 브라우저가 서버의 쿠키를 저장하지 않았습니다. 앱을 원래 주소로 열어 주세요. 이미 원래 주소라면 앱과 서버가 같은 사이트에 있어야 하며, 이는 운영자만 바꿀 수 있으니 고객지원에 문의해 주세요.',
    framed: '다른 페이지 안에서는 안전하게 로그인할 수 없습니다. 이 앱을 별도의 탭에서 열어 주세요.',

    window_closed: '로그인 창이 닫혔습니다. 계속하려면 다시 로그인해 주세요.',
    transaction_expired: '로그인에 10분 넘게 걸려 만료되었습니다. 다시 로그인해 주세요.',
    transaction_not_found:
      '이 브라우저에서 시작한 로그인이 아니거나 쿠키가 차단되어 있습니다. 이 사이트의 쿠키를 허용한 뒤 다시 로그인해 주세요.',
    transaction_replaced:
      '나중에 시작한 로그인으로 대체되었습니다. 가장 최근에 시작한 로그인을 마치거나 다시 로그인해 주세요.',
    transaction_invalid: '로그인을 마칠 수 없습니다. 다시 로그인해 주세요.',
    transaction_replayed: '이미 완료된 로그인입니다. 페이지를 새로고침하거나 다시 로그인해 주세요.',
    authorization_denied:
      'AIHubMix 페이지에서 접근을 허용하지 않으셨습니다. 공유된 정보는 없으며, 언제든지 다시 로그인할 수 있습니다.',
    authorization_failed: 'AIHubMix에서 로그인을 마치지 못했습니다. 잠시 후 다시 시도해 주세요.',
    code_rejected: 'AIHubMix가 이 로그인을 받아들이지 않았습니다. 다시 로그인해 주세요.',

    session_expired: '로그인이 만료되었습니다. 계속하려면 다시 로그인해 주세요.',
    session_refused: 'AIHubMix가 로그인을 연장하지 않았습니다. 계속하려면 다시 로그인해 주세요.',
    session_invalid: '로그인이 더 이상 유효하지 않습니다. 계속하려면 다시 로그인해 주세요.',
    no_session: '로그아웃된 상태입니다. 계속하려면 로그인해 주세요.',
    invalid_token: 'AIHubMix가 이 로그인을 더 이상 받아들이지 않습니다. 계속하려면 다시 로그인해 주세요.',
    refresh_in_progress: '로그인을 연장하고 있습니다. 잠시 후 다시 시도해 주세요.',
    insufficient_scope: '이 정보를 앱과 공유하지 않았습니다. 로그아웃한 뒤 다시 로그인하면서 허용해 주세요.',

    provider_unavailable: '지금은 AIHubMix에 연결할 수 없습니다. 1분 뒤에 다시 시도해 주세요.',
    provider_timeout: 'AIHubMix의 응답이 너무 오래 걸립니다. 1분 뒤에 다시 시도해 주세요.',
    provider_bad_response: 'AIHubMix의 응답을 처리할 수 없습니다. 1분 뒤에 다시 시도해 주세요.',
    provider_misconfigured:
      '이 앱의 AIHubMix 연동 설정이 올바르지 않습니다. 운영자만 고칠 수 있으니 고객지원에 문의해 주세요.',
    unsafe_topup_url: '충전 링크가 안전하지 않아 보여 열지 않았습니다. AIHubMix 웹사이트에서 충전해 주세요.',
    tab_blocked: '브라우저가 새 탭을 차단했습니다. 이 사이트의 팝업을 허용한 뒤 다시 시도해 주세요.',

    internal_error: OUR_FAULT,
    invalid_request: OUR_FAULT,
    csrf_header_missing: OUR_FAULT,
    not_found: OUR_FAULT,
    method_not_allowed: OUR_FAULT,
    payload_too_large: OUR_FAULT,
    unsupported_media_type: OUR_FAULT,
  },
};
