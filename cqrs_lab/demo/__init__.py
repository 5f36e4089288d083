"""One view alone on a page, for a room: `cqrs-lab demo lag`. It needs no notebook and no Jupyter server."""
