/** Sending one file. `XMLHttpRequest`, because `fetch` does not tell how much has been sent. */
import { element, outside } from "./elements.js";
import { size } from "./numbers.js";
import { Refusal } from "./service.js";

/**
 * Send a file as it is, with its progress shown in `item`. Resolves with the task.
 *
 * @throws {Refusal} the service refused it
 * @throws {Error} the upload broke off
 * @throws {null} the visitor stopped it
 */
export function send(file, options, item) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams(options);
    query.set("filename", file.name);
    const bar = element("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
    const words = element("span", { class: "quiet" }, "Uploading");
    const stop = element("button", { type: "button", class: "plain" }, "Stop");
    item.replaceChildren(
      element("div", { class: "row" }, outside(file.name, { class: "name" }), stop),
      bar,
      words,
    );
    stop.addEventListener("click", () => request.abort());
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.total > 0 ? event.loaded / event.total : 0;
      words.textContent = event.loaded < event.total
        ? `${size(event.loaded)} of ${size(event.total)} uploaded`
        : "Uploaded; the service is storing it";
    });
    request.addEventListener("abort", () => reject(null));
    request.addEventListener("error", () =>
      reject(
        new Error(
          "The upload broke off before the service had answered. Check that the service runs and that the file has not been changed or moved, then upload it again.",
        ),
      ));
    request.addEventListener("load", () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // A proxy's page or nothing at all: the status speaks.
      }
      if (request.status === 202 && body !== null) resolve(body);
      else reject(new Refusal(request.status, body));
    });
    request.open("POST", `/v1/tasks?${query}`);
    request.setRequestHeader("content-type", "text/csv");
    request.send(file);
  });
}
