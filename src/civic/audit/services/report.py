"""What a verification found, in sentences an auditor can act on."""

from dataclasses import dataclass, field

SHOWN = 100  # findings kept in full; the rest is counted, so that a broken ledger does not fill the memory


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was recorded. `leaf` is the first leaf concerned; None where no leaf is."""

    kind: str
    message: str
    leaf: int | None = None


@dataclass
class Report:
    """The outcome of one verification."""

    leaves: int = 0
    heads: int = 0
    rows: int = 0
    waiting: int = 0
    total: int = 0
    first_bad_leaf: int | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return self.total == 0

    def add(self, kind: str, message: str, leaf: int | None = None) -> None:
        """Note one finding."""
        self.total += 1
        if len(self.findings) < SHOWN:
            self.findings.append(Finding(kind, message, leaf))
        if leaf is not None and (self.first_bad_leaf is None or leaf < self.first_bad_leaf):
            self.first_bad_leaf = leaf

    def lines(self) -> list[str]:
        """Return the report as text."""
        counts = f"{self.leaves} leaves, {self.heads} heads, {self.waiting} entries waiting, {self.rows} sealed rows"
        if self.is_clean:
            return [f"OK: {counts}; every one is as it was recorded."]
        lines = [f"FAILED: {self.total} findings in {counts}."]
        if self.first_bad_leaf is not None:
            lines.append(f"First bad leaf: {self.first_bad_leaf}")
        lines += [f"  {found.kind}: {found.message}" for found in self.findings]
        return lines + ([f"  … and {self.total - SHOWN} more"] if self.total > SHOWN else [])
