"""Grammars: transducers from input symbols to the canonical texts of amounts."""

from docreader.decoding.grammar.file import load_grammar
from docreader.decoding.grammar.grammar import Grammar

__all__ = ["Grammar", "load_grammar"]
