// Short names for what the API's description calls the pipeline's bodies. Null is what the process
// that answers does not know.

import type { Schemas } from "../../api/types";

export type PipelineState = Schemas["Pipeline"];
export type PipelineCheck = Schemas["PipelineCheck"];
export type Rejects = Schemas["Rejects"];
export type DeadLetters = Schemas["DeadLetters"];
