// A country's flag where the system's fonts have flags, else its code: not every system has them,
// and a picture of each would weigh more than all the rest.

let drawn: boolean | null = null;

/** Whether flags come out as flags: the letters and boxes that stand in for them have no colour. */
function hasFlags(): boolean {
  if (drawn !== null) return drawn;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return (drawn = false);
  context.font = "14px sans-serif";
  context.fillText(flagOf("DE"), 0, 13);
  const { data } = context.getImageData(0, 0, 16, 16);
  drawn = false;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, , blue = 0, alpha = 0] = data.slice(at, at + 4);
    drawn ||= alpha > 128 && Math.abs(red - blue) > 60;
  }
  return drawn;
}

function flagOf(code: string): string {
  const letter = (at: number) => 0x1f1e6 + code.charCodeAt(at) - 65;
  return String.fromCodePoint(letter(0), letter(1));
}

/** Beside the country's name, or with a title that says it: the flag itself says nothing aloud. */
export function CountryFlag({ code }: { code: string }) {
  const known = /^[A-Z]{2}$/.test(code);
  if (known && hasFlags()) {
    return (
      <span aria-hidden="true" className="inline-block w-6 shrink-0 text-center">
        {flagOf(code)}
      </span>
    );
  }
  return (
    <span
      aria-hidden="true"
      className="inline-flex h-4.5 w-6 shrink-0 items-center justify-center rounded-sm bg-ground text-[0.625rem] font-semibold tracking-wide text-muted ring-1 ring-line"
    >
      {known ? code : "–"}
    </span>
  );
}
