/** What a thread of a crew does: a share of the run, as it is asked to. */
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { CsvWriter } from "../artifacts/csv_writer.ts";
import type { ReadAt } from "../run/source.ts";
import type { Scratch } from "../run/scratch.ts";
import type { CrewTask, CrewWork } from "./crew.ts";
import { Kernel } from "./kernel.ts";
import type { ExportedRegions } from "./kernel_aggregate.ts";
import {
  type CleanOrder,
  type ExportOrder,
  type SegmentOrder,
  Share,
  type ShareSettings,
} from "./share.ts";

/** It keeps the kernel of its realm for good. */
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
      case "clean":
        return share.clean(order as CleanOrder);
      case "detect": {
        const { segments, statistics } = order as CrewWork["detect"]["order"];
        return segments.map((segment) => {
          const anomalies = ArtifactStream.part("anomalies", this.#anomalies);
          const bytesReread = share.detect(segment, statistics, anomalies);
          return { bytes: anomalies.csv.take().slice(), rows: anomalies.rows, bytesReread };
        });
      }
    }
  }
}
