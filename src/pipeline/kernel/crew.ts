/** The other threads of a run, as the pipeline sees them: who starts them, and how they read the input, is not its business. */
import type { Statistics } from "../../domain/report.ts";
import type { ExportedAggregate, ExportedRegions } from "./kernel_aggregate.ts";
import type {
  ExportOrder,
  SegmentAnomalies,
  SegmentOrder,
  SegmentResult,
  ShareSettings,
  SummaryPart,
} from "./share.ts";
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { CsvWriter } from "../artifacts/csv_writer.ts";
import { Share } from "./share.ts";
import { Kernel } from "./kernel.ts";
import type { ReadAt } from "../run/source.ts";
import type { Scratch } from "../run/scratch.ts";

/** What can be asked of a thread, and what it answers. */
export interface CrewWork {
  begin: { order: ShareSettings; answer: null };
  run: { order: SegmentOrder; answer: SegmentResult };
  undo: { order: number; answer: null };
  export: { order: ExportOrder; answer: ExportedAggregate };
  import: { order: ExportedRegions[]; answer: number | null };
  summary: { order: number; answer: SummaryPart };
  detect: {
    order: { segments: readonly { index: number; lines: number }[]; statistics: Statistics };
    answer: SegmentAnomalies[];
  };
}

export type CrewTask = keyof CrewWork;

/** Threads that have opened the input of one run. */
export interface Crew {
  /** How many. */
  readonly size: number;
  /** Ask a thread. It does what it is asked in the order of asking. Rejects if the thread fails. */
  ask<Task extends CrewTask>(
    member: number,
    task: Task,
    order: CrewWork[Task]["order"],
  ): Promise<CrewWork[Task]["answer"]>;
  /** Resolves once all answers that were given by now have come in; a thread at work sees none of them. */
  answers(): Promise<void>;
}

/** What a thread does, wherever it runs. It keeps the kernel of its realm for good. */
export class CrewMember {
  readonly #kernel: Kernel;
  #share: Share | null = null;
  /** Used again for each segment: a buffer that is thrown away waits long in memory for its collection. */
  readonly #anomalies = new CsvWriter();

  constructor() {
    const kernel = Kernel.acquire();
    if (kernel === null) throw new Error("this thread has a crew member already");
    this.#kernel = kernel;
  }

  /** Do a task on the input that `readAt` reads. */
  work(
    task: CrewTask,
    order: unknown,
    readAt: ReadAt,
    scratch: Scratch | null,
  ): CrewWork[CrewTask]["answer"] {
    if (task === "begin") {
      this.#share = new Share(this.#kernel, order as ShareSettings, readAt, scratch);
      return null;
    }
    const share = this.#share!;
    switch (task) {
      case "run":
        return share.run(order as SegmentOrder);
      case "undo":
        share.undo(order as number);
        return null;
      case "export":
        return share.export(order as ExportOrder);
      case "import":
        return share.import(order as ExportedRegions[]);
      case "summary":
        return share.writeSummary(order as number);
      case "detect": {
        const { segments, statistics } = order as CrewWork["detect"]["order"];
        return segments.map(({ index, lines }) => {
          const anomalies = ArtifactStream.part("anomalies", this.#anomalies);
          const bytesReread = share.detect(index, statistics, lines, anomalies);
          return { bytes: anomalies.csv.take().slice(), rows: anomalies.rows, bytesReread };
        });
      }
    }
  }
}

/**
 * The buffers of an answer, to be handed over instead of copied: copies wait long for their collection, and memory would grow with the
 * input.
 */
export function buffersOf(task: string, answer: unknown): ArrayBuffer[] {
  switch (task) {
    case "run": {
      const { bytes, gaps } = (answer as SegmentResult).rejects;
      return handedOver([bytes, gaps]);
    }
    case "detect":
      return handedOver((answer as SegmentAnomalies[]).map(({ bytes }) => bytes));
    case "export":
      return handedOver((answer as ExportedAggregate).regions.flatMap(({ parts }) => parts));
    case "summary":
      return handedOver([(answer as SummaryPart).bytes]);
    default:
      return [];
  }
}

/** The same of an order. */
export function buffersOfOrder(task: string, order: unknown): ArrayBuffer[] {
  if (task !== "import") return [];
  return handedOver((order as ExportedRegions[]).flatMap(({ parts }) => parts));
}

function handedOver(views: readonly ArrayBufferView[]): ArrayBuffer[] {
  return views.map(({ buffer }) => buffer as ArrayBuffer)
    .filter(({ byteLength }) => byteLength > 0); // an empty one may be used again
}
