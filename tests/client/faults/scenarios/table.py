"""What a server or a network does in each case of the contract, in one form or in several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from types import MappingProxyType

from client.faults.called_operations import GENERATE, GET, LIST, RENEWED, SET_LABELS, UPDATE, WORKS
from client.faults.certificates import untrusted
from client.faults.scenarios.building_blocks import (
    HTTPS,
    Make,
    Scene,
    always,
    joined,
    once,
    page,
    played,
    said,
    then,
    tls,
    well,
)
from client.faults.scenarios.connections import (
    BEFORE,
    SHORT,
    SILENT,
    WITHIN,
    body_drips,
    closed,
    deaf,
    headers_drip,
    resetting,
    silent,
    unnamed,
)
from client.faults.scenarios.redirects import ELSEWHERE, HERE, linked, moved
from client.faults.scenarios.refusals import (
    BILLION,
    PRIMARY,
    UNSAID,
    dated,
    expired,
    failing,
    limited,
    primary,
    signing_in,
    unavailable,
)
from client.faults.scenarios.unreadable_responses import (
    BROKEN,
    FOREIGN,
    FRAME,
    INSIDE,
    ITEM,
    LABEL,
    NO_TEXT,
    OBJECT,
    Change,
    Places,
    bomb,
    chunked,
    long,
    missing,
    null,
    odd,
    other,
    telling,
)
from client.runtime_api import TOKEN
from ghrunners import Timeout

_DAYS = 2 * 86_400.0
_TOLD = (primary(45), primary(45, 429), dated(45))
_SLOW_DOWN = limited(30.0, {"Retry-After": "30"})
# One call of each kind, where each takes its time; those that reply with JSON.
_FEW = (LIST, SET_LABELS, GENERATE)


def _moved(places: Sequence[str], *statuses: int) -> Iterator[Make]:
    """Redirect to each place, with one status after the other."""
    return (moved(status, place) for place, status in zip(places, cycle(statuses), strict=False))


def _odd(places: Places, *changes: Change) -> Scene:
    """Spoil one value in the reply of each call that has a place for it."""
    scene = always(*(odd(places, change) for change in changes))
    return scene.only(*(work for work in (*WORKS, GET, UPDATE) if work.name in places))


SCENES: Mapping[tuple[str, str], Scene] = MappingProxyType(
    {
        ("reset-before-headers", "once"): once(*BEFORE).and_over_tls(),
        ("reset-before-headers", "lasting"): always(*BEFORE).and_over_tls(),
        ("reset-in-body", "once"): once(*WITHIN).and_over_tls(),
        ("reset-in-body", "lasting"): always(*WITHIN).and_over_tls(),
        ("body-cut-short", "once"): once(*SHORT).and_over_tls(),
        ("body-cut-short", "lasting"): always(*SHORT).and_over_tls(),
        ("slow-drip", "drip"): played(headers_drip, body_drips).only(*_FEW).and_over_tls(),
        ("slow-drip", "silence"): always(*SILENT).only(*_FEW).changed(timeout=Timeout(read=0.05)),
        ("no-answer-to-connect", "once"): always(well)
        .only(*_FEW)
        .changed(enter=silent(1), url=HTTPS, timeout=Timeout(connect=0.6)),
        ("no-answer-to-connect", "lasting"): played(deaf).only(*_FEW),
        ("no-answer-to-connect", "refused"): played(closed),
        ("tls-failure", "once"): always(well).changed(enter=resetting(1), url=HTTPS),
        ("tls-failure", "lasting"): joined(
            *(always(well).changed(enter=tls(context), url=HTTPS) for context in untrusted()),
            always(well).changed(url=HTTPS),
        ),
        ("name-not-found", "once"): played(unnamed(1)),
        ("name-not-found", "lasting"): played(unnamed(9)),
        ("429-in-seconds", "once"): once(_SLOW_DOWN),
        ("429-in-seconds", "lasting"): always(_SLOW_DOWN),
        ("429-in-seconds", "too-long"): always(limited(100.0, {"Retry-After": "100"})),
        ("429-in-seconds", "no-time"): always(limited(80.0, {"Retry-After": "80"})),
        ("429-with-a-date", "once"): once(dated(30)),
        ("429-with-a-date", "lasting"): always(dated(30)),
        ("429-with-a-billion", "first"): always(*BILLION),
        ("429-with-a-billion", "next"): always(*BILLION).changed(calls=2),
        ("403-without-headers", "once"): once(*UNSAID),
        ("403-without-headers", "lasting"): always(*UNSAID),
        ("primary-limit", "once"): once(primary(45), primary(45, 429)),
        ("primary-limit", "lasting"): always(primary(45), primary(45, 429)),
        ("primary-limit", "far"): always(primary(3000), primary(3000, 429)),
        ("primary-limit", "unsaid"): once(limited(60.0, {}, 403, PRIMARY)),
        ("server-error", "once"): once(*failing(500, 502, 503, 504)),
        ("server-error", "lasting"): always(*failing(500, 502, 503, 504)),
        ("server-error", "told"): once(unavailable(20)),
        ("server-error", "told-too-long"): always(unavailable(100)),
        ("server-error", "another"): always(*failing(501, 505, 599)),
        ("expired-token", "fixed"): always(expired),
        ("expired-token", "renewed"): played(signing_in(TOKEN)),
        ("expired-token", "refused-again"): played(signing_in(TOKEN, RENEWED)),
        ("forbidden", "always"): always(
            said(403, "Resource not accessible", {"X-RateLimit-Remaining": "4999"}), page(403)
        ),
        ("gone", "always"): always(said(410, "This API version is gone")),
        ("gone", "somebody-else"): always(page(410)),
        ("redirect-on-the-same-host", "method-stays"): once(*_moved(HERE, 307, 308)),
        ("redirect-on-the-same-host", "method-may-change"): once(*_moved(HERE, 301, 302)),
        ("redirect-on-the-same-host", "see-other"): once(
            *(moved(status, HERE[0]) for status in (300, 303, 305, 306))
        ),
        ("redirect-on-the-same-host", "endless"): always(moved(308, f"/x{{path}}?signed={TOKEN}")),
        ("redirect-elsewhere", "always"): always(
            *_moved(ELSEWHERE, 307, 308), *_moved(ELSEWHERE[:2], 301, 302)
        ),
        ("redirect-elsewhere", "after-a-limit"): then(_SLOW_DOWN, moved(307, ELSEWHERE[0])),
        ("link-elsewhere", "always"): always(*map(linked, ELSEWHERE)).only(*_FEW),
        ("link-elsewhere", "after-a-limit"): then(_SLOW_DOWN, linked(ELSEWHERE[0])).only(*_FEW),
        ("broken-json", "always"): always(*BROKEN).only(*_FEW, GET),
        ("broken-json", "no-text"): always(NO_TEXT).only(*_FEW, GET),
        ("html-with-200", "always"): always(*FOREIGN),
        ("html-with-200", "after-a-limit"): then(_SLOW_DOWN, *FOREIGN[:1]),
        ("huge-body", "always"): joined(
            always(bomb).only(LIST), always(long).only(SET_LABELS), always(chunked).only(GENERATE)
        ),
        ("odd-field", "item"): joined(
            _odd(ITEM, missing, null, other), _odd(LABEL, other), _odd(INSIDE, null, other)
        ),
        ("odd-field", "strict"): joined(
            _odd(ITEM, null, telling), _odd(LABEL, telling), _odd(INSIDE, null, telling)
        ).changed(strict=True),
        ("odd-field", "object"): _odd(OBJECT, null, telling),
        ("odd-field", "frame"): _odd(FRAME, null, telling),
        ("odd-field", "missing"): joined(_odd(OBJECT, missing), _odd(FRAME, missing)),
        ("wrong-clock", "ahead"): once(*_TOLD).changed(skew=_DAYS),
        ("wrong-clock", "behind"): once(*_TOLD).changed(skew=-_DAYS),
    }
)
