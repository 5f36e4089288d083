// Says so when the kernel does not answer: after a restart it has forgotten the widget, and the page cannot see that.
const PATIENCE_MILLISECONDS = 4000;
const NO_ANSWER = "No answer from the kernel yet. If it is busy, the answer will come. If it was restarted, run this cell again, after all the cells above it.";

// `waits()` after something was sent; `heard()` when the answer is there; `say(NO_ANSWER)` is called in between.
function patience(say) {
  let timer;
  const heard = () => clearTimeout(timer);
  const waits = () => {
    heard();
    timer = setTimeout(() => say(NO_ANSWER), PATIENCE_MILLISECONDS);
  };
  return { waits, heard };
}

