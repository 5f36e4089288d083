// JupyterLab would take the arrow keys for itself and leave the cell. The keys that run a cell it may have.
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const runs = event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey);
    if (!runs) event.stopPropagation();
  });
}

