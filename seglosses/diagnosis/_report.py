"""What was found in a batch, as data, as text and as a table."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Finding:
    """One suspicious thing."""

    name: str
    """What it is called, such as "0/255 mask"."""
    sentence: str
    """What was seen, with the figures of the batch."""
    check: str
    """A line of code that shows it."""
    cure: str
    """What to do."""


@dataclass(frozen=True)
class Diagnosis:
    """What :func:`seglosses.diagnose` found: printed a short report, in Jupyter a table.

    It is true where something is suspicious, so ``assert not diagnose(model_output, target)`` stops a script.
    """

    findings: tuple[Finding, ...]
    """The most serious first; empty for a batch that looks healthy."""
    batch: str
    """The shapes, types and ranges of the two tensors."""

    def __bool__(self) -> bool:
        return bool(self.findings)

    def __str__(self) -> str:
        if not self.findings:
            return f"Nothing suspicious in this batch.\n{self.batch}"
        parts = [
            f"{number}. {one.name}: {one.sentence}\n   check: {one.check}\n   cure: {one.cure}"
            for number, one in enumerate(self.findings, 1)
        ]
        return "\n".join([*parts, self.batch])

    def _repr_html_(self) -> str:
        if not self.findings:
            return f"<p>Nothing suspicious in this batch.</p>\n<p>{escape(self.batch)}</p>"
        rows = "".join(
            f'<tr><th scope="row">{escape(finding.name)}</th><td>{escape(finding.sentence)}</td>'
            f"<td><code>{escape(finding.check)}</code></td>"
            f'<td style="overflow-wrap: anywhere">{escape(finding.cure)}</td></tr>\n'
            for finding in self.findings
        )
        head = "".join(
            f'<th scope="col">{name}</th>' for name in ("finding", "what was seen", "check", "cure")
        )
        # The same classes as the tables of the book: they bring lines, and colours for both themes.
        return (
            '<div class="pst-scrollable-table-container"><table class="table dataframe">\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n<p>{escape(self.batch)}</p></div>"
        )
