/** The passes over an input, as they can be made in more than one way: every engine comes to the same artifacts. */
import type { Statistics } from "../../domain/report.ts";
import { type Aggregated, aggregatePass } from "./aggregate_pass.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { cleanedPass } from "./cleaned_pass.ts";
import { detectPass } from "./detect_pass.ts";
import type { RunContext } from "./run_context.ts";

/** How an engine did it: the part of a report that may differ from run to run. */
export interface EngineFacts {
  engine: "plain" | "kernel";
  /** How many processor threads worked on it. */
  threads: number;
  /** Rows that the plain way took. */
  plain_rows: number;
  /** Bytes that were read a second time to find the anomalies. */
  reread_bytes: number;
}

/** One run's engine. */
export interface Engine {
  /** How often it expects to read the input, if there may be anomalies. Progress is measured by this. */
  readonly passes: number;
  /** The first pass: see `aggregatePass`. */
  aggregate(context: RunContext): Promise<Aggregated>;
  /** The second pass, of a run that has anomalies: see `detectPass`. */
  detect(context: RunContext, statistics: Statistics, anomalies: ArtifactStream): Promise<void>;
  /** The pass of a run that is asked for its accepted rows: see `cleanedPass`. */
  clean(context: RunContext, cleaned: ArtifactStream): Promise<void>;
  /** After the last pass. */
  facts(context: RunContext): EngineFacts;
  /** Free what the engine holds; nothing of `Aggregated` may be used afterwards. */
  release(): void;
}

/** Record by record, in TypeScript. */
export class PlainEngine implements Engine {
  readonly passes = 2;
  #aggregated: Aggregated | null = null;
  #rereadBytes = 0;

  async aggregate(context: RunContext): Promise<Aggregated> {
    return this.#aggregated = await aggregatePass(context);
  }

  async detect(
    context: RunContext,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ): Promise<void> {
    await detectPass(context, this.#aggregated!.sorter.header, statistics, anomalies);
    this.#rereadBytes = context.run.input.bytes;
  }

  async clean(context: RunContext, cleaned: ArtifactStream): Promise<void> {
    await cleanedPass(context, this.#aggregated!.sorter.header, cleaned);
  }

  facts({ tally }: RunContext): EngineFacts {
    return {
      engine: "plain",
      threads: 1,
      plain_rows: tally.rowsTotal,
      reread_bytes: this.#rereadBytes,
    };
  }

  release(): void {}
}
