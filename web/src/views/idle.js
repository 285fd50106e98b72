// Work that takes longer than a frame, done a little at a time while the page stays in use.

// So many milliseconds of each slice leave time for what the reader does; what is shown is drawn anew less often.
const [SLICE, SHOWN] = [30, 250];
/**
 * Do the work again and again while it is wanted; `shown` is called now and then, and at the end.
 * @param {() => boolean} wanted
 * @param {() => void} work
 * @param {() => void} shown
 */
export function whileIdle(wanted, work, shown) {
  let drawn = performance.now();
  const slice = () => {
    if (!wanted()) return;
    const end = performance.now() + SLICE;
    do work();
    while (wanted() && performance.now() < end);
    if (!wanted() || performance.now() - drawn > SHOWN) {
      shown();
      drawn = performance.now();
    }
    setTimeout(slice);
  };
  setTimeout(slice);
}
