"""Old URLs: redirects from them, and the lock that makes sure that none is lost.

`aliases` plans the redirects that front matter and ``mkdocs.yml`` declare, `url_paths` says which file
answers a URL, `published_site` reads a built site, and `url_lock` compares a list of URLs with it.
"""
