// The portal's record of a login, judged by OpenSSL: a second opinion on the whole way from the lock to the database.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("stored.py", import.meta.url));

/** Fails when the newest login in the portal's data folder is not of this algorithm or does not verify. */
export async function storedSignature(data, algorithm) {
  await promisify(execFile)("python3", [SCRIPT, data, algorithm], { timeout: 20_000 });
}
