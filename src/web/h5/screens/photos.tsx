/** @jsxImportSource preact */
/** Photos of the ID card: by the camera with a frame over it, or from the album; looked at before anything is sent. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { useJourney } from '../journey.ts';
import { useSay, type Pair } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Camera, hasCamera } from '../parts/camera.tsx';
import { FieldError } from '../parts/field.tsx';
import { Next } from '../parts/next.tsx';
import { Screen } from '../parts/screen.tsx';
import { Trouble, useTrying } from '../parts/trouble.tsx';
import { prepare, type PhotoFault } from '../photo/prepare.ts';
import type { PhotoKind, View } from '../types.ts';
import { useAt } from '../step.ts';

const NAMES: Readonly<Record<PhotoKind, Pair>> = {
  id_front: ['有头像的一面', 'The side with your face'],
  id_back: ['有国徽的一面', 'The side with the emblem'],
};
const FAULTS: Readonly<Record<PhotoFault, Pair>> = {
  not_a_photo: ['这个文件不是照片，请重拍或换一张。', 'This is not a photo; please take one or choose another.'],
  too_small: ['照片太小，号码看不清。请用手机直接拍，或选原图。', 'Too small to read the number. Take it with the phone, or choose the original.'],
  blurred: ['号码看不清：拿稳手机，靠近一点再拍。', 'The number is not readable: hold still and move closer.'],
  dark: ['太暗了：到亮一点的地方再拍。', 'Too dark: please find more light.'],
  glare: ['有反光：换个角度，避开灯光再拍。', 'There is glare: tilt the card away from the light.'],
};
/** Photos that a sandbox has of its own, for who has no card at hand. */
const SAMPLES: Readonly<Record<PhotoKind, string>> = { id_front: 'doc_sandbox_front', id_back: 'doc_sandbox_back' };
const UPLOAD_MS = 180_000;

interface Taken {
  readonly id: string;
  readonly url: string;
}
interface Uploaded {
  readonly id: string;
  readonly quality: { readonly ok: boolean; readonly problems: readonly { readonly message: string }[] };
}

export function PhotosStep() {
  const { config, kept, view, next } = useJourney();
  const say = useSay();
  const [taken, setTaken] = useState<Readonly<Partial<Record<PhotoKind, Taken>>>>({});
  const trying = useTrying(config.photos);
  const lacking = view?.needs.flatMap((need) => (need.kind === 'documents' ? need.kinds : [])) ?? config.photos;
  const submit = (): void => {
    const missing = lacking.filter((kind) => taken[kind] === undefined);
    if (missing.length > 0)
      return trying.set(Object.fromEntries(missing.map((kind) => [kind, say(['还没有这一面的照片。', 'This side is still missing.'])])));
    return void trying.attempt(async () => {
      const documents = Object.values(taken).map(({ id }) => id);
      const path = `/v1/applications/${kept?.id ?? ''}`;
      next(documents.length === 0 && view !== null ? view : await ask<View>('PATCH', path, { json: { documents } }), 'photos');
    });
  };
  const useSamples = (): void =>
    void trying.attempt(async () => {
      const documents = config.photos.map((kind) => SAMPLES[kind]);
      next(await ask<View>('PATCH', `/v1/applications/${kept?.id ?? ''}`, { json: { documents } }), 'photos');
    });
  return (
    <Screen
      {...useAt('photos')}
      title={say(['拍身份证', 'Photos of your ID card'])}
      lead={say(['四边对齐框线，放在深色桌面上，不要开闪光灯。', 'Line the edges up with the frame, on a dark table, without flash.'])}
      onSubmit={submit}
      action={<Next of={trying} />}
    >
      {config.photos.map((kind) => (
        <OnePhoto
          key={kind}
          kind={kind}
          taken={taken[kind]}
          known={!lacking.includes(kind)}
          missing={trying.errorAt(kind)}
          onTaken={(photo) => {
            trying.clear(kind);
            setTaken((now) => ({ ...now, [kind]: photo }));
          }}
        />
      ))}
      {config.mode === 'sandbox' ? (
        <Button look="quiet" busy={trying.busy} onTap={useSamples}>
          {say(['测试环境：用示例照片', 'Sandbox: use sample photos'])}
        </Button>
      ) : null}
    </Screen>
  );
}

interface OneOf {
  readonly kind: PhotoKind;
  readonly taken: Taken | undefined;
  readonly known: boolean;
  readonly missing: string | undefined;
  readonly onTaken: (photo: Taken) => void;
}

function OnePhoto({ kind, taken, known, missing, onTaken }: OneOf) {
  const say = useSay();
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [camera, setCamera] = useState(false);
  const trying = useTrying();
  const title = say(NAMES[kind]);
  useEffect(() => () => (taken === undefined ? undefined : URL.revokeObjectURL(taken.url)), [taken]);
  const look = (file: Blob): void => {
    setCamera(false);
    setFault(undefined);
    void trying.attempt(async () => {
      const { jpeg, fault: seen } = await prepare(file);
      if (seen !== null || jpeg === null) return setFault(say(FAULTS[seen ?? 'not_a_photo']));
      const form = new FormData();
      form.set('kind', kind);
      form.set('file', jpeg, `${kind}.jpg`);
      const uploaded = await ask<Uploaded>('POST', '/v1/documents', { form, again: true, timeoutMs: UPLOAD_MS });
      if (!uploaded.quality.ok) return setFault(uploaded.quality.problems.map(({ message }) => message).join(' '));
      return onTaken({ id: uploaded.id, url: URL.createObjectURL(jpeg) });
    });
  };
  return (
    <fieldset class={`field${(fault ?? missing) === undefined ? '' : ' wrong'}`}>
      <legend>{title}</legend>
      {camera ? <Camera kind={kind} onPhoto={look} onClose={() => setCamera(false)} /> : <Preview kind={kind} taken={taken} title={title} />}
      <p class="good" role="status">
        {trying.busy
          ? say(['正在看这张照片……', 'Looking at the photo…'])
          : taken !== undefined || known
            ? say(['清楚，已保存。', 'Clear, and saved.'])
            : ''}
      </p>
      <FieldError id={`${kind}-error`} error={fault ?? missing} />
      <Trouble of={trying} />
      {hasCamera() && !camera ? (
        <Button look="quiet" busy={trying.busy} onTap={() => setCamera(true)}>
          {taken === undefined ? say(['对着框拍', 'Take it with the frame']) : say(['重拍', 'Take it again'])}
        </Button>
      ) : null}
      <label class="button quiet pick">
        {say(['拍照或从相册选', 'Camera or album'])}
        <span class="hidden">{title}</span>
        <input
          type="file"
          accept="image/*"
          name={kind}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = '';
            if (file !== undefined) look(file);
          }}
        />
      </label>
    </fieldset>
  );
}

function Preview({ kind, taken, title }: { readonly kind: PhotoKind; readonly taken: Taken | undefined; readonly title: string }) {
  return <div class={`photo ${kind}`}>{taken === undefined ? <span class="frame" aria-hidden="true" /> : <img src={taken.url} alt={title} />}</div>;
}
