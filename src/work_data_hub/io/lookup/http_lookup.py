"""Company look-up over HTTP: one bounded question per name, an answer that is checked, a token that stays hidden."""

from typing import Annotated, Final

from pydantic import BaseModel, StringConstraints, ValidationError

from work_data_hub.domain.annuity.ports import MATCH_CONFIDENCE, OTHER_MATCH, CompanyLookup, LookupAnswer
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.io.web.calls import Call, Reply, WebCaller, refusal
from work_data_hub.utils.redaction import MASK

MAX_ANSWER_BYTES: Final = 262_144
_NO_CONTENT, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND = 204, 401, 403, 404
_SHOWN: Final = 80
_EXPECTED: Final = '{"matches": [{"company_id": 9 or 10 digits, "name": text, "match": text}]}'


class _Match(BaseModel):
    company_id: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{9,10}$")]
    name: Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00-\x1f\x7f]{1,400}$")]
    match: Annotated[str, StringConstraints(strict=True, max_length=40)] = OTHER_MATCH

    def answer(self) -> LookupAnswer:
        known = self.match if self.match in MATCH_CONFIDENCE else OTHER_MATCH
        return LookupAnswer(self.company_id, self.name, known)


class _Matches(BaseModel):
    matches: list[_Match]


class HttpCompanyLookup:
    """Asks a service GET {url}/companies?name=…, with a bearer token."""

    def __init__(self, url: str, token: str, timeout_s: float = 3.0) -> None:
        """Each question ends within `timeout_s` seconds, whatever the service does."""
        self._url = f"{url.rstrip('/')}/companies"
        self._token = token
        self._caller = WebCaller("the company look-up", url, timeout_s, max_bytes=MAX_ANSWER_BYTES)

    def find(self, name: str) -> LookupAnswer | None:
        """Give the best match of a cleaned name, the first of equals; None when nobody answers to it."""
        if not name.strip():
            return None
        headers = {"Accept": "application/json"}
        call = Call("GET", self._url, headers, params={"name": name}, bearer=self._token)
        found = self._matches(self._caller.send(call))
        return max(found, key=lambda answer: answer.confidence, default=None)

    def _matches(self, reply: Reply) -> list[LookupAnswer]:
        if reply.status in (_NO_CONTENT, _NOT_FOUND):
            return []
        if reply.status in (_UNAUTHORISED, _FORBIDDEN):
            raise PermanentError(
                f"{self._caller.service} does not accept the token (status {reply.status})",
                expected="a token that is younger than 30 minutes",
                fix="get a new one and set COMPANY_LOOKUP_TOKEN",
            )
        if refused := refusal(self._caller.service, reply):
            raise refused
        try:
            return [match.answer() for match in _Matches.model_validate_json(reply.body).matches]
        except ValidationError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: ValidationError) -> PermanentError:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"]) or "the answer"
        # a service may echo what it was sent
        shown = repr(first["input"]).replace(self._token, MASK)[:_SHOWN]
        return PermanentError(
            f"{self._caller.service} gave an answer that can't be taken: {at} is {shown}",
            expected=_EXPECTED,
            fix="check COMPANY_LOOKUP_URL, and tell those who run the service",
        )


def lookup_from(url: str | None, token: str | None, timeout_s: float = 3.0) -> CompanyLookup | None:
    """Give the look-up that the settings describe; None where it is switched off."""
    if not url or not token:
        return None
    return HttpCompanyLookup(url, token, timeout_s)
