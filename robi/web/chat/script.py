"""The widget: `GET /chat.js`, one file that any page may load.

Owns its headers. It is looked at again at each request, as every file of the console is.
"""

from pathlib import Path

import trio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from robi.web.pages import ASK_EACH_TIME, File, response

WIDGET = Path(__file__).parents[1] / "widget" / "chat.js"
"""Where it is."""

_FOR_ANY_PAGE = {
    "access-control-allow-origin": "*",  # a module is always fetched with CORS
    "cross-origin-resource-policy": "cross-origin",
    **ASK_EACH_TIME,
}


def route(widget: Path = WIDGET) -> Route:
    """Return the route to the widget."""
    file = File(widget)

    async def endpoint(request: Request) -> Response:
        request.state.route = "/chat.js"
        content = await trio.to_thread.run_sync(file.content)
        return response(request, content, "text/javascript", _FOR_ANY_PAGE)

    return Route("/chat.js", endpoint, name="/chat.js")
