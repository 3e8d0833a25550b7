/** The sources of the energy preferences that are not known, what that means, and what to do. */

import { mdiAlertCircleOutline } from '@mdi/js';
import type { UnknownSources as Sources } from '../../src/schemas/balance.ts';
import { texts } from '../texts/texts.ts';
import { Card } from './card.tsx';
import { Icon } from './icon.tsx';
import { ToSettings } from './states.tsx';

export function UnknownSources({ sources }: { sources: Sources }) {
  const t = texts();
  const words = t.unknownSources;
  if (sources.length === 0) return null;
  const isBalance = sources.some(({ role }) => role !== 'gas' && role !== 'water');
  const isUntracked = sources.some(({ reason }) => reason === 'not_tracked');
  return (
    <Card
      id="unknown-sources"
      title={
        <>
          <Icon path={mdiAlertCircleOutline} /> {isBalance ? words.title : words.titleOther}
        </>
      }
      data-unknown-sources={sources.length}
    >
      <p>{words.what}</p>
      <ul>
        {sources.map(({ statistic_id: id, role, reason }) => (
          <li key={`${id} ${role}`} data-source={id}>
            {t.roles[role]}: <code>{id}</code>. {words.why[reason]}
          </li>
        ))}
      </ul>
      {sources.some(({ reason }) => reason !== 'not_tracked') && <p>{words.toDo}</p>}
      {isUntracked && <ToSettings />}
    </Card>
  );
}
