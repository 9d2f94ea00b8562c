"""Posts of Material's blog that come, change and go between two builds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from mkdocs_live import mkdocs_internals


class Blog:
    """The blog of a build. ``noted`` has the names in each post's metadata before others add theirs."""

    def __init__(
        self, plugin: Any, config: MkDocsConfig, files: Files, noted: dict[str, frozenset[str]]
    ) -> None:
        self._plugin, self._config, self._files, self._noted = plugin, config, files, noted

    @property
    def folder(self) -> str:
        """The folder of the posts below the documents, with a slash at its end."""
        given = self._plugin.config
        path: str = given["post_dir"].format(blog=given["blog_dir"])
        return f"{path.strip('/')}/".removeprefix("./")

    def reread(self, file: File) -> bool:
        """Take a post's file in as it is now; False if the post does not stay where it was.

        Where it cannot be read (PluginError), all is as before.
        """
        post: Any = file.page
        before = file.dest_uri, file.abs_dest_path, file.url
        try:
            fresh = mkdocs_internals.read_post(self._plugin, file, self._config)
        except BaseException:
            file.page = post
            file.dest_uri, file.abs_dest_path, file.url = before
            raise
        file.page = post
        if file.dest_uri != before[0] or self._place(fresh) != self._place(post):
            file.dest_uri, file.abs_dest_path, file.url = before
            return False
        noted = self._noted.get(file.src_uri, frozenset(post.meta))
        added = {name: value for name, value in post.meta.items() if name not in noted}
        self._noted[file.src_uri] = frozenset(fresh.meta)
        if "updated" in post.config.date and "updated" not in fresh.config.date:
            fresh.config.date["updated"] = post.config.date["updated"]
        post.meta = {**fresh.meta, **added}
        post.markdown, post.config, post.authors = fresh.markdown, fresh.config, []
        post.excerpt = post.content = None
        return True

    def add(self, file: File) -> bool:
        """Put a file that is new among the posts; False if the blog does not show it."""
        file.inclusion = InclusionLevel.EXCLUDED
        post = mkdocs_internals.read_post(self._plugin, file, self._config)
        if mkdocs_internals.is_left_out(self._plugin, post):
            return False
        post.parent = self._plugin.blog
        file.inclusion = InclusionLevel.NOT_IN_NAV
        self._noted[file.src_uri] = frozenset(post.meta)
        self._files.append(file)
        for path in dict.fromkeys(mkdocs_internals.paths_of_views(self._plugin, post, self._config)):
            found = self._files.get_file_from_path(path)
            view: Any = found.page if found is not None else None
            if hasattr(view, "posts"):
                view.posts[:] = self._sorted([*view.posts, post])
                if hasattr(view, "name") and view.name in post.config.categories:
                    post.categories.append(view)
        self._put(self._sorted([*self._plugin.blog.posts, post]))
        self._link()
        return True

    def remove(self, file: File) -> None:
        """Take a post away."""
        post: Any = file.page
        self._files.remove(file)
        for view in mkdocs_internals.views_of(self._plugin):
            if view is not self._plugin.blog:
                view.posts[:] = [one for one in view.posts if one is not post]
        self._put([one for one in self._plugin.blog.posts if one is not post])
        self._link()

    def _put(self, posts: list[Any]) -> None:
        blog = self._plugin.blog
        # The list may be one of somebody else's making.
        blog.posts = type(blog.posts)(posts)
        for page in blog.pages:
            page.posts = blog.posts

    def _link(self) -> None:
        """Lead from each post to the next by their days."""
        posts = sorted(self._plugin.blog.posts, key=lambda post: post.config.date.created)
        for before, post, after in zip([None, *posts], posts, [*posts[1:], None], strict=False):
            post.previous_page, post.next_page = before, after

    @staticmethod
    def _sorted(posts: Iterable[Any]) -> list[Any]:
        return sorted(posts, key=lambda post: (post.config.pin, post.config.date.created), reverse=True)

    @staticmethod
    def _place(post: Any) -> list[Any]:
        """What decides on the lists that a post is in, and where in them."""
        config = post.config
        return [config.date.created, config.pin, config.draft, list(config.categories), list(config.authors)]
