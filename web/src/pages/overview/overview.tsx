// What there is to see at a glance: figures, the chart, and a panel for each question.

import { Behaviour } from "./behaviour";
import { Details } from "./details";
import { MainChart } from "./main-chart";
import { Devices, Pages, Sources } from "./panels";
import { Places } from "./places";

export default function Overview() {
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <div className="min-w-0 lg:col-span-2">
        <MainChart />
      </div>
      <Sources />
      <Pages />
      <Places />
      <Devices />
      <Behaviour />
      <Details />
    </div>
  );
}
