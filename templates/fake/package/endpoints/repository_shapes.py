"""Organizations and repositories as the JSON of GitHub's responses, with their URLs. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ..state.owners import Organization, Repository
from .call import EndpointCall

# The ends of URLs, after that of a repository or of its owner.
_REPOSITORY: Mapping[str, str] = {
    "url": "",
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_USER: Mapping[str, str] = {
    "url": "",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_ORGANIZATION: Mapping[str, str] = {
    "url": "",
    "repos_url": "/repos",
    "events_url": "/events",
    "hooks_url": "/hooks",
    "issues_url": "/issues",
    "members_url": "/members{/member}",
    "public_members_url": "/public_members{/member}",
}


def organization_simple(call: EndpointCall, it: Organization) -> dict[str, Any]:
    """Return an organization."""
    return {
        "login": it.name,
        "id": it.id,
        "node_id": _node_id("Organization", it.id),
        **_urls(f"{call.base_url}{it.path}", _ORGANIZATION),
        "avatar_url": _avatar(call, it),
        "description": None,
    }


def minimal_repository(call: EndpointCall, it: Repository) -> dict[str, Any]:
    """Return a repository in short form."""
    return {
        "id": it.id,
        "node_id": _node_id("Repository", it.id),
        "name": it.name,
        "full_name": it.full_name,
        "owner": _user(call, it.organization),
        "private": it.private,
        "html_url": f"{_website(call)}/{it.full_name}",
        "description": None,
        "fork": False,
        **_urls(f"{call.base_url}{it.path}", _REPOSITORY),
        "visibility": "private" if it.private else "public",
        "has_downloads": True,
    }


def repository(call: EndpointCall, it: Repository) -> dict[str, Any]:
    """Return a repository."""
    website = f"{_website(call)}/{it.full_name}"
    host = urlsplit(website).netloc
    return {
        **minimal_repository(call, it),
        "git_url": f"git://{host}/{it.full_name}.git",
        "ssh_url": f"git@{host}:{it.full_name}.git",
        "clone_url": f"{website}.git",
        "svn_url": website,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "size": 0,
        "default_branch": "main",
        "topics": [],
        "archived": False,
        "disabled": False,
        "created_at": None,
        "updated_at": None,
        "pushed_at": None,
        "permissions": {"admin": True, "push": True, "pull": True},
        **dict.fromkeys(("forks", "forks_count", "stargazers_count"), 0),
        **dict.fromkeys(("watchers", "watchers_count", "open_issues", "open_issues_count"), 0),
        **dict.fromkeys(("has_issues", "has_projects", "has_wiki"), True),
        "has_pages": False,
        "master_branch": "main",
        "use_squash_pr_title_as_default": False,
    }


def _user(call: EndpointCall, it: Organization) -> dict[str, Any]:
    return {
        "login": it.name,
        "id": it.id,
        "node_id": _node_id("Organization", it.id),
        "avatar_url": _avatar(call, it),
        "gravatar_id": "",
        "html_url": f"{_website(call)}/{it.name}",
        **_urls(f"{call.base_url}/users/{it.name}", _USER),
        "type": "Organization",
        "site_admin": False,
    }


def _urls(base: str, table: Mapping[str, str]) -> Mapping[str, str]:
    return {field: base + rest for field, rest in table.items()}


def _node_id(kind: str, number: int) -> str:
    """Return a global id in the older form that GitHub's documentation shows."""
    return base64.b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


def _avatar(call: EndpointCall, it: Organization) -> str:
    return f"{_website(call)}/{it.name}.png"


def _website(call: EndpointCall) -> str:
    """Return the address of the web pages: that of the API without `api.` or `/api/v3`."""
    return call.base_url.removesuffix("/api/v3").replace("://api.", "://", 1)
