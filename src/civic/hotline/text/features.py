"""A message as numbers: weighted n-grams of its title, and of title and detail together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civic.core.plain import plain
from civic.hotline.text.grams import Ids, counted, find

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """The n-grams that training has seen in one part of a message, with their inverse document frequencies."""

    ids: Ids  # ascending
    rarity: Floats

    def weigh(self, text: str) -> tuple[Columns, Floats]:
        """Return columns and weights of a plain text: (1 + ln count) x rarity, of length one."""
        ids, times = counted(text)
        columns, known = find(ids, self.ids)
        columns = columns[known]
        weights = (1 + np.log(times[known])) * self.rarity[columns]
        return columns, (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32)


@dataclass(frozen=True)
class Vocabulary:
    """Everything training has seen. The title counts twice: alone, and again with the detail."""

    title: Block
    whole: Block

    def __len__(self) -> int:
        return len(self.title.ids) + len(self.whole.ids)

    def weigh(self, title: str, detail: str) -> tuple[Columns, Floats]:
        """Return columns and weights of a message; the columns of the title come first."""
        first, first_weights = self.title.weigh(plain(title))
        second, second_weights = self.whole.weigh(whole(title, detail))
        return np.concatenate([first, second + len(self.title.ids)]), np.concatenate([first_weights, second_weights])


def whole(title: str, detail: str) -> str:
    """Return the plain text of title and detail together."""
    return f"{plain(title)} {plain(detail)}".strip()
