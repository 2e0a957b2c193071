"""Scenario table: the behaviour of server and network in each case of the fault contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from types import MappingProxyType

from client.faults.called_operations import (
    CALLED_OPERATIONS,
    GENERATE,
    GET,
    LIST,
    RENEWED,
    SET_LABELS,
    UPDATE,
)
from client.faults.certificates import untrusted
from client.faults.scenarios.building_blocks import (
    HTTPS,
    CaseScenarios,
    ScriptFactory,
    always,
    error_message,
    first_then,
    for_every_operation,
    html_page,
    joined,
    once,
    success,
    tls,
)
from client.faults.scenarios.connections import (
    BYTES_AFTER_RESPONSE,
    CUT_SHORT,
    RESET_BEFORE_HEADERS,
    RESET_IN_BODY,
    SHORT,
    SILENT,
    dripping_body,
    dripping_headers,
    fork,
    full_backlog,
    idle_close,
    refused_connection,
    reset_handshakes,
    silent_first_address,
    silent_first_handshake,
    unresolved_name,
)
from client.faults.scenarios.proxies import (
    ALWAYS_LOST,
    ALWAYS_REFUSED,
    CREDENTIALS_REFUSED,
    LOST_ONCE,
    REFUSED_ONCE,
    closed_proxy_port,
    silent_proxy,
)
from client.faults.scenarios.redirects import OTHER_ORIGINS, SAME_ORIGIN, next_page_at, redirect_to
from client.faults.scenarios.refusals import (
    FOR_A_BILLION_SECONDS,
    PRIMARY_MESSAGE,
    WITHOUT_HEADERS,
    expired_token,
    limit_during_wait,
    primary_limit,
    rate_limited,
    rate_limited_until_date,
    renewing_token,
    server_errors,
    unavailable_for,
    unknown_token,
)
from client.faults.scenarios.unreadable_responses import (
    BROKEN_JSON,
    ENVELOPE,
    ITEM_FIELD,
    LABEL_FIELD,
    NESTED_FIELD,
    NOT_UTF8,
    OBJECT_FIELD,
    OTHER_CONTENT_TYPES,
    TRUNCATED_GZIP,
    Change,
    ValuePaths,
    chunked_body,
    gzip_bomb,
    long_body,
    remove,
    set_to_null,
    set_to_other_type,
    set_to_secret,
    with_changed_value,
)
from client.runtime_api import TOKEN
from ghrunners import Timeout

_DAYS = 2 * 86_400.0
_LIMITS_BY_DATE = (primary_limit(45), primary_limit(45, 429), rate_limited_until_date(45))
_RATE_LIMITED = rate_limited(30.0, {"Retry-After": "30"})
# One operation of each kind, for slow scenarios; their responses have JSON.
_JSON_OPERATIONS = (LIST, SET_LABELS, GENERATE)


def _redirects_to(places: Sequence[str], *statuses: int) -> Iterator[ScriptFactory]:
    """Redirect to each place, with one status after the other."""
    return (
        redirect_to(status, place) for place, status in zip(places, cycle(statuses), strict=False)
    )


def _changed_values(places: ValuePaths, *changes: Change) -> CaseScenarios:
    """Change one value in the response to each operation that has a path to it."""
    scenarios = always(*(with_changed_value(places, change) for change in changes))
    return scenarios.only(
        *(operation for operation in (*CALLED_OPERATIONS, GET, UPDATE) if operation.name in places)
    )


SCENARIOS: Mapping[tuple[str, str], CaseScenarios] = MappingProxyType(
    {
        ("reset-before-headers", "once"): once(*RESET_BEFORE_HEADERS).and_over_tls(),
        ("reset-before-headers", "lasting"): always(*RESET_BEFORE_HEADERS).and_over_tls(),
        ("reset-in-body", "once"): once(*RESET_IN_BODY).and_over_tls(),
        ("reset-in-body", "lasting"): always(*RESET_IN_BODY).and_over_tls(),
        ("body-cut-short", "once"): once(*CUT_SHORT).and_over_tls(),
        ("body-cut-short", "lasting"): always(*CUT_SHORT).and_over_tls(),
        ("slow-drip", "drip"): for_every_operation(dripping_headers, dripping_body)
        .only(*_JSON_OPERATIONS)
        .and_over_tls(),
        ("slow-drip", "silence"): always(*SILENT)
        .only(*_JSON_OPERATIONS)
        .changed(timeout=Timeout(read=SHORT)),
        ("no-answer-to-connect", "once"): for_every_operation(silent_first_handshake).only(
            *_JSON_OPERATIONS
        ),
        ("no-answer-to-connect", "lasting"): for_every_operation(full_backlog).only(
            *_JSON_OPERATIONS
        ),
        ("no-answer-to-connect", "refused"): for_every_operation(refused_connection),
        ("tls-failure", "once"): always(success).changed(
            wrap_connection=reset_handshakes(1), url=HTTPS
        ),
        ("tls-failure", "lasting"): joined(
            *(
                always(success).changed(wrap_connection=tls(context), url=HTTPS)
                for context in untrusted()
            ),
            always(success).changed(url=HTTPS),
        ),
        ("name-not-found", "once"): for_every_operation(unresolved_name(1)),
        ("name-not-found", "lasting"): for_every_operation(unresolved_name(9)),
        ("silent-first-address", "lasting"): for_every_operation(silent_first_address).only(
            *_JSON_OPERATIONS
        ),
        ("bytes-after-response", "next"): for_every_operation(*BYTES_AFTER_RESPONSE),
        ("idle-close", "next"): for_every_operation(idle_close),
        ("proxy-unreachable", "refused"): for_every_operation(closed_proxy_port),
        ("proxy-unreachable", "silent"): for_every_operation(silent_proxy).only(*_JSON_OPERATIONS),
        ("proxy-unreachable", "once"): for_every_operation(*LOST_ONCE),
        ("proxy-unreachable", "lost"): for_every_operation(*ALWAYS_LOST),
        ("tunnel-refused", "once"): for_every_operation(*REFUSED_ONCE),
        ("tunnel-refused", "lasting"): for_every_operation(*ALWAYS_REFUSED),
        ("proxy-credentials", "lasting"): for_every_operation(*CREDENTIALS_REFUSED),
        ("429-in-seconds", "once"): once(_RATE_LIMITED),
        ("429-in-seconds", "lasting"): always(_RATE_LIMITED),
        ("429-in-seconds", "too-long"): always(rate_limited(100.0, {"Retry-After": "100"})),
        ("429-in-seconds", "no-time"): always(rate_limited(80.0, {"Retry-After": "80"})),
        ("429-with-a-date", "once"): once(rate_limited_until_date(30)),
        ("429-with-a-date", "lasting"): always(rate_limited_until_date(30)),
        ("429-with-a-billion", "first"): always(*FOR_A_BILLION_SECONDS),
        ("429-with-a-billion", "next"): always(*FOR_A_BILLION_SECONDS).changed(call_count=2),
        ("403-without-headers", "once"): once(*WITHOUT_HEADERS),
        ("403-without-headers", "lasting"): always(*WITHOUT_HEADERS),
        ("primary-limit", "once"): once(primary_limit(45), primary_limit(45, 429)),
        ("primary-limit", "lasting"): always(primary_limit(45), primary_limit(45, 429)),
        ("primary-limit", "far"): always(primary_limit(3000), primary_limit(3000, 429)),
        ("primary-limit", "unsaid"): once(rate_limited(60.0, {}, 403, PRIMARY_MESSAGE)),
        ("limit-during-wait", "once"): for_every_operation(limit_during_wait).only(
            *_JSON_OPERATIONS
        ),
        ("server-error", "once"): once(*server_errors(500, 502, 503, 504)),
        ("server-error", "lasting"): always(*server_errors(500, 502, 503, 504)),
        ("server-error", "told"): once(unavailable_for(20)),
        ("server-error", "told-too-long"): always(unavailable_for(100)),
        ("server-error", "another"): always(*server_errors(501, 505, 599)),
        ("expired-token", "fixed"): always(expired_token),
        ("expired-token", "renewed"): for_every_operation(renewing_token(TOKEN)),
        ("expired-token", "refused-again"): for_every_operation(renewing_token(TOKEN, RENEWED)),
        ("new-installation-token", "once"): for_every_operation(
            unknown_token(401, times=1), unknown_token(403, times=1)
        ),
        ("new-installation-token", "seconds"): for_every_operation(
            unknown_token(401, seconds=5), unknown_token(403, seconds=5)
        ),
        ("new-installation-token", "refused"): for_every_operation(unknown_token(401)),
        ("new-installation-token", "not-permitted"): for_every_operation(unknown_token(403)),
        ("forbidden", "always"): always(
            error_message(403, "Resource not accessible", {"X-RateLimit-Remaining": "4999"}),
            html_page(403),
        ),
        ("gone", "always"): always(error_message(410, "This API version is gone")),
        ("gone", "somebody-else"): always(html_page(410)),
        ("redirect-on-the-same-host", "method-stays"): once(*_redirects_to(SAME_ORIGIN, 307, 308)),
        ("redirect-on-the-same-host", "method-may-change"): once(
            *_redirects_to(SAME_ORIGIN, 301, 302)
        ),
        ("redirect-on-the-same-host", "see-other"): once(
            *(redirect_to(status, SAME_ORIGIN[0]) for status in (300, 303, 305, 306))
        ),
        ("redirect-on-the-same-host", "endless"): always(
            redirect_to(308, f"/x{{path}}?signed={TOKEN}")
        ),
        ("redirect-elsewhere", "always"): always(
            *_redirects_to(OTHER_ORIGINS, 307, 308), *_redirects_to(OTHER_ORIGINS[:2], 301, 302)
        ),
        ("redirect-elsewhere", "after-a-limit"): first_then(
            _RATE_LIMITED, redirect_to(307, OTHER_ORIGINS[0])
        ),
        ("link-elsewhere", "always"): always(*map(next_page_at, OTHER_ORIGINS)).only(
            *_JSON_OPERATIONS
        ),
        ("link-elsewhere", "after-a-limit"): first_then(
            _RATE_LIMITED, next_page_at(OTHER_ORIGINS[0])
        ).only(*_JSON_OPERATIONS),
        ("broken-json", "always"): always(*BROKEN_JSON).only(*_JSON_OPERATIONS, GET),
        ("broken-json", "no-text"): always(NOT_UTF8).only(*_JSON_OPERATIONS, GET),
        ("broken-json", "compressed"): always(*TRUNCATED_GZIP).only(*_JSON_OPERATIONS, GET),
        ("html-with-200", "always"): always(*OTHER_CONTENT_TYPES),
        ("html-with-200", "after-a-limit"): first_then(_RATE_LIMITED, *OTHER_CONTENT_TYPES[:1]),
        ("huge-body", "always"): joined(
            always(gzip_bomb).only(LIST),
            always(long_body).only(SET_LABELS),
            always(chunked_body).only(GENERATE),
        ),
        ("odd-field", "item"): joined(
            _changed_values(ITEM_FIELD, remove, set_to_null, set_to_other_type),
            _changed_values(LABEL_FIELD, set_to_other_type),
            _changed_values(NESTED_FIELD, set_to_null, set_to_other_type),
        ),
        ("odd-field", "strict"): joined(
            _changed_values(ITEM_FIELD, set_to_null, set_to_secret),
            _changed_values(LABEL_FIELD, set_to_secret),
            _changed_values(NESTED_FIELD, set_to_null, set_to_secret),
        ).changed(strict=True),
        ("odd-field", "object"): joined(
            _changed_values(OBJECT_FIELD, remove, set_to_null, set_to_other_type),
            _changed_values(OBJECT_FIELD, set_to_secret).only(GENERATE),
        ),
        ("odd-field", "frame"): _changed_values(ENVELOPE, set_to_null, set_to_secret),
        ("odd-field", "missing"): _changed_values(ENVELOPE, remove),
        ("wrong-clock", "ahead"): once(*_LIMITS_BY_DATE).changed(skew=_DAYS),
        ("wrong-clock", "behind"): once(*_LIMITS_BY_DATE).changed(skew=-_DAYS),
        ("fork", "child"): for_every_operation(fork),
        ("second-loop", "next"): always(success).changed(call_count=2, where="elsewhere"),
    }
)
