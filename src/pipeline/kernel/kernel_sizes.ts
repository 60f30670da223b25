/** Sizes of a run with the kernel. They decide speed and memory and nothing else: tests make them tiny. */
import { WALK_SIZES, type WalkSizes } from "./record_walk.ts";

export interface KernelSizes extends WalkSizes {
  /** Bytes of candidates that one run keeps in memory, over all its threads. */
  keptBytesMax: number;
}

export const KERNEL_SIZES: Readonly<KernelSizes> = {
  ...WALK_SIZES,
  keptBytesMax: 16 * 1024 * 1024, // some 260,000 of common length
};
