"""Build the project here twice in one process, as `mkdocs serve` does: twice.py FOLDER FOLDER."""

import logging
import sys

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig


def load(folder: str) -> MkDocsConfig:
    return load_config(config_file="mkdocs.yml", site_dir=folder, strict=True)


logging.basicConfig(level=logging.WARNING)
first, second = sys.argv[1:]
config = load(first)
config.plugins.on_startup(command="serve", dirty=False)
build(config)
build(load(second))  # a rebuild reads the configuration again; the plugins stay
config.plugins.on_shutdown()
