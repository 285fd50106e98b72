"""Answers as people read them: a row builder and the notes of each answer."""
