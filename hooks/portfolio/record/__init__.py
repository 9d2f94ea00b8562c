"""The record of a career: its models, dates and people, and the order of its entries."""
