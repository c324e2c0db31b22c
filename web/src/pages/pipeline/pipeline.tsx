// How events come through the server: what arrives, what waits, what is stored, and what is not.

import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import { Failed } from "../../parts/answer";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { useNow } from "../../parts/use-now";
import { Lost } from "./lost";
import { Checks, PartsOfIt } from "./parts-of-it";
import type { PipelineState } from "./pipeline-shapes";
import { Heading, StateTiles } from "./state-tiles";
import { Throughput } from "./throughput";

const EVERY_MS = 2_000;

export default function Pipeline() {
  const { id } = useSite();
  const now = useNow();
  const pipeline = useQuery({
    queryKey: [id, "pipeline"],
    queryFn: ({ signal }) =>
      ask<PipelineState>(id, `/api/v1/pipeline?${new URLSearchParams({ site_id: id })}`, {
        signal,
      }),
    retry: false,
    networkMode: "always",
    refetchInterval: EVERY_MS, // also after a failure: it says by itself when the server is back
  });
  const { data: state, error } = pipeline;
  if (state === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Panel title="Pipeline">
        <Failed error={error} again={() => void pipeline.refetch()} />
      </Panel>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Heading state={state} now={now} away={error !== null} />
      <StateTiles state={state} />
      <Throughput state={state} />
      <Checks checks={state.checks} />
      <Lost state={state} />
      <PartsOfIt state={state} />
    </div>
  );
}

function Loading() {
  return (
    <div className="flex flex-col gap-4" aria-busy="true">
      <div className="h-8">
        <Skeleton className="h-4 w-80 max-w-full" />
      </div>
      <Skeleton className="h-24 w-full rounded-lg" />
      <Skeleton className="h-76 w-full rounded-lg" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-68 w-full rounded-lg" />
        <Skeleton className="h-68 w-full rounded-lg" />
      </div>
    </div>
  );
}
