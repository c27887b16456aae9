"""The interactive manual at /docs: Swagger UI as its package brings it, started by a script of our own."""

from fastapi import APIRouter
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from routes.pages import HTML, TEMPLATES

router = APIRouter(include_in_schema=False)

# Only the files are taken: the package's own page has an inline script.
PARTS = StaticFiles(packages=[("fastapi_swagger", "resources")])
# Swagger UI draws its icons from data: addresses.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@router.get("/docs")
async def manual() -> Response:
    """The page; what it shows it reads from /openapi.json."""
    page = TEMPLATES.get_template("manual.html").render()
    return Response(page, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY}, media_type=HTML)
