/** Free the memory of what is used no more: to have it collected takes too long. */
export function giveBack(...views: readonly ArrayBufferView[]): void {
  for (const { buffer } of views) {
    if (buffer.byteLength > 0) (buffer as ArrayBuffer).transfer(0);
  }
}
