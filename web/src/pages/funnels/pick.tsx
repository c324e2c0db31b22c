import { SELECT } from "./condition";

/** One of several, with its label beside it. */
export function Pick({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly { id: string; text: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <label className="flex items-center gap-1.5 text-[0.8125rem] text-muted">
      {label}
      <select
        className={`${SELECT} max-w-52`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
