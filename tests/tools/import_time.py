"""Prints the time and memory of `make import` with a feed of 1,000 posts (10 MB).

Run it with ``PYTHONPATH=hooks .venv/bin/python -m tests.tools.import_time``. A busy machine changes the
processor time less than the wall time.
"""

import html
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from markdown import Markdown

from tests.bench import blog
from tests.support import project, small_site

_POSTS = 1000
_MAX_SECONDS = 60
_MAX_MEGABYTES = 500
_URL = "https://old.example/posts"
# What the posts of the benchmark lack and old sites have.
_EXTRAS = """
<figure><img src="/images/{number}.png" alt="A figure"><figcaption>Figure {number}</figcaption></figure>
<p>The loss is \\(L = \\frac{{1}}{{n}} \\sum_i (y_i - \\hat y_i)^2\\), with a note<sup id="fnref:1"><a
class="footnote-ref" href="#fn:1">1</a></sup>.</p>
<p>$$ \\theta_{{t+1}} = \\theta_t - \\eta \\nabla L(\\theta_t) $$</p>
<div class="footnote"><hr><ol><li id="fn:1"><p>Its text.&#160;<a class="footnote-backref"
href="#fnref:1">&#8617;</a></p></li></ol></div>
"""


def main() -> None:
    """Import the feed into a new site, print the figures, and exit with 1 if they exceed the limits."""
    with tempfile.TemporaryDirectory() as folder:
        root = small_site.create(Path(folder) / "site", {})
        feed = Path(folder) / "feed.xml"
        feed.write_text(create_feed(_POSTS), encoding="utf-8")
        print(f"feed:      {feed.stat().st_size / 1e6:.1f} MB, {_POSTS} posts")
        start = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "portfolio", "import", str(feed)],
            cwd=root,
            env=project.environment({"PYTHONPATH": str(root / "hooks")}),
            stdout=subprocess.DEVNULL,
        ) as process:
            _process, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        # Linux has kilobytes, macOS bytes.
        megabytes = usage.ru_maxrss / (1000 if sys.platform == "linux" else 1_000_000)
        print(f"wall:      {seconds:.1f} s")
        print(f"processor: {usage.ru_utime + usage.ru_stime:.1f} s")
        print(f"memory:    {megabytes:.0f} MB")
        if status or seconds > _MAX_SECONDS or megabytes > _MAX_MEGABYTES:
            sys.exit(f"exit code {process.returncode}")


def create_feed(number: int) -> str:
    """Return an Atom feed of the newest posts of the benchmark, as Pelican writes it."""
    converter = Markdown(extensions=["extra", "codehilite", "toc"])
    entries = []
    for post in reversed(blog.create_posts(number)):
        converter.reset()
        body = converter.convert(post.markdown(lambda slug: f"{_URL}/{slug}", more=""))
        content = body + _EXTRAS.format(number=post.number)
        terms = "".join(f'<category term="{html.escape(name)}"/>' for name in (post.category, *post.tags))
        entries.append(
            f"<entry><title>{html.escape(post.title)}</title>"
            f'<link href="{_URL}/{post.slug}" rel="alternate"/>'
            f"<id>tag:old.example,{post.day}:/posts/{post.slug}</id>"
            f"<published>{post.day}T09:00:00+02:00</published><updated>{post.day}T09:00:00+02:00</updated>"
            f"<author><name>Ada Byron</name></author>{terms}"
            f'<summary type="html">{html.escape(post.description)}</summary>'
            f'<content type="html">{html.escape(content)}</content></entry>\n'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Old</title>'
        f'<link href="https://old.example/" rel="alternate"/>\n{"".join(entries)}</feed>\n'
    )


if __name__ == "__main__":
    main()
