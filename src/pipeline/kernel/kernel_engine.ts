/** The engine that takes plain records by the kernel and all others as the plain engine does. */
import type { Statistics } from "../../domain/report.ts";
import type { Aggregated } from "../run/aggregate_pass.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import type { Engine, EngineFacts } from "../run/engine.ts";
import type { RunContext } from "../run/run_context.ts";
import { Kernel } from "./kernel.ts";
import { kernelCleanedPass } from "./kernel_cleaned_pass.ts";
import { kernelDetectPass } from "./kernel_detect_pass.ts";
import { KERNEL_SIZES, type KernelSizes } from "./kernel_sizes.ts";
import { type KernelAggregated, kernelPass } from "./kernel_pass.ts";

export class KernelEngine implements Engine {
  readonly passes = 1;
  readonly #kernel: Kernel;
  readonly #sizes: KernelSizes;
  #aggregated: KernelAggregated | null = null;
  #rereadBytes = 0;

  private constructor(kernel: Kernel, sizes: KernelSizes) {
    this.#kernel = kernel;
    this.#sizes = sizes;
  }

  /** The engine, to be released; null while another run of this process has the kernel. */
  static acquire(sizes: KernelSizes = KERNEL_SIZES): KernelEngine | null {
    const kernel = Kernel.acquire();
    return kernel === null ? null : new KernelEngine(kernel, sizes);
  }

  /** The engine on a kernel that somebody else has acquired, and will release. */
  static over(kernel: Kernel, sizes: KernelSizes): KernelEngine {
    return new KernelEngine(kernel, sizes);
  }

  /** @param rejects where rejects go, if they were opened already */
  async aggregate(context: RunContext, rejects?: ArtifactStream): Promise<Aggregated> {
    return this.#aggregated = await kernelPass(context, this.#kernel, this.#sizes, rejects);
  }

  async detect(
    context: RunContext,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ): Promise<void> {
    const { sorter, candidates, markBytes } = this.#aggregated!;
    this.#rereadBytes = await kernelDetectPass(
      context,
      this.#kernel,
      this.#sizes,
      sorter.header,
      statistics,
      anomalies,
      candidates,
      markBytes,
    );
  }

  async clean(context: RunContext, cleaned: ArtifactStream): Promise<void> {
    const { header } = this.#aggregated!.sorter;
    await kernelCleanedPass(context, this.#kernel, this.#sizes, header, cleaned);
  }

  facts({ tally }: RunContext): EngineFacts {
    return {
      engine: "kernel",
      threads: 1,
      plain_rows: tally.rowsTotal - (this.#aggregated?.kernelRows ?? 0),
      reread_bytes: this.#rereadBytes,
    };
  }

  release(): void {
    this.#kernel.release();
  }
}
