/** Sending the corrected rows of a task: a file like any other, with that task named as its parent. */
import { $, element } from "./elements.js";
import { upload } from "./uploading.js";

/** The button by which the corrected rows of a task are sent. */
export function correctedButton(task) {
  const button = element(
    "button",
    { type: "button", id: "send-corrected" },
    "Send the corrected rows",
  );
  button.addEventListener("click", () => {
    $("corrected").onchange = () => {
      upload([...$("corrected").files], { parent: task.id });
      // So that the same file, corrected once more, can be chosen again.
      $("corrected").value = "";
    };
    $("corrected").click();
  });
  return button;
}
