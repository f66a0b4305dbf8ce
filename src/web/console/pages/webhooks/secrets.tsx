import { Typography, type App } from 'antd';

/** Told once. */
export interface Secrets {
  readonly secret: string;
  readonly public_key: string;
}

/** Shows secrets the one time that they are told. */
export function showSecrets(
  modal: ReturnType<typeof App.useApp>['modal'],
  t: (key: 'rotated' | 'secret' | 'publicKey' | 'copied') => string,
  secrets: Secrets,
): void {
  modal.success({
    title: t('rotated'),
    width: 560,
    content: (
      <>
        <Typography.Paragraph>
          {t('secret')}:{' '}
          <Typography.Text code copyable>
            {secrets.secret}
          </Typography.Text>
        </Typography.Paragraph>
        <Typography.Paragraph>
          {t('publicKey')}:{' '}
          <Typography.Text code copyable>
            {secrets.public_key}
          </Typography.Text>
        </Typography.Paragraph>
        {t('copied')}
      </>
    ),
  });
}
