"""Methods of Graph about proposals: records that a document is proposed to state, and decisions on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from knockon.errors import UsageError
from knockon.graph.base import public_methods
from knockon.graph.data_sets import DataSetMethods

if TYPE_CHECKING:
    from knockon.analysis.records.proposals import ProposalReport, ProposalReview, ProposalSummary
    from knockon.proposals.document_text import DocumentText
    from knockon.proposals.review import ProposalReview as Review
    from knockon.store.changes import ChangeReport


@public_methods
class ProposalMethods(DataSetMethods):
    """What documents are proposed to state, and what people decided on it."""

    def propose(
        self,
        document: str | Path,
        proposals: Iterable[object] | Callable[[DocumentText], Iterable[object]] | None = None,
        *,
        queue: str | Path | None = None,
        documents: str | Path | None = None,
        proposer: str = "",
    ) -> ProposalReport:
        """Propose records that a document states. No graph is changed: people decide on proposals.

        Each proposal quotes the words that it rests on. What the document does not have (exactly, or with other white space, in
        a PDF also with words broken at ends of lines) is refused; places and hashes are kept, the words are not.

        Parameters
        ----------
        document
            The path of a text (``.txt``, ``.md``, ``.html``) or PDF; with ``documents`` the name of a file in that folder, or a
            document of the graph whose file is in it.
        proposals
            Proposals as JSON has them: objects with ``class``, ``fields`` and ``quote``, and where known ``start``, ``end``,
            ``page``, ``stance``, ``claimant`` and ``confidence`` (0..1). Or a function that takes the ``DocumentText`` and
            returns them. None: the rules that ship, names of the graph and phrases of dependency.
        queue
            The file of proposals to append to; None: check alone.
        documents
            The folder that documents are looked for in, and nowhere else.
        proposer
            Who proposes; empty: ``rules`` or ``python``.

        Returns
        -------
        ProposalReport
            Which proposals were added, which were known or decided on already, and which are refused and why.

        Raises
        ------
        NotFound
            There is no such document or folder.
        UsageError
            It is another kind of document, or what the rules need is not installed (the extra ``propose``).
        InvalidData
            The document cannot be read, or the queue has other content.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "note.txt")
        ...     _ = path.write_text("As we know, TSMC relies on ASML.")
        ...     report = knockon.open("chips").propose(path)
        >>> [(row.statement, row.start, row.confidence) for row in report.proposed]
        [('TSMC needs ASML', 12, 0.8)]
        """
        from knockon.analysis.records.proposals import report
        from knockon.model.dates import today
        from knockon.proposals.document_text import DocumentText, find_document
        from knockon.proposals.propose import propose
        from knockon.proposals.rules.extract import Rules

        store = self._present_store()
        if documents is None:
            text = DocumentText.read(Path(document))
        else:
            text = find_document(str(document), Path(documents), store.records)
        lines = Rules(store.records)(text) if proposals is None else proposals(text) if callable(proposals) else proposals
        if isinstance(lines, str | bytes | Mapping) or not isinstance(lines, Iterable):
            raise UsageError("proposals must be a list of objects, or a function that returns one")
        who = proposer or ("rules" if proposals is None else "python")
        path = None if queue is None else Path(queue)
        proposed = propose(text, lines, store, path, who, today().isoformat())
        return report(proposed, store, text, who)

    def proposals(self, queue: str | Path) -> tuple[ProposalSummary, ...]:
        """Return the proposals of a queue, with what was decided on them.

        Parameters
        ----------
        queue
            The file of proposals.

        Returns
        -------
        tuple of ProposalSummary
            In the order in which they were proposed.

        Raises
        ------
        NotFound
            There is no such file.
        InvalidData
            It, or the file of decisions beside it, has other content.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> graph = knockon.open("chips")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path, queue = pathlib.Path(folder, "note.txt"), pathlib.Path(folder, "queue.jsonl")
        ...     _ = path.write_text("TSMC relies on ASML.")
        ...     _ = graph.propose(path, queue=queue)
        ...     [row.state for row in graph.proposals(queue)]
        ['open']
        """
        from knockon.analysis.records.proposals import summaries

        return summaries(self._proposal_review(queue))

    def review_proposal(
        self,
        proposal: str,
        queue: str | Path,
        *,
        documents: str | Path | None = None,
        accepted: str | Path | None = None,
        fields: Mapping[str, object] | None = None,
        impacts: bool = True,
    ) -> ProposalReview:
        """Return a proposal with its words in the document, what the graph says about it, and what accepting it would change.

        Parameters
        ----------
        proposal
            The name of the proposal.
        queue
            The file of proposals.
        documents
            The document, or a folder with it.
        accepted
            The YAML file of accepted records; None: ``reviewed.yaml`` beside the queue.
        fields
            Fields that replace those of the proposal, as they would be accepted.
        impacts
            Compute the losses that would differ, under every shock.

        Returns
        -------
        ProposalReview
            With the reason where it cannot be accepted.

        Raises
        ------
        NotFound
            There is no such queue or proposal.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> graph = knockon.open("chips")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path, queue = pathlib.Path(folder, "note.txt"), pathlib.Path(folder, "queue.jsonl")
        ...     _ = path.write_text("As we know, TSMC relies on ASML.")
        ...     row = graph.propose(path, queue=queue).proposed[0]
        ...     review = graph.review_proposal(row.id, queue, documents=folder, impacts=False)
        >>> review.before, review.quote
        ('As we know, ', 'TSMC relies on ASML')
        """
        from knockon.analysis.records.proposals import review_proposal

        return review_proposal(self._proposal_review(queue, documents, accepted), proposal, fields, impacts=impacts)

    def decide_proposal(
        self,
        proposal: str,
        decision: Literal["accept", "reject", "reopen"],
        queue: str | Path,
        *,
        by: str,
        documents: str | Path | None = None,
        accepted: str | Path | None = None,
        fields: Mapping[str, object] | None = None,
        reason: str = "",
    ) -> ProposalSummary:
        """Accept or reject a proposal, or take a decision back, and write the files of decisions and of accepted records.

        Accepted records are a data set of one YAML file; in a store folder it is loaded at once, and ``undo`` takes that back.

        Parameters
        ----------
        proposal
            The name of the proposal.
        decision
            ``accept``, ``reject`` or ``reopen``.
        queue
            The file of proposals.
        by
            Who decides.
        documents
            The document, or a folder with it: nothing is accepted without it.
        accepted
            The YAML file of accepted records; None: ``reviewed.yaml`` beside the queue.
        fields
            Fields that replace those of the proposal; those that are no reference are marked as judged.
        reason
            Why.

        Returns
        -------
        ProposalSummary
            The proposal as it is then.

        Raises
        ------
        NotFound
            There is no such queue or proposal, or its document is not at hand.
        InvalidData
            The document was changed since, or the record would be invalid; nothing is written.
        UsageError
            There is no such decision, or it says not who decides.
        StoreBusy
            Another process is writing the store; nothing is written.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> graph = knockon.open("chips")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path, queue = pathlib.Path(folder, "note.txt"), pathlib.Path(folder, "queue.jsonl")
        ...     _ = path.write_text("TSMC relies on ASML.")
        ...     row = graph.propose(path, queue=queue).proposed[0]
        ...     state = graph.decide_proposal(row.id, "accept", queue, by="me", documents=path).state
        ...     cited = "20 confidence" in pathlib.Path(folder, "reviewed.yaml").read_text()
        >>> state, cited
        ('accepted', False)
        """
        from knockon.analysis.records.proposals import summary
        from knockon.model.dates import today
        from knockon.proposals.decisions import Verdict

        verdicts = {"accept": Verdict.ACCEPTED, "reject": Verdict.REJECTED, "reopen": None}
        if decision not in verdicts:
            raise UsageError(f"{decision!r} is not a decision; use one of {', '.join(verdicts)}")
        if not by.strip():
            raise UsageError("say who decides: by='...'")
        review = self._proposal_review(queue, documents, accepted)
        verdict = verdicts[decision]
        known = review.find(proposal)
        folder = self._store_folder_or_none()
        # Nothing is written down as decided that the store could not take.
        with folder.held() if folder else nullcontext():
            if verdict is None:
                review.decide(without=[proposal])
            else:
                review.decide(review.decided(proposal, verdict, by, today().isoformat(), fields=fields, reason=reason))
            self._load_accepted(review)
        return summary(known, {r.id: r for r in self.store.records}, review.decisions.get(proposal))

    def _proposal_review(
        self, queue: str | Path, documents: str | Path | None = None, accepted: str | Path | None = None
    ) -> Review:
        from knockon.proposals.review import ProposalReview as Review

        own, at_hand = (None if path is None else Path(path) for path in (accepted, documents))
        return Review(Path(queue), self._present_store(), own, at_hand)

    def _load_accepted(self, review: Review) -> ChangeReport | None:
        """Load the accepted records into a store folder, in place of the earlier ones; None where nothing is changed."""
        if self._store_folder_or_none() is None:
            return None
        from knockon.proposals.accepted_records import own_data_set

        if review.file.exists():
            return self.load(str(review.file))
        own = own_data_set(self.store, review.file)
        return self.remove(own) if own else None


__all__ = ["ProposalMethods"]
