/**
 * The worker that seals PDF documents.
 * @module
 */
import { PdfDocument, Placements, Runs, SealFile, start } from "./calock_seal_pdf.js";
import { serve } from "./seal/serve.js";

serve({ kind: "pdf", Document: PdfDocument, Placements, Runs, SealFile, start });
