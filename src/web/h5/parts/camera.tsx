/** @jsxImportSource preact */
/** The camera with a frame of the card's shape over it. What lies in the frame, and a little around it, is the photo. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useSay } from '../language.tsx';
import type { PhotoKind } from '../types.ts';
import { Button } from './button.tsx';

export function hasCamera(): boolean {
  return isSecureContext && typeof navigator.mediaDevices?.getUserMedia === 'function';
}

interface Of {
  readonly kind: PhotoKind;
  readonly onPhoto: (photo: Blob) => void;
  readonly onClose: () => void;
}

export function Camera({ kind, onPhoto, onClose }: Of) {
  const say = useSay();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'opening' | 'open' | 'refused'>('opening');
  useEffect(() => {
    let stream: MediaStream | null = null;
    let here = true;
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1_920 }, height: { ideal: 1_080 } } }).then(
      (found) => {
        stream = found;
        if (!here) return stop(found);
        if (video.current !== null) video.current.srcObject = found;
        return setState('open');
      },
      () => setState('refused'),
    );
    return () => {
      here = false;
      if (stream !== null) stop(stream);
    };
  }, []);
  const shoot = (): void => {
    const seen = video.current;
    if (seen === null || seen.videoWidth === 0) return;
    const canvas = document.createElement('canvas');
    // The box shows the middle of the picture, as wide as a card is long.
    const width = Math.min(seen.videoWidth, seen.videoHeight * 1.586);
    const height = width / 1.586;
    canvas.width = Math.round(width);
    canvas.height = Math.round(height);
    canvas
      .getContext('2d')!
      .drawImage(seen, (seen.videoWidth - width) / 2, (seen.videoHeight - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => (blob === null ? undefined : onPhoto(blob)), 'image/jpeg', 0.95);
  };
  if (state === 'refused')
    return (
      <p class="notice" role="alert">
        {say(['相机没有打开。请用下面的“拍照或从相册选”。', 'The camera did not open. Please use “Camera or album” below.'])}
      </p>
    );
  return (
    <div>
      <div class={`photo camera ${kind}`}>
        <video ref={video} autoplay playsInline muted aria-label={say(['相机画面', 'What the camera sees'])} />
        <span class="frame" aria-hidden="true" />
      </div>
      <Button busy={state === 'opening'} onTap={shoot}>
        {say(['拍下来', 'Take the photo'])}
      </Button>
      <Button look="link" onTap={onClose}>
        {say(['关闭相机', 'Close the camera'])}
      </Button>
    </div>
  );
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
