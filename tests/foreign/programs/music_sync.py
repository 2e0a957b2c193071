"""A tool for playlists: pages, ids, the player, a cover, a limit of requests."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

import music
from music import models


def playlists(client: music.Client) -> Iterator[models.Playlist]:
    """Yield every playlist of the user. Each page has the URL of the next one."""
    offset = 0
    while True:
        page = client.playlists.get_current_users_playlists(limit=2, offset=offset)
        yield from page.items or ()
        if page.next is None:
            return
        offset = int(parse_qs(urlsplit(page.next).query)["offset"][0])


def titles(client: music.Client, playlist: str, fields: str | music.Unset) -> list[str]:
    found: list[str] = []
    page = client.playlists.get_playlist_items(playlist, fields=fields)
    for item in page.items or ():
        match item.track:
            case models.Track(name=name, type=kind):
                found.append(f"{kind} {name}")
            case models.Episode(name=name, duration_ms=length):
                found.append(f"{name}, {length} ms")
            case other:
                found.append(f"unknown {other}")
    return found


def keep(client: music.Client, albums: Sequence[str]) -> list[str]:
    """Save the albums that are not saved yet, and return their names."""
    known = client.albums.check_users_saved_albums(ids=",".join(albums))
    new = [album for album, saved in zip(albums, known, strict=True) if not saved]
    client.albums.save_albums_user(ids=",".join(new))
    found = client.albums.get_several_albums(ids=",".join(new), market="DE")
    return [f"{album.name} ({album.release_date})" for album in found.albums]


def toggle(client: music.Client) -> str:
    """Start or pause the player. Without an active device there is no state."""
    state = client.player.get_playback_state()
    if state is None or not state.is_playing:
        client.player.start_playback(context_uri="music:album:a1", offset={"position": 5})
        return "started"
    device = state.device.id if state.device and state.device.id else music.UNSET
    client.player.pause_playback(device_id=device)
    return f"paused {state.item.name if state.item else None}"


def main(client: music.Client) -> Iterator[str]:
    for playlist in playlists(client):
        yield f"{playlist.name}: {playlist.tracks.total if playlist.tracks else 0}"
    yield from titles(client, "p1", music.UNSET)
    yield from titles(client, "p1", "items(track(name))")
    yield from keep(client, ["a1", "a2", "a3"])
    yield toggle(client)
    yield toggle(client)
    client.player.toggle_shuffle(state=True)
    top = client.users.get_users_top_items("artists", limit=1)
    yield " ".join(f"{type(one).__name__} {one.name}" for one in top.items or ())
    added = client.playlists.add_items_to_playlist("p1", uris_body=["t1", "t2"], position_body=0)
    gone = models.RemoveItemsFromPlaylistRequestTracksItem(uri="t1")
    client.playlists.remove_items_from_playlist(
        "p1", tracks=[gone], snapshot_id=added.snapshot_id or music.UNSET
    )
    client.playlists.upload_playlist_cover("p1", body=base64.b64encode(b"\xff\xd8\xff"))
    try:
        client.playlists.create_playlist("ada", name="Road", public=False)
    except music.Forbidden as error:
        yield f"may not: {error.status}"
    try:
        client.search.search(q="artist:Ella Fitzgerald", type=["album", "track"])
    except music.RateLimited as error:
        yield f"later: {error.status} {error.retry_at is not None}"
