/**
 * Posting a sealed document. By XMLHttpRequest, because only that tells how much of a large file has gone.
 * @module
 */
import { CalockError } from "../errors.js";

/**
 * @param {Blob} file
 * @param {string} url
 * @param {{csrf?: string, signal?: AbortSignal, onProgress?: (part: number) => void}} [options]
 * @returns {Promise<object>} the portal's answer
 */
export function post(file, url, { csrf, signal, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-calock-name", encodeURIComponent(file.name ?? ""));
    if (csrf) request.setRequestHeader("x-calock-csrf", csrf);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded / total);
    request.onload = () => {
      const answer = request.response;
      if (request.status < 300) resolve(answer);
      else reject(new CalockError(answer?.code ?? "SUBMIT_FAILED", { phase: "verify", texts: answer?.message, detail: `HTTP ${request.status}` }));
    };
    request.onerror = () => reject(new CalockError("SUBMIT_FAILED"));
    request.onabort = () => reject(new CalockError("ABORTED"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
