/** The fields of a new grid connection: its name, its registers, its sensors. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api.ts';
import type { Action } from '../../components/action.tsx';
import { onSubmit, SelectField, TextField } from '../../components/fields.tsx';
import { entities, type ListedEntity, locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';

/** The same limit as in the API. */
const maxNameLength = 60;

/** Recorded entities of a unit; those of the likely role first. */
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

/** The fields as they are entered. */
interface Fields {
  readonly name: string;
  readonly offtake: readonly string[];
  readonly injection: readonly string[];
  readonly power: string;
  readonly peak: string;
}

const noFields: Fields = { name: '', offtake: [], injection: [], power: '', peak: '' };

export function ConnectionFields({ action, onDone }: { action: Action; onDone: () => void }) {
  const t = texts().connections;
  const [fields, setFields] = useState<Fields>(noFields);
  const change = (changed: Partial<Fields>) => setFields({ ...fields, ...changed });
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { language } = locale.value;
  const sensors = choices(/W$/, 'grid_power', language).map(
    ({ entity_id: id, friendly_name: name }) => [id, name] as const,
  );
  const save = () => {
    const { name, offtake, injection, power, peak } = fields;
    if (offtake.length === 0) return action.refuse(t.noOfftake);
    void action.run(async () => {
      const added = await api.addConnection({
        ...{ name, offtake: [...offtake], injection: [...injection] },
        ...{ power: power || null, meter_peak: peak || null },
      });
      onDone();
      return { text: t.added(added.name ?? added.id) };
    });
  };
  const registers = (label: string, role: ListedEntity['role'], key: 'offtake' | 'injection') => (
    <Ticks
      label={label}
      from={choices(energyUnit, role, language)}
      chosen={fields[key]}
      onChange={(chosen) => change({ [key]: chosen })}
    />
  );
  const sensor = (label: string, key: 'power' | 'peak') => (
    <SelectField
      label={label}
      value={fields[key]}
      none={t.noSensor}
      options={sensors}
      onPick={(id) => change({ [key]: id })}
    />
  );
  return (
    <form class="form" data-connection-form onSubmit={onSubmit(save)}>
      <TextField
        inputRef={first}
        label={t.name}
        name="name"
        required
        maxLength={maxNameLength}
        value={fields.name}
        onText={(name) => change({ name })}
      />
      {registers(t.offtake, 'grid_import', 'offtake')}
      {registers(t.injection, 'grid_export', 'injection')}
      {sensor(t.power, 'power')}
      {sensor(t.meterPeak, 'peak')}
      <div class="row">
        <button type="submit" class="button is-main" disabled={action.isBusy}>
          {action.isBusy ? t.working : t.save}
        </button>
        <button type="button" class="button" disabled={action.isBusy} onClick={onDone}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
