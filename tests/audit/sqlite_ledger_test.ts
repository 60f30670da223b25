import { openLedger } from "../../src/audit/open_ledger.ts";
import { testLedgerContract } from "../contract/ledger_contract.ts";

testLedgerContract("SqliteLedger", async (system) => {
  const dir = await Deno.makeTempDir();
  return {
    open: () => openLedger(`${dir}/ledger.db`, system),
    remove: () => Deno.remove(dir, { recursive: true }),
  };
});
