/** @jsxImportSource preact */
/** The way back from another device: an address that carries nothing; the phone's code opens it. */
import { useState } from 'preact/hooks';
import { useJourney } from '../journey.ts';
import { useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';

export function ContinueElsewhere() {
  const { config } = useJourney();
  const say = useSay();
  const [copied, setCopied] = useState<boolean | null>(null);
  const link = `${location.origin}/apply/${config.channel}#continue`;
  const copy = (): void => {
    const write = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error('no clipboard'));
    write.then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <details>
      <summary>{say(['换一台设备继续', 'Continue on another device'])}</summary>
      <p class="soft">
        {say([
          '在另一台设备上打开这个地址，用同一个手机号收验证码即可。地址里没有您的任何信息。',
          'Open this address there and confirm the code sent to the same phone. The address says nothing about you.',
        ])}
      </p>
      <p class="soft">{link}</p>
      <Button look="quiet" onTap={copy}>
        {copied === true ? say(['已复制', 'Copied']) : say(['复制地址', 'Copy the address'])}
      </Button>
    </details>
  );
}
