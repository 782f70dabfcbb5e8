/**
 * The worker that reads what can be seen of OFD documents, and finds words.
 * @module
 */
import { OfdPages, Runs, start } from "./calock_view.js";
import { serve } from "./seal/serve.js";

serve({ kind: "ofd", Document: OfdPages, Runs, start });
