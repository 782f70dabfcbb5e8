/**
 * The worker that seals OFD documents.
 * @module
 */
import { OfdDocument, Placements, SealFile, digest, start } from "./calock_seal.js";
import { serve } from "./seal/serve.js";

serve({ kind: "ofd", Document: OfdDocument, Placements, SealFile, digest, start });
