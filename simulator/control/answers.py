"""How a `/sim/...` address answers: JSON in, JSON out, and one status for each way to be wrong."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.phones import PhoneError
from simulator.refusals import Refusal

JSON = dict[str, Any]
Action = Callable[[Request, JSON], Awaitable[Any]]


class NotHereError(Exception):
    """No such phone, group, message, tap or file."""


def json_route(path: str, action: Action, method: str = "POST") -> Route:
    """404 for what is not there, 409 for what a person cannot do, 400 for a body that makes no sense."""

    async def on_request(request: Request) -> Response:
        try:
            body = await read_body(request) if method == "POST" else {}
            answer = await action(request, body)
        except NotHereError as problem:
            return JSONResponse({"error": str(problem)}, 404)
        except (PhoneError, Refusal) as problem:
            return JSONResponse({"error": str(problem)}, 409)
        except KeyError as problem:
            return JSONResponse({"error": f"{problem.args[0]} is missing"}, 400)
        except (ValueError, TypeError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return Route(f"/sim{path}", on_request, methods=[method])


async def read_body(request: Request) -> JSON:
    """A JSON object, or the fields of a form with files as (name, type, content)."""
    kind = request.headers.get("content-type", "")
    if kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        body: JSON = {}
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime_type = value.content_type or "application/octet-stream"
                    body[name] = (value.filename or "berkas", mime_type, await value.read())
                else:
                    body[name] = value
        return body
    body = await request.json() if await request.body() else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def after_and_wait(request: Request) -> tuple[int, float]:
    """`after`, a revision, and `wait`, real seconds to wait for a later one (at most 25)."""
    after = int(request.query_params.get("after", 0))
    return after, min(float(request.query_params.get("wait", 0)), 25.0)
