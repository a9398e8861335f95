"""Residents' door of consultation: reading a draft clause by clause, saying something, standing by what others say."""
