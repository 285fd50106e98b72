"""Proposals: records that a document is proposed to state, each resting on a span of its text, for people to judge."""
