"""The generators that are compared; this site is the first."""

from tests.bench.contenders.contender import Contender
from tests.bench.contenders.eleventy import Eleventy
from tests.bench.contenders.hugo import Hugo
from tests.bench.contenders.ours import Ours
from tests.bench.contenders.pelican import Pelican
from tests.bench.contenders.stock import Stock
from tests.bench.contenders.zensical import Zensical

__all__ = ["ALL", "Contender"]

ALL: tuple[Contender, ...] = (Ours(), Stock(), Hugo(), Eleventy(), Pelican(), Zensical())
