import { useId } from "react";

/** One of a few: radio buttons drawn as one control, moved through with the arrow keys. */
export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
  stretch = false,
}: {
  label: string;
  options: readonly { value: T; text: string; spoken?: string }[];
  value: T;
  onChange: (value: T) => void;
  stretch?: boolean;
}) {
  const name = useId();
  return (
    <fieldset
      className={`flex rounded-md border border-line bg-ground p-0.5 ${stretch ? "w-full" : ""}`}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="relative flex-auto rounded-[5px] px-3 py-1 text-center text-[0.8125rem] whitespace-nowrap text-muted hover:text-ink has-checked:bg-panel has-checked:font-semibold has-checked:text-ink has-checked:shadow-[0_0_0_1px_var(--line),0_1px_2px_rgb(0_0_0/0.08)] has-focus-visible:outline-2 has-focus-visible:outline-race"
        >
          <input
            type="radio"
            className="sr-only"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            {...(option.spoken === undefined ? {} : { "aria-label": option.spoken })}
          />
          {option.text}
        </label>
      ))}
    </fieldset>
  );
}
