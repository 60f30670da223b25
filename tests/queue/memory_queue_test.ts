import { MemoryQueue } from "../../src/queue/memory_queue.ts";
import { testQueueContract } from "../contract/queue_contract.ts";

testQueueContract("MemoryQueue", (onError) => {
  return Promise.resolve({
    queue: new MemoryQueue({ onError }),
    remove: () => Promise.resolve(),
  });
});
