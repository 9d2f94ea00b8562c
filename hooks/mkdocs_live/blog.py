"""Adds, updates and removes posts of Material's blog after a build."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from mkdocs_live import mkdocs_internals


class Blog:
    """The blog of a build.

    ``meta_keys`` are the front matter keys of each post before hooks added theirs, by source path. ``relink``
    is called after posts were linked to their neighbours.
    """

    def __init__(
        self,
        plugin: Any,
        config: MkDocsConfig,
        files: Files,
        meta_keys: dict[str, frozenset[str]],
        relink: Callable[[], None],
    ) -> None:
        self._plugin, self._config, self._files = plugin, config, files
        self._meta_keys, self._relink = meta_keys, relink

    @property
    def folder(self) -> str:
        """The folder of the posts relative to the docs folder, with a slash at its end."""
        options = self._plugin.config
        path: str = options["post_dir"].format(blog=options["blog_dir"])
        return f"{path.strip('/')}/".removeprefix("./")

    def update(self, file: File) -> bool:
        """Read a changed post again, and return True; do nothing and return False if its URL or lists change.

        Raises PluginError if it cannot be read; nothing has changed then.
        """
        post: Any = file.page
        # Reading a post sets the paths and the page of its file.
        new_file = copy.copy(file)
        current = mkdocs_internals.read_post(self._plugin, new_file, self._config)
        if new_file.dest_uri != file.dest_uri or _listing(current) != _listing(post):
            return False
        own_keys = self._meta_keys.get(file.src_uri, frozenset(post.meta))
        added = {key: value for key, value in post.meta.items() if key not in own_keys}
        self._meta_keys[file.src_uri] = frozenset(current.meta)
        if "updated" in post.config.date and "updated" not in current.config.date:
            current.config.date["updated"] = post.config.date["updated"]
        post.meta = {**current.meta, **added}
        post.markdown, post.config, post.authors = current.markdown, current.config, []
        post.excerpt = post.content = None
        return True

    def add(self, file: File) -> bool:
        """Add a new post; return False if the blog excludes it, as it does with drafts."""
        file.inclusion = InclusionLevel.EXCLUDED
        post = mkdocs_internals.read_post(self._plugin, file, self._config)
        if mkdocs_internals.is_excluded(self._plugin, post):
            return False
        file.inclusion = InclusionLevel.NOT_IN_NAV
        self._meta_keys[file.src_uri] = frozenset(post.meta)
        self._files.append(file)
        for path in dict.fromkeys(mkdocs_internals.view_paths(self._plugin, post, self._config)):
            view_file = self._files.get_file_from_path(path)
            view: Any = view_file.page if view_file is not None else None
            if hasattr(view, "posts"):
                view.posts[:] = _sort_posts([*view.posts, post])
                if hasattr(view, "name") and view.name in post.config.categories:
                    post.categories.append(view)
        self._set_posts(_sort_posts([*self._plugin.blog.posts, post]))
        return True

    def remove(self, file: File) -> None:
        """Remove a post from the files and from all lists."""
        post: Any = file.page
        self._files.remove(file)
        for view in mkdocs_internals.views(self._plugin):
            if view is not self._plugin.blog:
                view.posts[:] = [listed for listed in view.posts if listed is not post]
        self._set_posts([listed for listed in self._plugin.blog.posts if listed is not post])

    def _set_posts(self, posts: list[Any]) -> None:
        blog = self._plugin.blog
        # A plugin may have replaced the list with a subclass of its own.
        blog.posts = type(blog.posts)(posts)
        for page in blog.pages:
            page.posts = blog.posts
        mkdocs_internals.link_posts(self._plugin)
        self._relink()


def _listing(post: Any) -> list[Any]:
    """Return the values that decide which lists contain a post, and where."""
    config = post.config
    return [config.date.created, config.pin, config.draft, list(config.categories), list(config.authors)]


def _sort_posts(posts: Iterable[Any]) -> list[Any]:
    """Sort as Material does: pinned posts first, then the newest."""
    return sorted(posts, key=lambda post: (post.config.pin, post.config.date.created), reverse=True)
