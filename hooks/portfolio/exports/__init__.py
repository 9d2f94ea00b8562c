"""The record as others read it: one module a face, pure functions from views to text."""
