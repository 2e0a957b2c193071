"""Servers of the programs in `foreign/programs`: each answers as its product is documented.

A server is a function of the request, with a state of its own. It fails if a request is not as it
must be, and the response is then a 500.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from client.scripted_server import ReceivedRequest, ScriptedResponse, json_response

Found = dict[str, Any]


def query(request: ReceivedRequest) -> dict[str, str]:
    pairs = (
        parse_qsl(urlsplit(request.target).query, strict_parsing=True)
        if "?" in request.target
        else []
    )
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def place(request: ReceivedRequest) -> str:
    return f"{request.method} {urlsplit(request.target).path}"


def no_content(status: int = 204) -> ScriptedResponse:
    return ScriptedResponse(status=status)


class Payments:
    """Forms with brackets, cursors, objects in the place of their ids, and keys of requests."""

    def __init__(self) -> None:
        self.customers: dict[str, Found] = {
            f"cus_{number}": {
                "created": number,
                "default_source": "card_1",
                "email": f"{number}@example.com" if number != 2 else None,
                "id": f"cus_{number}",
                "object": "customer",
            }
            for number in (1, 2, 3)
        }
        self.deleted: set[str] = set()
        self.made: dict[str, ScriptedResponse] = {}
        self.charged: list[str] = []

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        assert request.header("Authorization") == "Basic c2tfMTo="
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        account = "acct_1" if request.target == "/v1/payment_intents" else None
        assert request.header("Payments-Account") == account
        match place(request).split("/v1/"):
            case ["POST ", "customers"]:
                return self.create(form)
            case ["GET ", "customers"]:
                return self.page(query(request))
            case ["POST ", "payment_intents"]:
                key = request.header("Idempotency-Key") or ""
                if key not in self.made:
                    self.made[key] = self.pay(form)
                return self.made[key]
            case ["POST ", "files"]:
                assert b'name="file"; filename="scan.png"\r\n' in request.body
                assert b"\r\n\r\n\x89PNG\r\n" in request.body
                assert b'name="purpose"\r\n\r\ndispute_evidence\r\n' in request.body
                return json_response({"id": "file_1"})
            case [method, path] if path.startswith("customers/"):
                return self.one(method.strip(), path.removeprefix("customers/"))
            case _:
                raise AssertionError(request.target)

    def create(self, form: Mapping[str, str]) -> ScriptedResponse:
        assert form == {
            "address[city]": "Ulm",
            "address[line1]": "Gasse 1 & 2",
            "expand[0]": "default_source",
            "invoice_settings[custom_fields][0][name]": "VAT",
            "invoice_settings[custom_fields][0][value]": "DE 1",
            "invoice_settings[footer]": "Thank you",
            "metadata[order]": "7",
            "metadata[a b]": "ü",
        }
        return json_response({**self.customers["cus_1"], "default_source": None})

    def page(self, found: Mapping[str, str]) -> ScriptedResponse:
        assert found["created[gt]"] == "0"
        assert found["expand[0]"] == "data.default_source"
        keys = list(self.customers)
        start = keys.index(found["starting_after"]) + 1 if "starting_after" in found else 0
        shown = keys[start : start + int(found["limit"])]
        data = [{**self.customers[key], "default_source": None} for key in shown]
        data[0]["default_source"] = {"id": "card_1", "object": "card", "last4": "4242"}
        return json_response({"data": data, "has_more": start + len(shown) < len(keys)})

    def pay(self, form: Mapping[str, str]) -> ScriptedResponse:
        assert (form["confirm"], form["off_session"]) == ("true", "true")
        assert form["payment_method_options[card][request_three_d_secure]"] == "any"
        assert form["metadata[order]"] in ("7", "8")
        customer = form["customer"]
        assert customer not in self.charged, "a key was not sent again"
        self.charged.append(customer)
        intent: Found = {
            "amount": int(form["amount"]),
            "currency": form["currency"],
            "customer": self.customers[customer],
            "id": f"pi_{len(self.charged)}",
            "latest_charge": {
                "amount": int(form["amount"]),
                "customer": customer,
                "id": "ch_1",
                "object": "charge",
                "paid": customer == "cus_1",
            },
            "payment_method_options": {"card": {"setup_future_usage": "none"}},
            "status": "succeeded",
        }
        if customer == "cus_1":
            return json_response(intent)
        error = {
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "message": "Your card has insufficient funds.",
            "payment_intent": {**intent, "status": "requires_action"},
            "type": "card_error",
        }
        return json_response({"error": error}, 402)

    def one(self, method: str, key: str) -> ScriptedResponse:
        if key not in self.customers:
            error = {
                "code": "resource_missing",
                "message": f"No such customer: '{key}'",
                "param": "id",
            }
            return json_response({"error": {**error, "type": "invalid_request_error"}}, 404)
        if method == "DELETE":
            self.deleted.add(key)
        if key in self.deleted:
            return json_response({"deleted": True, "id": key, "object": "customer"})
        return json_response(self.customers[key])


class Hosting:
    """One machine or many, links to pages, actions by their type, errors with an id."""

    def __init__(self) -> None:
        self.machines: dict[int, Found] = {}

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        assert request.header("Authorization") == "Bearer t0ken"
        body: Any = request.json if request.body else {}
        match place(request).split("/v2/"):
            case ["POST ", "machines"]:
                return self.rent(body)
            case ["GET ", "machines"]:
                return self.page(request)
            case ["DELETE ", "machines"]:
                assert query(request) == {"tag_name": "web"}
                return no_content()
            case ["POST ", "machines/1/actions"]:
                assert body in (
                    {"type": "resize", "size": "s-2", "disk": True},
                    {"type": "snapshot", "name": "before"},
                )
                action = {
                    "completed_at": None,
                    "id": 9,
                    "status": "in-progress",
                    "type": body["type"],
                }
                return json_response({"action": action}, 201)
            case ["PUT ", "domains/example.com/records/7"]:
                assert (body["type"], body["priority"], set(body)) == (
                    "A",
                    None,
                    {"type", "name", "data", "priority", "ttl"},
                )
                return json_response({"domain_record": {"id": 7, **body}})
            case ["DELETE ", "machines/3"]:
                del self.machines[3]
                return no_content()
            case ["GET ", "machines/3"]:
                error = {"id": "not_found", "message": "The machine could not be found."}
                return json_response(error, 404)
            case _:
                raise AssertionError(request.target)

    def rent(self, body: Found) -> ScriptedResponse:
        assert body["size"] == "s-1"
        if body.get("name") == "db 1":
            error = {"id": "unprocessable_entity", "message": "Name is invalid", "request_id": "4d"}
            return json_response(error, 422)
        if "name" in body:
            assert body["ssh_keys"] == [289, "3b:16"]
            assert body["backup_policy"] == {"hour": 4, "plan": "weekly"}
            assert body["tags"] is None
        made: list[Found] = []
        for name in body.get("names") or [body["name"]]:
            machine: Found = {"id": len(self.machines) + 1, "name": name, "status": "new"}
            self.machines[machine["id"]] = machine
            made.append(machine)
        return json_response({"machines": made} if "names" in body else {"machine": made[0]}, 202)

    def page(self, request: ReceivedRequest) -> ScriptedResponse:
        assert "types%5B%5D=small&types%5B%5D=large" in request.target
        pairs = parse_qsl(urlsplit(request.target).query)
        number, size = (int(dict(pairs)[name]) for name in ("page", "per_page"))
        every = list(self.machines.values())
        url = "https://hosting.example/v2/machines?page="
        pages = {"first": f"{url}1", "prev": f"{url}{number - 1}"} if number > 1 else {}
        if number * size < len(every):
            pages |= {"last": f"{url}2", "next": f"{url}{number + 1}"}
        shown = every[(number - 1) * size : number * size]
        return json_response(
            {"machines": shown, "links": {"pages": pages}, "meta": {"total": len(every)}}
        )


class Music:
    """Pages with URLs, ids in one text, a player without content, and a limit of requests."""

    def __init__(self) -> None:
        self.saved = {"a1"}
        self.plays = False

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        assert request.header("Authorization") == "Bearer t0ken"
        body: Any = request.json if request.header("Content-Type") == "application/json" else None
        match place(request).split("/v1/"):
            case ["GET ", "me/playlists"]:
                start = int(query(request)["offset"])
                every: list[Found] = [
                    {"name": name, "tracks": {"total": number}}
                    for number, name in enumerate(("Road", "Rain", "Run"))
                ]
                shown = every[start : start + 2]
                return self.page(shown, start, len(every), "me/playlists")
            case ["GET ", "playlists/p1/items"]:
                return self.items(query(request).get("fields"))
            case ["GET ", "me/albums/contains"]:
                return json_response(
                    [key in self.saved for key in query(request)["ids"].split(",")]
                )
            case ["PUT ", "me/albums"]:
                self.saved |= {*query(request)["ids"].split(",")}
                assert (self.saved, request.body) == ({"a1", "a2", "a3"}, b"")
                return ScriptedResponse(status=200)
            case ["GET ", "albums"]:
                assert query(request) == {"ids": "a2,a3", "market": "DE"}
                album: Found = {"album_type": "album", "artists": [], "release_date": "1956-05"}
                shown = [{**album, "id": key, "name": key.upper()} for key in ("a2", "a3")]
                return json_response({"albums": shown})
            case [method, path] if path.startswith("me/player"):
                return self.player(f"{method}{path.removeprefix('me/player')}", request, body)
            case ["GET ", "me/top/artists"]:
                shown = [{"type": "artist", "name": "Ella"}, {"type": "track", "name": "Misty"}]
                return self.page(shown, 0, 2, "me/top/artists")
            case ["POST ", "playlists/p1/items"]:
                assert body == {"uris": ["t1", "t2"], "position": 0}
                return json_response({"snapshot_id": "s1"}, 201)
            case ["DELETE ", "playlists/p1/items"]:
                assert body == {"tracks": [{"uri": "t1"}], "snapshot_id": "s1"}
                return json_response({"snapshot_id": "s2"})
            case ["PUT ", "playlists/p1/images"]:
                assert request.header("Content-Type") == "image/jpeg"
                assert base64.b64decode(request.body, validate=True) == b"\xff\xd8\xff"
                return no_content(202)
            case ["POST ", "users/ada/playlists"]:
                assert body == {"name": "Road", "public": False}
                return self.error(403, "Insufficient client scope")
            case ["GET ", "search"]:
                assert query(request)["type"] == "album,track"
                return self.error(429, "API rate limit exceeded", {"Retry-After": "3600"})
            case _:
                raise AssertionError(request.target)

    def page(self, items: list[Found], start: int, total: int, path: str) -> ScriptedResponse:
        url = f"https://music.example/v1/{path}?limit=2&offset="
        end = start + len(items)
        return json_response(
            {
                "href": f"{url}{start}",
                "items": items,
                "limit": 2,
                "next": f"{url}{end}" if end < total else None,
                "offset": start,
                "previous": None,
                "total": total,
            }
        )

    def items(self, fields: str | None) -> ScriptedResponse:
        track: Found = {"type": "track", "id": "t1", "name": "Misty", "linked_from": {"id": "t0"}}
        episode: Found = {"type": "episode", "name": "One", "duration_ms": 7}
        if fields is not None:
            assert fields == "items(track(name))"
            return json_response(
                {"items": [{"track": {"name": it["name"]}} for it in (track, episode)]}
            )
        shown = [{"added_at": "2026-01-02T03:04:05Z", "track": it} for it in (track, episode)]
        return self.page(shown, 0, 2, "playlists/p1/items")

    def player(self, call: str, request: ReceivedRequest, body: object) -> ScriptedResponse:
        match call:
            case "GET " if self.plays:
                item = {"type": "track", "name": "Misty"}
                device = {"id": "d 1", "is_active": True}
                return json_response({"device": device, "is_playing": True, "item": item})
            case "GET ":
                return no_content()
            case "PUT /play":
                assert body == {"context_uri": "music:album:a1", "offset": {"position": 5}}
                self.plays = True
                return no_content()
            case "PUT /pause":
                assert (query(request), request.body) == ({"device_id": "d 1"}, b"")
                # Some players answer with a word.
                return ScriptedResponse(body=b"ok", headers={"Content-Type": "text/plain"})
            case "PUT /shuffle":
                assert query(request) == {"state": "true"}
                return no_content()
            case _:
                raise AssertionError(request.target)

    def error(
        self, status: int, message: str, headers: Mapping[str, str] | None = None
    ) -> ScriptedResponse:
        return json_response({"error": {"status": status, "message": message}}, status, headers)


def webhook() -> bytes:
    """Return the payload of an event with a charge, which has a property that is not declared."""
    charge = {
        "amount": 2000,
        "customer": {"created": 1, "email": "1@example.com", "id": "cus_1", "object": "customer"},
        "id": "ch_1",
        "new": 1,
        "object": "charge",
        "paid": True,
    }
    event = {
        "data": {"object": charge},
        "id": "evt_1",
        "type": "charge.succeeded",
        "livemode": True,
    }
    return json.dumps(event).encode()
