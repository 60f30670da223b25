/**
 * The other threads of a run, as the pipeline sees them: who starts them, and how they read the input, is not its business.
 *
 * Who starts them imports this before anything else is loaded, so it imports nothing but types.
 */
import type { Statistics } from "../../domain/report.ts";
import type { ExportedAggregate, ExportedRegions } from "./kernel_aggregate.ts";
import type {
  AnomaliesOrder,
  CleanOrder,
  ExportOrder,
  SegmentAnomalies,
  SegmentOrder,
  SegmentResult,
  SegmentRows,
  ShareSettings,
  SummaryPart,
} from "./share.ts";

/** What can be asked of a thread, and what it answers. */
export interface CrewWork {
  begin: { order: ShareSettings; answer: null };
  run: { order: SegmentOrder; answer: SegmentResult };
  undo: { order: number; answer: null };
  export: { order: ExportOrder; answer: ExportedAggregate };
  import: { order: ExportedRegions[]; answer: number | null };
  summary: { order: number; answer: SummaryPart };
  clean: { order: CleanOrder; answer: SegmentRows };
  detect: {
    order: { segments: readonly AnomaliesOrder[]; statistics: Statistics };
    answer: SegmentAnomalies[];
  };
}

export type CrewTask = keyof CrewWork;

/** Threads that have opened the input of one run. */
export interface Crew {
  /** How many. */
  readonly size: number;
  /** Ask a thread. It does what it is asked in the order of asking. Rejects if the thread fails. Buffers of the order (`buffersOfOrder`) are gone afterwards. */
  ask<Task extends CrewTask>(
    member: number,
    task: Task,
    order: CrewWork[Task]["order"],
  ): Promise<CrewWork[Task]["answer"]>;
  /** Resolves once all answers that were given by now have come in; a thread at work sees none of them. */
  answers(): Promise<void>;
}

/**
 * The buffers of an answer, to be handed over instead of copied: copies wait long for their collection, and memory would grow with the
 * input.
 */
export function buffersOf(task: string, answer: unknown): ArrayBuffer[] {
  switch (task) {
    case "run": {
      const { bytes, gaps } = (answer as SegmentResult).rejects;
      return buffersUnder([bytes, gaps]);
    }
    case "detect":
      return buffersUnder((answer as SegmentAnomalies[]).map(({ bytes }) => bytes));
    case "export":
      return buffersUnder((answer as ExportedAggregate).regions.flatMap(({ parts }) => parts));
    case "summary":
      return buffersUnder([(answer as SummaryPart).bytes]);
    case "clean":
      return buffersUnder([(answer as SegmentRows).bytes]);
    default:
      return [];
  }
}

/** The same of an order. */
export function buffersOfOrder(task: string, order: unknown): ArrayBuffer[] {
  switch (task) {
    case "clean":
      return buffersUnder([(order as CleanOrder).room]);
    case "import":
      return buffersUnder((order as ExportedRegions[]).flatMap(({ parts }) => parts));
    case "detect": {
      const { segments } = order as CrewWork["detect"]["order"];
      const parts = segments.flatMap(({ handedOver }) => handedOver?.candidates.parts ?? []);
      return buffersUnder(parts.flatMap(({ bytes }) => bytes ?? []));
    }
    default:
      return [];
  }
}

function buffersUnder(views: readonly ArrayBufferView[]): ArrayBuffer[] {
  return views.map(({ buffer }) => buffer as ArrayBuffer)
    .filter(({ byteLength }) => byteLength > 0); // an empty one may be used again
}
