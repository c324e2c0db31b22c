import { Stop } from "./stop";

export function NotFound() {
  return (
    <Stop title="There is no such page">
      <p>
        The address may be mistyped.{" "}
        <a href="/" className="text-race underline">
          To the sites
        </a>
      </p>
    </Stop>
  );
}
