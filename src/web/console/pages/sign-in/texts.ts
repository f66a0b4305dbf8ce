import type { Texts } from '../../language.tsx';

export const texts = {
  zh: {
    title: '登录控制台',
    email: '邮箱',
    password: '密码',
    code: '动态验证码',
    codeHint: '验证器应用里显示的 6 位数字',
    enter: '登录',
    or: '或',
    sso: '用{{name}}登录',
    firstRun: '还没有管理员。启动服务的终端里打印了一次性链接，请用它设置第一个管理员。',
    sso_refused: '单点登录没有完成，请重试',
    sso_unknown: '这个账号不在团队里，请联系管理员邀请',
    sso_unavailable: '单点登录服务暂时连不上',
    lost: '忘记密码或换了手机？请管理员在“团队”页重置，你会收到新的链接。',
  },
  en: {
    title: 'Sign in to the console',
    email: 'Email',
    password: 'Password',
    code: 'Code',
    codeHint: 'The 6 digits your authenticator app shows',
    enter: 'Sign in',
    or: 'or',
    sso: 'Sign in with {{name}}',
    firstRun:
      'There is no administrator yet. A one-time link was printed in the terminal where the server was started; use it to set up the first one.',
    sso_refused: 'The single sign-on was not completed; try again',
    sso_unknown: 'This account is not in the team; ask an administrator for an invitation',
    sso_unavailable: 'The single sign-on provider does not answer',
    lost: 'Lost the password or the phone? An administrator can reset you on the Team page and gives you a new link.',
  },
} satisfies Texts;
