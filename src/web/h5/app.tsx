/** @jsxImportSource preact */
/** The frame of the page: finds out where somebody left off, shows the screen of that place, and keeps the browser's way back working. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, credentials, onConnection, Refused } from './api.ts';
import { JourneyContext, doneOf, type Journey, type Place } from './journey.ts';
import { forget, forgetAll, keep, read, visitor, type KeptApplication } from './kept.ts';
import { useLanguage, useSay, type Pair } from './language.tsx';
import { Top } from './parts/top.tsx';
import { AgreeScreen } from './screens/agree.tsx';
import { FormStep } from './screens/form-step.tsx';
import { PhoneScreen } from './screens/phone.tsx';
import { StartScreen } from './screens/start.tsx';
import { StatusScreen } from './screens/status.tsx';
import { Loading, Unavailable } from './screens/waiting.tsx';
import type { PageConfig, View } from './types.ts';
import { channelOf, previewOf } from './visit.ts';
import type { PageStep } from '../../domain/page-variant.ts';

const channel = channelOf(location.pathname);
const preview = previewOf(location.search);
const APPLICATION = `application.${channel}`;
const WISH = `wish.${channel}`;
const OFFLINE: Pair = ['网络不通，恢复后自动继续……', 'No connection; going on by itself once it is back…'];

export function App() {
  const say = useSay();
  const [config, setConfig] = useState<PageConfig | null>(null);
  const [gone, setGone] = useState<'closed' | 'broken' | null>(null);
  const [tries, setTries] = useState(0);
  const [online, setOnline] = useState(true);
  useEffect(() => onConnection(setOnline), []);
  useEffect(() => {
    const looked = preview === null ? '' : `&preview=${encodeURIComponent(preview)}`;
    ask<PageConfig>('GET', `/v1/pages/${channel}?visitor=${visitor()}${looked}`).then(
      (found) => {
        credentials.key = found.key;
        if (preview !== null) return setConfig({ ...found, variant: null });
        setConfig(found);
        // Only a count; the page does not wait for it and says nothing when it fails.
        const json = { visitor: visitor(), ...(found.variant === null ? {} : { variant: found.variant }) };
        ask('POST', '/v1/visits', { json }).catch(() => undefined);
      },
      (error: unknown) => setGone(error instanceof Refused && error.status < 500 ? 'closed' : 'broken'),
    );
  }, [tries]);
  const again = (): void => {
    setGone(null);
    setTries(tries + 1);
  };
  return (
    <>
      {config?.mode === 'sandbox' ? (
        <p class="sandbox">{say(['测试环境：资金方是模拟的，不会真的放款', 'Sandbox: simulated funders, no real loans'])}</p>
      ) : null}
      {config !== null && preview !== null ? (
        <p class="sandbox">{say(['预览“{id}”：不计入版本数据', 'A look at “{id}”: counted for no variant'], { id: preview })}</p>
      ) : null}
      <Top />
      <p class="offline" role="status">
        {online ? '' : say(OFFLINE)}
      </p>
      {gone !== null ? (
        <Unavailable why={gone} again={again} />
      ) : config === null ? (
        <Loading />
      ) : (
        <Traveller config={config} lost={() => setGone('broken')} />
      )}
    </>
  );
}

function Traveller({ config, lost }: { readonly config: PageConfig; readonly lost: () => void }) {
  const journey = useJourneyOf(config, lost);
  if (journey === null) return <Loading />;
  return (
    <JourneyContext.Provider value={journey}>
      <Shown place={journey.place} />
    </JourneyContext.Provider>
  );
}

function Shown({ place }: { readonly place: Place }) {
  switch (place) {
    case 'start':
      return <StartScreen key={place} />;
    case 'phone':
      return <PhoneScreen key={place} />;
    case 'agree':
      return <AgreeScreen key={place} />;
    case 'status':
      return <StatusScreen key={place} />;
    default:
      return <FormStep key={place} step={place} />;
  }
}

/** `lost`: what is known of the application could not be read; it stays known. */
function useJourneyOf(config: PageConfig, lost: () => void): Journey | null {
  const { lang } = useLanguage();
  const { kept, keptNow, remember } = useKept();
  const [view, setView] = useState<View | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [wish, setWish] = useWish(config);
  const show = (next: Place, replace = false, hash?: string): void => {
    history[replace ? 'replaceState' : 'pushState']({ place: next }, '', hash);
    setPlace(next);
  };
  const take = (next: View, done: readonly PageStep[] = keptNow.current?.done ?? []): void => {
    remember({ id: next.id, token: next.client_token ?? keptNow.current?.token ?? '', done });
    setView(next);
  };
  const reload = async (): Promise<void> => {
    const id = keptNow.current?.id;
    if (id !== undefined) take(await ask<View>('GET', `/v1/applications/${id}`));
  };

  useEffect(() => {
    credentials.token = kept?.token ?? '';
    if (kept === null) return show(location.hash === '#continue' ? 'phone' : 'start', true);
    ask<View>('GET', `/v1/applications/${kept.id}`).then(
      (found) => {
        const done = found.status === 'draft' ? doneOf(config.steps, found, kept.done) : kept.done;
        take(found, done);
        show(placeFor(config, found, done), true);
      },
      (error: unknown) => {
        if (!(error instanceof Refused) || error.status !== 404) return lost();
        remember(null);
        return show('start', true);
      },
    );
    return undefined;
  }, []);
  useEffect(() => {
    // What the service says comes in the other language too.
    if (view !== null) void reload().catch(() => undefined);
  }, [lang]);
  useWayBack(setPlace);

  if (place === null) return null;
  return {
    config,
    view,
    kept,
    place,
    wish,
    setWish,
    go: (next, hash) => show(next, false, hash),
    take,
    next: (found, step) => {
      const done = [...new Set([...(keptNow.current?.done ?? []), step])];
      take(found, done);
      show(placeFor(config, found, done));
    },
    reload,
    leave: () => {
      remember(null);
      forgetAll(`answers.${config.channel}`);
      setView(null);
      show('start');
    },
  };
}

/** The first step that is not done, or what follows the form. */
function placeFor({ steps }: PageConfig, view: View, done: readonly PageStep[]): Place {
  return view.status !== 'draft' ? 'status' : (steps.find((step) => !done.includes(step)) ?? 'agree');
}

/** The browser's own way back, between the screens of the form. */
function useWayBack(setPlace: (change: (now: Place | null) => Place | null) => void): void {
  useEffect(() => {
    const back = (event: PopStateEvent): void => {
      const to = (event.state as { place?: Place } | null)?.place ?? 'start';
      // What has been submitted is not a form any more.
      setPlace((now) => (now === 'status' ? 'status' : to));
    };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
}

/** The application this device knows; `keptNow` is it without waiting for the next drawing. */
function useKept() {
  const [kept, setKept] = useState<KeptApplication | null>(() => read<KeptApplication>(APPLICATION));
  const keptNow = useRef(kept);
  const remember = (next: KeptApplication | null): void => {
    keptNow.current = next;
    credentials.token = next?.token ?? '';
    setKept(next);
    if (next === null) forget(APPLICATION);
    else keep(APPLICATION, next);
  };
  return { kept, keptNow, remember };
}

function useWish({ amount, terms }: PageConfig): [Journey['wish'], Journey['setWish']] {
  const [wish, setWish] = useState<Journey['wish']>(() => read<Journey['wish']>(WISH) ?? { amountFen: amount.preset_fen, months: terms.preset });
  return [
    wish,
    (next) => {
      keep(WISH, next);
      setWish(next);
    },
  ];
}
