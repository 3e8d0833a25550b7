/** A new grid connection: its name, its registers by tick, its sensors by choice. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api.ts';
import type { Desk } from '../../components/desk.tsx';
import { entities, type ListedEntity, locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';

/** As the contract has it; the API says so too. */
const maxNameLength = 60;

/** What has the role comes first: it is what is looked for. */
function choices(unit: RegExp, first: ListedEntity['role'], language: string): ListedEntity[] {
  const found = (entities.data ?? []).filter(
    (entity) => entity.is_tracked && unit.test(entity.unit_of_measurement),
  );
  return found.sort(
    (a, b) =>
      Number(b.role === first) - Number(a.role === first) ||
      a.friendly_name.localeCompare(b.friendly_name, language),
  );
}

const energyUnit = /(Wh|J)$/;

function Ticks({
  label,
  from,
  chosen,
  onChange,
}: {
  label: string;
  from: readonly ListedEntity[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  return (
    <fieldset class="ticks">
      <legend>{label}</legend>
      <div>
        {from.map(({ entity_id: id, friendly_name: name }) => (
          <label key={id}>
            <span class="check">
              <input
                type="checkbox"
                value={id}
                checked={chosen.includes(id)}
                onChange={({ currentTarget: { checked } }) =>
                  onChange(checked ? [...chosen, id] : chosen.filter((one) => one !== id))
                }
              />
            </span>
            <span>
              {name}
              <small class="quiet">{id}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function ConnectionFields({ desk, onDone }: { desk: Desk; onDone: () => void }) {
  const t = texts().connections;
  const [name, setName] = useState('');
  const [offtake, setOfftake] = useState<readonly string[]>([]);
  const [injection, setInjection] = useState<readonly string[]>([]);
  const [power, setPower] = useState('');
  const [peak, setPeak] = useState('');
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { language } = locale.value;
  const sensors = choices(/W$/, 'grid_power', language);
  const save = () => {
    if (offtake.length === 0) return desk.refuse(t.noOfftake);
    void desk.attempt(async () => {
      const added = await api.addConnection({
        ...{ name, offtake: [...offtake], injection: [...injection] },
        ...{ power: power || null, meter_peak: peak || null },
      });
      onDone();
      return { text: t.added(added.name ?? added.id) };
    });
  };
  const sensor = (label: string, value: string, pick: (id: string) => void) => (
    <label class="field">
      <span>{label}</span>
      <select class="input" value={value} onChange={(event) => pick(event.currentTarget.value)}>
        <option value="">{t.noSensor}</option>
        {sensors.map(({ entity_id: id, friendly_name: title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form
      class="form"
      data-connection-form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <label class="field">
        <span>{t.name}</span>
        <input
          ref={first}
          class="input"
          name="name"
          required
          maxLength={maxNameLength}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <Ticks
        label={t.offtake}
        from={choices(energyUnit, 'grid_import', language)}
        chosen={offtake}
        onChange={setOfftake}
      />
      <Ticks
        label={t.injection}
        from={choices(energyUnit, 'grid_export', language)}
        chosen={injection}
        onChange={setInjection}
      />
      {sensor(t.power, power, setPower)}
      {sensor(t.meterPeak, peak, setPeak)}
      <div class="row">
        <button type="submit" class="button is-main" disabled={desk.isBusy}>
          {desk.isBusy ? t.working : t.save}
        </button>
        <button type="button" class="button" disabled={desk.isBusy} onClick={onDone}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
