/**
 * The worker that seals PDF documents.
 * @module
 */
import { PdfDocument, Placements, SealFile, digest, start } from "./calock_seal_pdf.js";
import { serve } from "./seal/serve.js";

serve({ kind: "pdf", Document: PdfDocument, Placements, SealFile, digest, start });
