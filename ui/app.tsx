/** The frame of every page: skip link, navigation, age of the data, banner. */
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Banner } from './components/banner.tsx';
import { DataAge } from './components/data-age.tsx';
import { type Page, pages } from './hash.ts';
import { DevicesPage } from './pages/devices/devices-page.tsx';
import { EnergyPage } from './pages/energy/energy-page.tsx';
import { HealthPage } from './pages/health/health-page.tsx';
import { NowPage } from './pages/now/now-page.tsx';
import { PeaksPage } from './pages/peaks/peaks-page.tsx';
import { PricesPage } from './pages/prices/prices-page.tsx';
import { ReadingsPage } from './pages/readings/readings-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { followHome, locale } from './state/home.ts';
import { followHash, pageAddress, route } from './state/route.ts';
import { texts } from './texts/texts.ts';
import { followTheme } from './theme/theme.ts';

/** To add a page, add a line here and its name in hash.ts. */
const views: Readonly<Record<Page, () => preact.JSX.Element>> = {
  now: NowPage,
  energy: EnergyPage,
  devices: DevicesPage,
  peaks: PeaksPage,
  prices: PricesPage,
  readings: ReadingsPage,
  health: HealthPage,
  settings: SettingsPage,
};

function Navigation() {
  const t = texts();
  const nav = useRef<HTMLElement>(null);
  const { page: current } = route.value;
  useEffect(() => {
    // On a phone the tabs scroll: the current one is centred.
    const tab = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current !== null && tab != null)
      nav.current.scrollLeft = tab.offsetLeft - (nav.current.clientWidth - tab.offsetWidth) / 2;
  }, [current]);
  return (
    <nav ref={nav} class="tabs" aria-label={t.nav}>
      {pages.map((page) => (
        <a
          key={page}
          class="tab"
          href={pageAddress(page)}
          aria-current={current === page ? 'page' : undefined}
        >
          {t.pages[page]}
        </a>
      ))}
    </nav>
  );
}

function App() {
  const t = texts();
  const { page } = route.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${t.pages[page]} · ${t.app}`;
    // Screen readers continue at the new page; on the first load the browser decides.
    if (isFirst.current) isFirst.current = false;
    else main.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [page, t]);
  useEffect(() => {
    document.documentElement.lang = t === undefined ? 'en' : (locale.value.language.split('-')[0] ?? 'en');
  }, [t]);
  const View = views[page];
  return (
    <>
      <header class="bar">
        <a
          class="skip"
          href={`${pageAddress(page)}`}
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          {t.skip}
        </a>
        <Navigation />
        <DataAge />
      </header>
      <Banner />
      <main ref={main} tabIndex={-1} class="page" data-page={page}>
        <View key={page} />
      </main>
    </>
  );
}

export function mount(root: HTMLElement): void {
  followTheme();
  followHash();
  followHome();
  render(<App />, root);
}
