/** Which source of the energy preferences is not known, what that means, and what to do. */
import { mdiAlertCircleOutline } from '@mdi/js';
import type { UnknownSources as Sources } from '../../src/schemas/balance.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';
import { ToSettings } from './states.tsx';

export function UnknownSources({ sources }: { sources: Sources }) {
  const t = texts();
  const words = t.unknownSources;
  if (sources.length === 0) return null;
  const isBalance = sources.some(({ role }) => role !== 'gas' && role !== 'water');
  const isOurs = sources.some(({ reason }) => reason === 'not_tracked');
  return (
    <section class="card" aria-labelledby="unknown-sources-title" data-unknown-sources={sources.length}>
      <header>
        <h2 id="unknown-sources-title">
          <Icon path={mdiAlertCircleOutline} /> {isBalance ? words.title : words.titleOther}
        </h2>
      </header>
      <p>{words.what}</p>
      <ul>
        {sources.map(({ statistic_id: id, role, reason }) => (
          <li key={`${id} ${role}`} data-source={id}>
            {t.roles[role]}: <code>{id}</code>. {words.why[reason]}
          </li>
        ))}
      </ul>
      {sources.some(({ reason }) => reason !== 'not_tracked') && <p>{words.toDo}</p>}
      {isOurs && <ToSettings />}
    </section>
  );
}
