import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/layout.css';
import 'uplot/dist/uPlot.min.css';
import './chart/chart.css';
import './components/combobox.css';
import './chart/bars.css';
import './components/data-table.css';
import './period/period.css';
import './pages/now/now.css';
import './pages/energy/energy.css';
import './pages/devices/devices.css';
import './pages/peaks/peaks.css';
import './pages/prices/prices.css';
import './pages/readings/readings.css';
import './pages/health/health.css';
import './pages/settings/settings.css';

/** Browsers without Temporal load the polyfill first; others do not load it. */
async function start(): Promise<void> {
  if (!('Temporal' in globalThis)) await import('temporal-polyfill/global');
  const { mount } = await import('./app.tsx');
  const root = document.getElementById('app');
  if (root === null) throw new Error('The page has no #app');
  mount(root);
}

void start();
